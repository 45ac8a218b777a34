// Short forms of values, expanded into the flavour's own: recipients, bodies, moments. What is not known goes through untouched.
import { fail } from './error.js';

const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?$/;
const LARGEST = 3 * 1024 * 1024;

/** The values of one flavour (`graph`, `outlook-v2`, `outlook-v1`) in one time zone. */
export function values(api, zone) {
  const graph = api === 'graph';
  /** A name as the flavour spells it. */
  const spell = (name) => (graph ? name : name[0].toUpperCase() + name.slice(1));
  const spelled = (object) => Object.fromEntries(Object.entries(object).map(([name, value]) => [spell(name), value]));

  const recipient = (one) => {
    if (typeof one === 'string') return recipient({ address: one });
    if (typeof one?.address !== 'string') return one;
    if (!one.address.trim()) throw fail('invalid_argument', 'a recipient has an address');
    return spelled({ emailAddress: spelled(one) });
  };

  const body = (given) => {
    const { contentType = 'text', content } = typeof given === 'string' ? { content: given } : given ?? {};
    if (typeof content !== 'string') return given;
    const html = contentType.toLowerCase() === 'html';
    return spelled({ contentType: graph ? contentType : html ? 'HTML' : 'Text', content });
  };

  /** Wall-clock time of a zone in UTC: the zone's rules are the browser's. */
  const utc = (wall, timeZone) => {
    try {
      const clock = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
      const guess = Date.parse(`${wall}Z`);
      const offset = (time) => Date.parse(`${clock.format(time).replace(' ', 'T')}Z`) - (time - (time % 1000));
      return new Date(guess - offset(guess - offset(guess))).toISOString();
    } catch {
      throw fail('invalid_argument', `${wall} has no offset, and ${timeZone} is no IANA time zone that this browser knows`);
    }
  };

  /** [text, whether it has an offset]; dates are midnights. */
  const read = (given) => {
    const text = given instanceof Date && !Number.isNaN(+given) ? given.toISOString() : given;
    const match = typeof text === 'string' && MOMENT.exec(text);
    if (!match || Number.isNaN(Date.parse(text))) throw fail('invalid_argument', 'a time is a Date, an ISO 8601 text such as 2026-12-01T09:00, or { dateTime, timeZone }');
    return [match[1] ? text : text.slice(0, 10) + 'T00:00' + (match[4] ?? ''), match[4]];
  };

  /** A moment in UTC, `...Z`. */
  const instant = (given, timeZone = zone) => {
    if (given?.dateTime) return instant(given.dateTime, given.timeZone);
    const [text, offset] = read(given);
    return offset ? new Date(text).toISOString() : utc(text, timeZone);
  };

  /** A moment as events have it. */
  const moment = (given) => {
    if (api === 'outlook-v1') return given?.dateTime || typeof given === 'string' || given instanceof Date ? instant(given) : given;
    if (given?.dateTime) return spelled(given);
    if (given?.DateTime) return given;
    const [text, offset] = read(given);
    return spelled(offset ? { dateTime: new Date(text).toISOString().slice(0, -1), timeZone: 'UTC' } : { dateTime: text, timeZone: zone });
  };

  const attachment = async (one) => {
    if (!(one instanceof Blob)) return one;
    if (one.size > LARGEST) throw fail('too_large', 'an attachment that is sent in one request has at most 3 MB');
    const bytes = new Uint8Array(await one.arrayBuffer());
    let text = '';
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    const type = graph ? '#microsoft.graph.fileAttachment' : '#Microsoft.OutlookServices.FileAttachment';
    return { '@odata.type': type, ...spelled({ name: one.name ?? 'attachment', contentType: one.type || 'application/octet-stream', contentBytes: btoa(text) }) };
  };

  const list = (each) => (given) => (Array.isArray(given) ? Promise.all(given.map(each)) : given);
  const KNOWN = {
    toRecipients: list(recipient), ccRecipients: list(recipient), bccRecipients: list(recipient), replyTo: list(recipient),
    attendees: list(recipient), attachments: list(attachment), body, start: moment, end: moment,
  };

  /** A draft with its short forms expanded. `null` stays: it clears a field. */
  const draft = async (given) => {
    if (given === null || typeof given !== 'object') throw fail('invalid_argument', 'the item is an object');
    const out = { ...given };
    for (const [name, expand] of Object.entries(KNOWN)) {
      for (const key of new Set([name, spell(name)])) {
        if (given[key] == null) continue;
        delete out[key];
        out[spell(name)] = await expand(given[key]);
      }
    }
    return out;
  };

  return { spell, spelled, draft, recipient, instant, moment };
}
