// Short forms of values, expanded into the flavour's own: recipients, bodies, moments, names of enumerations. A form
// that is none is refused by the name of its field; fields that have no short form go through untouched.
import type { Api } from '../calls/api.ts';
import { base64 } from './base64.ts';
import { plainNames, recipients } from './recipients.ts';
import { mayFit } from './sizes.ts';
import { type Clock, dayOf, eventTime, rangeDay, zoneName } from './times.ts';

type Fields = Record<string, unknown>;
type Expand = (value: unknown, field: string, clock: Clock) => unknown;
interface Forms {
  draft(given: unknown, clock: Clock): Promise<Fields>;
  attachment(file: unknown, field: string): unknown;
}

/** A draft with its short forms expanded. `null` stays: it clears a field. */
export const draft = (api: Api, given: unknown, timeZone?: string, clock?: Clock) =>
  forms(api).draft(given, { ...clock, timeZone });

/** A file as an attachment of the flavour. */
export const attachment = (api: Api, file: unknown, field = 'file') =>
  forms(api).attachment(file, field) as Promise<Fields>;

/** The name under which `given` has a field: the plain one or the flavour's; undefined where it has none. */
export function nameIn({ spell, invalidArgument }: Api, given: Fields, name: string): string | undefined {
  const [key, twice] = [...new Set([name, spell(name)])].filter((key) => given[key] !== undefined);
  if (twice) throw invalidArgument(`${key} and ${twice} are one`);
  return key;
}

/** Whether `value` is an object of fields: no list, no bytes, no Date. */
const isObject = (value: unknown): value is Fields => ({}).toString.call(value) === '[object Object]';

