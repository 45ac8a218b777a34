// Short forms of values, expanded into the flavour's own: recipients, bodies, moments. What is not known goes through
// untouched.
import type { Api } from '../calls/api.ts';
import { MAX_INLINE } from './sizes.ts';

type Fields = Record<string, unknown>;
type Expand = (value: unknown, timeZone?: string, onLocalClock?: boolean, field?: string) => unknown;
interface Forms {
  draft(given: unknown, timeZone?: string): Promise<Fields>;
  attachment(file: unknown): unknown;
}

/** The short forms of one client; made once for each. */
const made = new WeakMap<Api, Forms>();
function formsOf(api: Api): Forms {
  const own = made.get(api) ?? forms(api);
  made.set(api, own);
  return own;
}

/** A draft with its short forms expanded. `null` stays: it clears a field. */
export const draft = (api: Api, given: unknown, timeZone?: string) => formsOf(api).draft(given, timeZone);

/** A file as an attachment of the flavour. */
export const attachment = (api: Api, file: unknown) => formsOf(api).attachment(file) as Promise<Fields>;

/** Bytes as base64 (RFC 4648). */
export async function base64({ invalidArgument }: Pick<Api, 'invalidArgument'>, blob: Blob): Promise<string> {
  const bytes = new Uint8Array(
    await blob.arrayBuffer().catch((cause) => {
      throw invalidArgument('an attachment cannot be read', cause);
    }),
  );
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

function forms(api: Api): Forms {
  const { flavor, graph, spell, spelled, withZone, parseMoment, zoneOffset, instant, invalidArgument } = api;

  const recipient: Expand = (one) => {
    const given = typeof one === 'string' ? { address: one } : (one as { address?: unknown } | undefined);
    if (typeof given?.address !== 'string') return one;
    if (!given.address.trim()) throw invalidArgument('a recipient has an address');
    return spelled({ emailAddress: spelled(given) });
  };

  const body: Expand = (given) => {
    const { contentType = 'text', content } = (typeof given === 'string' ? { content: given } : given) as {
      contentType?: string;
      content: unknown;
    };
    if (typeof content !== 'string') return given;
    const outlookType = /^html$/i.test(contentType) ? 'HTML' : 'Text';
    return spelled({ contentType: graph ? contentType : outlookType, content });
  };

  const attachment: Expand = async (one) => {
    if (!(one instanceof Blob)) return one;
    if (one.size > MAX_INLINE) throw api.fail('too_large', 'an attachment has at most 3 MB');
    const { name = 'attachment' } = one as File;
    const type = graph ? '#microsoft.graph.fileAttachment' : '#Microsoft.OutlookServices.FileAttachment';
    const contentType = one.type || 'application/octet-stream';
    return { '@odata.type': type, ...spelled({ name, contentType, contentBytes: await base64(api, one) }) };
  };

  /**
   * A moment as events of Outlook v2.0 and Graph have it. `onLocalClock`: in the zone, where UTC would shift a day or a
   * series.
   */
  const moment: Expand = (given, timeZone, onLocalClock, field) => {
    const [when, zone] = withZone(given, timeZone);
    const [local, offset] = parseMoment(when, field);
    if (!offset) return spelled({ dateTime: local, timeZone: zone });
    const time = Date.parse(local + offset);
    const shown = new Date(onLocalClock ? time + zoneOffset(zone)(time) : time);
    return spelled({ dateTime: shown.toISOString().slice(0, -1), timeZone: onLocalClock ? zone : 'UTC' });
  };

  const each =
    (expand: Expand): Expand =>
    (given) =>
      Array.isArray(given) ? Promise.all(given.map((one) => expand(one))) : given;
  const SHORT_FORMS: Record<string, Expand> = {
    toRecipients: each(recipient),
    ccRecipients: each(recipient),
    bccRecipients: each(recipient),
    replyTo: each(recipient),
    attendees: each(recipient),
    attachments: each(attachment),
    body,
    start: moment,
    end: moment,
    startTime: moment,
    endTime: moment,
    newReminderTime: moment,
    message: (given, timeZone) => draft(given, timeZone),
    proposedNewTime: (given, timeZone) => {
      const slot = given as { start?: unknown; end?: unknown };
      if (!slot.start !== !slot.end) throw invalidArgument('another time is proposed with its start and its end');
      return draft(slot, timeZone);
    },
  };

  /** The name under which `given` has a field: the plain one or the flavour's; undefined where it has none. */
  const nameIn = (given: Fields, name: string) => {
    const [key, twice] = [...new Set([name, spell(name)])].filter((key) => given[key] !== undefined);
    if (twice) throw invalidArgument(`${key} and ${twice} are one`);
    return key;
  };

  const draft = async (item: unknown, timeZone?: string): Promise<Fields> => {
    if (item === null || typeof item !== 'object' || Array.isArray(item))
      throw invalidArgument('the item is an object');
    const given = item as Fields;
    const out = { ...given };
    const onLocalClock = ['isAllDay', 'recurrence'].some((name) => given[name] || given[spell(name)]);
    for (const [name, expand] of Object.entries(SHORT_FORMS)) {
      const key = nameIn(given, name);
      if (!key) continue;
      const own = spell(name);
      const value = given[key];
      delete out[key];
      if (value !== null && flavor === 'outlook-v1' && expand === moment) {
        // v1.0 has instants, and the zone that they are shown in beside them.
        out[own] = instant(value, timeZone, name);
        out[`${own}TimeZone`] ??= withZone(value, timeZone)[1];
      } else out[own] = value === null ? null : await expand(value, timeZone, onLocalClock, name);
    }
    return out;
  };

  return { draft, attachment };
}
