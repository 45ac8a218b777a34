// One mailbox, its settings and its photo.
import type {
  LocaleInfo,
  MailboxSettings,
  Person,
  ProfilePhoto,
  TimeZoneInformation,
  User,
} from '@microsoft/microsoft-graph-types';
import type { Calendar } from './calendar.ts';
import type { Collection, ItemQuery } from './collection.ts';
import type { Contacts } from './contacts.ts';
import type { Mail } from './mail.ts';
import type { Flavor, Key, Model, Resource, Selected } from './model.ts';
import type { CallOptions } from './options.ts';
import type { SettingsDraft } from './values.ts';

/** One mailbox, with its settings and its photo, and the people around its owner. */
export interface Mailbox<F extends Flavor = 'graph'> {
  /** Messages, folders, rules and categories. */
  readonly mail: Mail<F>;
  /** Events, calendars and meetings. */
  readonly calendar: Calendar<F>;
  /** Contacts and their folders. */
  readonly contacts: Contacts<F>;
  /**
   * People whom the owner works with, the most relevant first. Not in `outlook-v1`; `get` is Graph's alone.
   * @see https://learn.microsoft.com/graph/api/user-list-people
   */
  readonly people: Pick<Collection<Person, F>, 'list' | 'all' | 'get'>;
  /** Time zone, language, working hours, automatic replies. */
  readonly settings: Settings<F>;
  /** The owner's photo. */
  readonly photo: MailboxPhoto<F>;
  /**
   * The owner of the mailbox.
   * @see https://learn.microsoft.com/graph/api/user-get
   */
  user<const S extends string = Key<User, F>>(query?: ItemQuery<User, F, S>): Promise<Selected<User, F, S>>;
  /**
   * Changes the owner's entry in the directory. Graph; needs a permission such as `User.ReadWrite`, otherwise
   * `forbidden`.
   * @see https://learn.microsoft.com/graph/api/user-update
   */
  updateUser(changes: Partial<Model<User, F>>, options?: CallOptions): Promise<void>;
  /**
   * The owner's manager. Graph. Rejects with `not_found` where there is none.
   * @see https://learn.microsoft.com/graph/api/user-list-manager
   */
  manager(options?: CallOptions): Promise<Resource<User, F>>;
  /**
   * Those who report to the owner. Graph.
   * @see https://learn.microsoft.com/graph/api/user-list-directreports
   */
  readonly directReports: Pick<Collection<User, F>, 'list' | 'all'>;
}

/** Settings of a mailbox. Not in `outlook-v1`. */
export interface Settings<F extends Flavor = 'graph'> {
  /**
   * All settings.
   * @see https://learn.microsoft.com/graph/api/user-get-mailboxsettings
   */
  get(options?: CallOptions): Promise<Model<MailboxSettings, F>>;
  /**
   * Changes those that are given.
   * @see https://learn.microsoft.com/graph/api/user-update-mailboxsettings
   *
   * @example
   * ```ts
   * // From now on for a week: a Date is written on the clock of the client's time zone.
   * await client.settings.update({
   *   automaticRepliesSetting: {
   *     status: 'scheduled',
   *     scheduledStartDateTime: new Date(),
   *     scheduledEndDateTime: new Date(Date.now() + 7 * 86_400_000),
   *     internalReplyMessage: 'I am away.',
   *   },
   * });
   * ```
   */
  update(changes: SettingsDraft<F>, options?: CallOptions): Promise<Model<MailboxSettings, F>>;
  /**
   * Languages that a mailbox can have. Graph.
   * @see https://learn.microsoft.com/graph/api/outlookuser-supportedlanguages
   */
  languages(options?: CallOptions): Promise<LocaleInfo[]>;
  /**
   * Time zones that the service knows, by Windows names. Graph.
   * @see https://learn.microsoft.com/graph/api/outlookuser-supportedtimezones
   */
  timeZones(options?: CallOptions): Promise<TimeZoneInformation[]>;
  /**
   * Time zones that the service knows, by the names of one standard. Graph.
   * @see https://learn.microsoft.com/graph/api/outlookuser-supportedtimezones
   */
  timeZonesBy(standard: 'Windows' | 'Iana', options?: CallOptions): Promise<TimeZoneInformation[]>;
  /**
   * One setting, as the service sends it: a plain value is in `value`. `outlook-v2` has `automaticRepliesSetting` only.
   * @see https://learn.microsoft.com/graph/api/user-get-mailboxsettings
   */
  part(
    name:
      | 'automaticRepliesSetting'
      | 'dateFormat'
      | 'delegateMeetingMessageDeliveryOptions'
      | 'language'
      | 'timeFormat'
      | 'timeZone'
      | 'userPurpose'
      | 'workingHours',
    options?: CallOptions,
  ): Promise<unknown>;
}

/** A photo. Not in `outlook-v1`. */
export interface Photo<F extends Flavor = 'graph'> {
  /**
   * Its size in pixels; null where there is no photo.
   * @see https://learn.microsoft.com/graph/api/profilephoto-get
   */
  info(options?: CallOptions): Promise<Resource<ProfilePhoto, F> | null>;
  /**
   * The photo, a JPEG; null where there is none.
   * @see https://learn.microsoft.com/graph/api/profilephoto-get
   *
   * @example
   * ```ts
   * const photo = await client.photo.content();
   * if (photo) document.querySelector('img')?.setAttribute('src', URL.createObjectURL(photo));
   * ```
   */
  content(options?: CallOptions): Promise<Blob | null>;
  /**
   * Sets the photo: a JPEG of up to 4 MB.
   * @see https://learn.microsoft.com/graph/api/profilephoto-update
   */
  set(image: Blob, options?: CallOptions): Promise<void>;
}

/** The photo of a mailbox's owner. */
export interface MailboxPhoto<F extends Flavor = 'graph'> extends Photo<F> {
  /** Removes the photo. Graph. */
  delete(options?: CallOptions): Promise<void>;
  /** The sizes in which the photo is there. */
  readonly sizes: PhotoSizes<F>;
}

/** The sizes of a photo; their ids are such as `48x48`. */
export interface PhotoSizes<F extends Flavor = 'graph'>
  extends Pick<Collection<ProfilePhoto, F>, 'list' | 'all' | 'get'> {
  /**
   * The photo in this size, such as `48x48`. Rejects with `not_found`.
   * @see https://learn.microsoft.com/graph/api/profilephoto-get
   */
  content(size: string, options?: CallOptions): Promise<Blob>;
}
