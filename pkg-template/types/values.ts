// Values that may be written in a short form: recipients, bodies, moments.
import type {
  Attachment,
  Attendee,
  AutomaticRepliesSetting,
  Contact,
  DateTimeTimeZone,
  EmailAddress,
  Event as EventResource,
  FollowupFlag,
  ItemBody,
  MailboxSettings,
  Message,
  Recipient as RecipientResource,
} from '@microsoft/microsoft-graph-types';
import type { Flavor, Model } from './model.ts';

/** An address, alone or with a name. */
export type Recipient =
  | string
  | {
      /** Name for display. */
      name?: string;
      /** E-mail address. */
      address: string;
    };

/** Who is invited: an address, alone or with a name and how much they are needed. */
export type Invitee =
  | Recipient
  | {
      /** Name for display. */
      name?: string;
      /** E-mail address; of a room with `type` 'resource'. */
      address: string;
      /**
       * How much they are needed.
       * @defaultValue 'required'
       */
      type: 'required' | 'optional' | 'resource';
    };

/**
 * A moment: a Date, or ISO 8601 text. Text without offset is local time in the call's `timeZone`, else in the client's;
 * a date alone is its midnight. Of an hour that occurs twice when clocks go back, the first is meant; an hour that is
 * left out when they go forward is read by the clock before the change. A Date is written on the clock of the same
 * zone; an event that is changed keeps its own zone, so that no day of an all-day event and no occurrence of a series
 * shifts. The zone is an IANA or Windows name, otherwise `invalid_argument`.
 */
export type Moment =
  | Date
  | string
  | {
      /** ISO 8601 text. */
      dateTime: string;
      /** IANA or Windows name of the zone. */
      timeZone: string;
    };

/** Body of a message or an event: plain text, or text with its type. */
export type Body =
  | string
  | {
      /** What `content` is. */
      contentType: 'html' | 'text';
      /** The text. */
      content: string;
    };

/**
 * A message to write. Recipients and the body may be plain texts. The service's own forms, and fields that this package
 * does not know, are sent as they are. `null` clears a field. What is neither a short form nor one of the service's is
 * `invalid_argument`, and the message names the field.
 */
export type Draft<F extends Flavor = 'graph'> = Omit<
  Partial<Model<Message, F>>,
  Either<
    'toRecipients' | 'ccRecipients' | 'bccRecipients' | 'replyTo' | 'from' | 'sender' | 'body' | 'attachments' | 'flag'
  >
> &
  Short<
    F,
    {
      /** Whom the message goes to. */
      toRecipients?: readonly (Recipient | Model<RecipientResource, F>)[] | null;
      /** Who gets a copy. */
      ccRecipients?: readonly (Recipient | Model<RecipientResource, F>)[] | null;
      /** Who gets a copy that the others do not see. */
      bccRecipients?: readonly (Recipient | Model<RecipientResource, F>)[] | null;
      /** Who gets the answers, in place of the sender. */
      replyTo?: readonly (Recipient | Model<RecipientResource, F>)[] | null;
      /** In whose name the message goes. The mailbox needs the right to it. */
      from?: Recipient | Model<RecipientResource, F> | null;
      /** Who sends it, where that is not `from`. */
      sender?: Recipient | Model<RecipientResource, F> | null;
      /** The text of the message. */
      body?: Body | Model<ItemBody, F> | null;
      /** Marks the message for follow-up. Not in `outlook-v1`. */
      flag?: FlagDraft<F> | null;
      /**
       * Files, or the service's own form. What is more than one request takes is added one by one (Graph: up to 150 MB
       * each).
       */
      attachments?:
        | readonly (
            | (Blob & {
                /** Name of the file. A File has it. */
                name?: string;
              })
            | Model<Attachment, F>
          )[]
        | null;
    }
  >;

/** A mark for follow-up, with moments. A flag with a `dueDateTime` needs a `startDateTime`. */
export type FlagDraft<F extends Flavor = 'graph'> = Omit<
  Partial<Model<FollowupFlag, F>>,
  Either<'startDateTime' | 'dueDateTime' | 'completedDateTime'>
> &
  Short<
    F,
    {
      /** When the work on it starts. */
      startDateTime?: Moment | Model<DateTimeTimeZone, F> | null;
      /** When the work has to be done. */
      dueDateTime?: Moment | Model<DateTimeTimeZone, F> | null;
      /** When the work was done. */
      completedDateTime?: Moment | Model<DateTimeTimeZone, F> | null;
    }
  >;

/** Automatic replies, with moments. */
export type AutomaticRepliesDraft<F extends Flavor = 'graph'> = Omit<
  Partial<Model<AutomaticRepliesSetting, F>>,
  Either<'scheduledStartDateTime' | 'scheduledEndDateTime'>
> &
  Short<
    F,
    {
      /** From when on replies are sent, where `status` is 'scheduled'. */
      scheduledStartDateTime?: Moment | Model<DateTimeTimeZone, F> | null;
      /** Until when replies are sent, where `status` is 'scheduled'. */
      scheduledEndDateTime?: Moment | Model<DateTimeTimeZone, F> | null;
    }
  >;

/** Settings of a mailbox to change: like `MailboxSettings`, with moments for the times of automatic replies. */
export type SettingsDraft<F extends Flavor = 'graph'> = Omit<
  Partial<Model<MailboxSettings, F>>,
  Either<'automaticRepliesSetting'>
> &
  Short<
    F,
    {
      /** Replies that the mailbox sends by itself, such as those of an absence. */
      automaticRepliesSetting?: AutomaticRepliesDraft<F> | null;
    }
  >;

/** A contact to write: like `Draft`, with addresses that may be plain texts. */
export type ContactDraft<F extends Flavor = 'graph'> = Omit<Partial<Model<Contact, F>>, Either<'emailAddresses'>> &
  Short<
    F,
    {
      /** Up to three addresses. */
      emailAddresses?: readonly (Recipient | Model<EmailAddress, F>)[] | null;
    }
  >;

/**
 * An event to write: like `Draft`, with moments for its times. Graph: `create` gives it a `transactionId`, unless it
 * has one: the service makes one event of several requests with the same.
 */
export type EventDraft<F extends Flavor = 'graph'> = Omit<
  Partial<Model<EventResource, F>>,
  Either<'start' | 'end' | 'attendees' | 'body'>
> &
  Short<
    F,
    {
      /** When it starts. */
      start?: Moment | Model<DateTimeTimeZone, F> | null;
      /** When it ends; of an all-day event the midnight after its last day. */
      end?: Moment | Model<DateTimeTimeZone, F> | null;
      /** Whom to invite. */
      attendees?: readonly (Invitee | Model<Attendee, F>)[] | null;
      /** The text of the event. */
      body?: Body | Model<ItemBody, F> | null;
    }
  >;

/** A name in both spellings. */
export type Either<K extends string> = K | Capitalize<K>;

/** Short forms under the plain names, and under the names of the flavour. */
export type Short<F extends Flavor, T> = F extends 'graph'
  ? T
  : T & { [K in keyof T as K extends string ? Capitalize<K> : K]: T[K] };