function forms(api: Api): Forms {
  const { flavor, graph, spell, spelled, instant, invalidArgument } = api;

  /** A name of an enumeration in any letter case. */
  const oneOf =
    (names: string): Expand =>
    (given, field) => {
      const wanted = typeof given === 'string' && given.toLowerCase();
      const found = names.split(' ').find((name) => name.toLowerCase() === wanted);
      if (!found) throw invalidArgument(`\`${field}\` is one of ${names}`);
      return spell(found);
    };
  const each =
    (expand: Expand): Expand =>
    (given, field, clock) => {
      if (!Array.isArray(given)) throw invalidArgument(`\`${field}\` is a list`);
      return Promise.all(given.map((one) => expand(one, field, clock)));
    };
  /** An object whose fields have the short forms of `table`. */
  const fields =
    (table: Record<string, Expand>): Expand =>
    async (given, field, clock) => {
      if (!isObject(given)) throw invalidArgument(`\`${field}\` is an object`);
      const out = { ...given };
      for (const [name, expand] of Object.entries(table)) {
        const key = nameIn(api, given, name);
        if (!key) continue;
        const own = spell(name);
        const value = given[key];
        delete out[key];
        if (value === null) out[own] = null;
        else if (expand !== moment || flavor !== 'outlook-v1') out[own] = await expand(value, name, clock);
        else {
          // v1.0 has instants, and the zone that they are shown in beside them.
          const timeZone = (given[`${own}TimeZone`] as string | undefined) ?? clock.timeZone;
          const [dateTime, zone] = eventTime(api, value, name, { ...clock, timeZone, keeps: true });
          out[own] = instant(dateTime, zone, name);
          out[`${own}TimeZone`] ??= zone;
        }
      }
      return out;
    };

  const text: Expand = (given, field) => {
    if (typeof given !== 'string') throw invalidArgument(`\`${field}\` is a text`);
    return given;
  };
  const zone: Expand = (given, field) => zoneName(api, given, field);

  const { recipient, attendee, address } = recipients(
    api,
    oneOf('required optional resource') as (type: unknown, field: string) => unknown,
  );

  const body: Expand = (given, field) => {
    const {
      contentType = 'text',
      content,
      ...rest
    } = typeof given === 'string' ? { content: given } : plainNames(given);
    if (typeof (content ?? '') !== 'string' || (typeof given !== 'string' && !isObject(given)))
      throw invalidArgument(`\`${field}\` is a text, or { contentType, content }`);
    const type = contentType && (oneOf('text html')(contentType, `${field}.contentType`, {}) as string);
    return spelled({
      ...rest,
      contentType: type === 'Html' ? 'HTML' : type,
      ...(content !== undefined && { content }),
    });
  };

  const attachment = async (one: unknown, field: string) => {
    if (!(one instanceof Blob)) {
      const { contentBytes = '' } = plainNames(one);
      if (isObject(one) && typeof contentBytes === 'string') return one;
      throw invalidArgument(`\`${field}\` takes Blobs, or objects with base64 in \`contentBytes\``);
    }
    if (!mayFit(api, one.size)) throw api.fail('too_large', 'a large file is added later: attachments(id).add(file)');
    const { name = 'attachment' } = one as File;
    const type = graph ? '#microsoft.graph.fileAttachment' : '#Microsoft.OutlookServices.FileAttachment';
    const contentType = one.type || 'application/octet-stream';
    return { '@odata.type': type, ...spelled({ name, contentType, contentBytes: await base64(api, one) }) };
  };

  /** As events of Outlook v2.0 and Graph have it. */
  const moment: Expand = (given, field, clock) => {
    const [dateTime, timeZone] = eventTime(api, given, field, clock);
    return spelled({ dateTime, timeZone });
  };
  const day: Expand = (given, field, { timeZone }) =>
    flavor === 'outlook-v1' && typeof given === 'string' && given.includes('T')
      ? given
      : rangeDay(api, dayOf(api, given, field, timeZone));
  const weekday = oneOf('sunday monday tuesday wednesday thursday friday saturday');

  const recurrence = fields({
    pattern: fields({
      type: oneOf('daily weekly absoluteMonthly relativeMonthly absoluteYearly relativeYearly'),
      daysOfWeek: each(weekday),
      firstDayOfWeek: weekday,
      index: oneOf('first second third fourth last'),
    }),
    range: fields({ type: oneOf('endDate noEnd numbered'), startDate: day, endDate: day }),
  });
  const expand = fields({
    from: recipient,
    sender: recipient,
    toRecipients: each(recipient),
    ccRecipients: each(recipient),
    bccRecipients: each(recipient),
    replyTo: each(recipient),
    attendees: each(attendee),
    emailAddresses: each(address),
    schedules: each(text),
    senderEmailAddress: address,
    emailAddress: address,
    comment: text,
    destinationId: text,
    timeZone: zone,
    attachments: each(attachment),
    body,
    start: moment,
    end: moment,
    startTime: moment,
    endTime: moment,
    newReminderTime: moment,
    recurrence,
    flag: fields({
      flagStatus: oneOf('notFlagged complete flagged'),
      startDateTime: moment,
      dueDateTime: moment,
      completedDateTime: moment,
    }),
    automaticRepliesSetting: fields({
      status: oneOf('disabled alwaysEnabled scheduled'),
      externalAudience: oneOf('none contactsOnly all'),
      scheduledStartDateTime: moment,
      scheduledEndDateTime: moment,
    }),
    importance: oneOf('low normal high'),
    sensitivity: oneOf('normal personal private confidential'),
    showAs: oneOf('free tentative busy oof workingElsewhere unknown'),
    inferenceClassification: oneOf('focused other'),
    message: (given, _, clock) => draft(given, clock),
    proposedNewTime: (given, _, clock) => {
      const slot = given as { start?: unknown; end?: unknown };
      if (!slot.start !== !slot.end) throw invalidArgument('a proposed time has a start and an end');
      return draft(slot, clock);
    },
  });

  const draft = async (item: unknown, clock: Clock): Promise<Fields> => {
    // What writes itself as JSON does so here, before its fields are read.
    const given = isObject(item) && typeof item.toJSON === 'function' ? item.toJSON() : item;
    if (!isObject(given)) throw invalidArgument('the item is an object');
    const [allDay, recurrence] = ['isAllDay', 'recurrence'].map(
      (name) => given[nameIn(api, given, name) ?? ''] as boolean,
    );
    return expand(given, 'item', { allDay, keeps: recurrence, ...clock }) as Promise<Fields>;
  };

  return { draft, attachment };
}
