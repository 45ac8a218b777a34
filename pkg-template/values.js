// Short forms of values, expanded into the flavour's own: recipients, bodies, moments. What is not known goes through untouched.
import { fail, wrong } from './error.js';

const MOMENT = /^(\d{4}-\d\d-\d\d)(T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/;
const LARGEST = 3 * 1024 * 1024;
const DAY = 86_400_000;

/** [time without offset, offset]; a date is its midnight. Anything that writes itself as ISO 8601 will do: a Date does. */
function read(given) {
  const [, day, time = 'T00:00', offset] = MOMENT.exec(given?.toJSON?.() ?? given) ?? [];
  // `Date` takes February 30 for March 2.
  if (!day || new Date(day).toJSON()?.slice(0, 10) !== day) throw wrong('a time is a Date, a text such as 2026-12-01T09:00, or { dateTime, timeZone }');
  return [day + time, offset];
}

/** A function that tells how far the clock of a zone is ahead of UTC at an instant, in milliseconds. The rules are the browser's. */
function clock(timeZone) {
  try {
    const format = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    return (time) => Date.parse(`${format.format(time).replace(' ', 'T')}Z`) - Math.floor(time / 1000) * 1000;
  } catch (cause) {
    throw wrong(`${timeZone} is no IANA time zone: here a time needs one, or an offset`, cause);
  }
}

/** The instant of a zone's local time. */
function instantOf(local, timeZone) {
  const ahead = clock(timeZone);
  const time = Date.parse(`${local}Z`);
  const [before, after] = [ahead(time - DAY), ahead(time + DAY)];
  // Of an hour that happens twice the first counts; one that is left out goes by the clock before the change (RFC 5545 §3.3.5).
  return ahead(time - before) !== before && ahead(time - after) === after ? time - after : time - before;
}

const iso = (time) => new Date(time).toISOString();

/** The values of one flavour (`graph`, `outlook-v2`, `outlook-v1`) in one time zone. */
export function values(api, zone) {
  const graph = api === 'graph';
  /** A name as the flavour spells it. */
  const spell = (name) => (graph ? name : name[0].toUpperCase() + name.slice(1));
  const spelled = (object) => Object.fromEntries(Object.entries(object).map(([name, value]) => [spell(name), value]));

  const recipient = (one) => {
    const given = typeof one === 'string' ? { address: one } : one;
    if (typeof given?.address !== 'string') return one;
    if (!given.address.trim()) throw wrong('a recipient has an address');
    return spelled({ emailAddress: spelled(given) });
  };

  const body = (given) => {
    const { contentType = 'text', content } = typeof given === 'string' ? { content: given } : given;
    if (typeof content !== 'string') return given;
    const html = /^html$/i.test(contentType);
    return spelled({ contentType: graph ? contentType : html ? 'HTML' : 'Text', content });
  };

  const attachment = async (one) => {
    if (!(one instanceof Blob)) return one;
    if (one.size > LARGEST) throw fail('too_large', 'an attachment has at most 3 MB');
    const bytes = new Uint8Array(await one.arrayBuffer().catch((cause) => { throw wrong('an attachment cannot be read', cause); }));
    let text = '';
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    const type = graph ? '#microsoft.graph.fileAttachment' : '#Microsoft.OutlookServices.FileAttachment';
    return { '@odata.type': type, ...spelled({ name: one.name ?? 'attachment', contentType: one.type || 'application/octet-stream', contentBytes: btoa(text) }) };
  };

  /** A moment and the zone that it is to be read in. */
  const parts = (given, timeZone = zone) => [given?.dateTime ?? given?.DateTime ?? given, given?.timeZone ?? given?.TimeZone ?? timeZone];

  /** A moment in UTC, `...Z`. */
  const instant = (given, timeZone) => {
    const [moment, name] = parts(given, timeZone);
    const [time, offset] = read(moment);
    return iso(offset ? time + offset : instantOf(time, name));
  };

  /** A moment as events of Outlook v2.0 and Graph have it. `local`: on the clock of the zone, where UTC would shift a day or a series. */
  const dated = (given, timeZone, local) => {
    const [moment, name] = parts(given, timeZone);
    const [time, offset] = read(moment);
    if (!offset) return spelled({ dateTime: time, timeZone: name });
    const at = Date.parse(time + offset);
    return spelled({ dateTime: iso(at + (local && clock(name)(at))).slice(0, -1), timeZone: local ? name : 'UTC' });
  };

  const each = (expand) => (given) => (Array.isArray(given) ? Promise.all(given.map(expand)) : given);
  const KNOWN = {
    toRecipients: each(recipient), ccRecipients: each(recipient), bccRecipients: each(recipient), replyTo: each(recipient),
    attendees: each(recipient), attachments: each(attachment), body, start: dated, end: dated, newReminderTime: dated, proposedNewTime: (slot, timeZone) => draft(slot, timeZone),
  };

  /** A draft with its short forms expanded. `null` stays: it clears a field. */
  const draft = async (given, timeZone) => {
    if (given === null || typeof given !== 'object') throw wrong('the item is an object');
    const out = { ...given };
    const local = ['isAllDay', 'recurrence'].some((name) => given[name] || given[spell(name)]);
    for (const [name, expand] of Object.entries(KNOWN)) {
      const own = spell(name);
      for (const key of new Set([name, own])) {
        const value = given[key];
        if (value === undefined) continue;
        delete out[key];
        if (value !== null && api === 'outlook-v1' && expand === dated) {
          // v1.0 has instants, and the zone that they are shown in beside them.
          out[own] = instant(value, timeZone);
          out[`${own}TimeZone`] ??= parts(value, timeZone)[1];
        } else out[own] = value === null ? null : await expand(value, timeZone, local);
      }
    }
    return out;
  };

  return { spelled, draft, instant };
}
