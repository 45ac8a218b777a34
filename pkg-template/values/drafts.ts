// Short forms of values, expanded into the flavour's own: recipients, bodies, moments. What is not known goes through untouched.
import { LARGEST, tooLarge } from './sizes.js';

/** The short forms of one face; made once for each. */
const made = new WeakMap();
function forms(face) {
  if (!made.has(face)) made.set(face, make(face));
  return made.get(face);
}

/** A draft with its short forms expanded. `null` stays: it clears a field. */
export const draft = (face, given, timeZone) => forms(face).draft(given, timeZone);

/** A file as an attachment of the flavour. */
export const attachment = (face, file) => forms(face).attachment(file);

/** Bytes as base64 (RFC 4648). */
export async function base64({ wrong }, blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer().catch((cause) => { throw wrong('an attachment cannot be read', cause); }));
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

function make(face) {
  const { api, graph, spell, spelled, parts, read, clock, iso, instant, wrong } = face;

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
    if (one.size > LARGEST) throw tooLarge(face, 'an attachment has at most 3 MB');
    const type = graph ? '#microsoft.graph.fileAttachment' : '#Microsoft.OutlookServices.FileAttachment';
    return { '@odata.type': type, ...spelled({ name: one.name ?? 'attachment', contentType: one.type || 'application/octet-stream', contentBytes: await base64(face, one) }) };
  };

  /** A moment as events of Outlook v2.0 and Graph have it. `local`: on the clock of the zone, where UTC would shift a day or a series. */
  const dated = (given, timeZone, local, field) => {
    const [moment, name] = parts(given, timeZone);
    const [time, offset] = read(moment, field);
    if (!offset) return spelled({ dateTime: time, timeZone: name });
    const at = Date.parse(time + offset);
    return spelled({ dateTime: iso(at + (local && clock(name)(at))).slice(0, -1), timeZone: local ? name : 'UTC' });
  };

  const each = (expand) => (given) => (Array.isArray(given) ? Promise.all(given.map(expand)) : given);
  const KNOWN = {
    toRecipients: each(recipient), ccRecipients: each(recipient), bccRecipients: each(recipient), replyTo: each(recipient),
    attendees: each(recipient), attachments: each(attachment), body, start: dated, end: dated, startTime: dated, endTime: dated, newReminderTime: dated,
    message: (given, timeZone) => draft(given, timeZone),
    proposedNewTime: (slot, timeZone) => {
      if (!slot.start !== !slot.end) throw wrong('another time is proposed with its start and its end');
      return draft(slot, timeZone);
    },
  };

  const draft = async (given, timeZone) => {
    if (given === null || typeof given !== 'object' || Array.isArray(given)) throw wrong('the item is an object');
    const out = { ...given };
    const local = ['isAllDay', 'recurrence'].some((name) => given[name] || given[spell(name)]);
    for (const [name, expand] of Object.entries(KNOWN)) {
      const own = spell(name);
      const [key, twice] = [...new Set([name, own])].filter((key) => given[key] !== undefined);
      if (twice) throw wrong(`${key} and ${twice} are one`);
      if (!key) continue;
      const value = given[key];
      delete out[key];
      if (value !== null && api === 'outlook-v1' && expand === dated) {
        // v1.0 has instants, and the zone that they are shown in beside them.
        out[own] = instant(value, timeZone, name);
        out[`${own}TimeZone`] ??= parts(value, timeZone)[1];
      } else out[own] = value === null ? null : await expand(value, timeZone, local, name);
    }
    return out;
  };

  return { draft, attachment };
}
