// The calendars of a mailbox, views, free and busy times.
import type {
  Calendar as CalendarResource,
  CalendarGroup,
  CalendarPermission,
  CalendarRoleType,
  Event as EventResource,
  MeetingTimeSuggestionsResult,
  Reminder,
  Room,
  RoomList,
  ScheduleInformation,
} from '@microsoft/microsoft-graph-types';
import type { AllQuery, Collection, Delta, DeltaOptions, Page } from './collection.ts';
import type { Events } from './events.ts';
import type { Flavor, Key, Model, Resource, Selected } from './model.ts';
import type { CallOptions } from './options.ts';
import type { Moment } from './values.ts';

/** The calendars of a mailbox. */
export interface Calendar<F extends Flavor = 'graph'> {
  /**
   * The events of the default calendar: a series is one item; see `view` for its occurrences.
   * @see https://learn.microsoft.com/graph/api/user-list-events
   */
  readonly events: Events<F>;
  /**
   * All calendars of the mailbox.
   * @see https://learn.microsoft.com/graph/api/user-list-calendars
   */
  readonly calendars: Collection<CalendarResource, F>;
  /** Groups of calendars. */
  readonly groups: CalendarGroups<F>;
  /**
   * Who may see the default calendar, and how much of it. Graph.
   * @see https://learn.microsoft.com/graph/api/calendar-list-calendarpermissions
   */
  readonly permissions: Collection<CalendarPermission, F>;
  /**
   * The default calendar itself.
   * @see https://learn.microsoft.com/graph/api/calendar-get
   */
  get(options?: CallOptions): Promise<Resource<CalendarResource, F>>;
  /**
   * Changes the default calendar: its name, its colour.
   * @see https://learn.microsoft.com/graph/api/calendar-update
   */
  update(changes: Partial<Model<CalendarResource, F>>, options?: CallOptions): Promise<Resource<CalendarResource, F>>;
  /** The default calendar, like `in` with its id. */
  readonly primary: OneCalendar<F>;
  /** One calendar of this mailbox, by its id. */
  in(calendarId: string): OneCalendar<F>;
  /**
   * What happens in the default calendar from `start` to `end`; a series appears with its occurrences, an all-day event
   * on its own days in the zone of the call. Rejects with `invalid_argument` where `end` is not after `start`.
   * @see https://learn.microsoft.com/graph/api/user-list-calendarview
   *
   * @example
   * ```ts
   * const week = client.calendar.view('2026-12-07', '2026-12-14', { select: ['subject', 'start', 'end'] });
   * for await (const { subject, start } of week) console.log(start?.dateTime, subject);
   * ```
   */
  view<const S extends string = Key<EventResource, F>>(
    start: Moment,
    end: Moment,
    query?: AllQuery<EventResource, F, S>,
  ): View<F, S>;
  /**
   * Suggests times at which everybody can meet. `constraints` is the request body of the service. Not in `outlook-v1`.
   * @see https://learn.microsoft.com/graph/api/user-findmeetingtimes
   *
   * @example
   * ```ts
   * const { meetingTimeSuggestions } = await client.calendar.findTimes({
   *   attendees: [{ emailAddress: { address: 'ben@contoso.example' }, type: 'required' }],
   *   meetingDuration: 'PT1H',
   * });
   * ```
   */
  findTimes(constraints: object, options?: CallOptions): Promise<Model<MeetingTimeSuggestionsResult, F>>;
  /**
   * When these people and rooms are busy. Graph. The service takes up to 20 addresses and 62 days.
   * @see https://learn.microsoft.com/graph/api/calendar-getschedule
   *
   * @example
   * ```ts
   * const [ben] = await client.calendar.freeBusy(['ben@contoso.example'], '2026-12-01T08:00', '2026-12-01T18:00', {
   *   interval: 60,
   * });
   * console.log(ben?.availabilityView); // One digit for each hour; 0 is free.
   * ```
   */
  freeBusy(
    users: readonly string[],
    start: Moment,
    end: Moment,
    options?: FreeBusyOptions,
  ): Promise<ScheduleInformation[]>;
  /**
   * Reminders that are due between two moments. Not in `outlook-v1`.
   * @see https://learn.microsoft.com/graph/api/user-reminderview
   */
  reminders(start: Moment, end: Moment, options?: CallOptions): Promise<Model<Reminder, F>[]>;
  /**
   * Roles that the user with this address can be given in the default calendar. Graph.
   * @see https://learn.microsoft.com/graph/api/calendar-allowedcalendarsharingroles
   */
  sharingRoles(user: string, options?: CallOptions): Promise<CalendarRoleType[]>;
  /**
   * The rooms of the organisation, or those of one list. Graph; needs `Place.Read.All`.
   * @see https://learn.microsoft.com/graph/api/place-list
   */
  rooms(options?: RoomOptions): AsyncIterable<Resource<Room>>;
  /**
   * Lists of rooms, such as one for each building. Graph; needs `Place.Read.All`.
   * @see https://learn.microsoft.com/graph/api/place-list
   */
  readonly roomLists: Pick<Collection<RoomList, F>, 'list' | 'all'>;
}

/** Options of `calendar.freeBusy`. */
export interface FreeBusyOptions extends CallOptions {
  /**
   * Length of one digit of `availabilityView`, in minutes: 5 to 1440.
   * @defaultValue 30
   */
  interval?: number;
}

/** Options of `calendar.rooms`. */
export interface RoomOptions extends CallOptions {
  /** Address or id of a room list: only its rooms. */
  list?: string;
  /** OData condition. */
  filter?: string;
  /** Rooms for each request. */
  top?: number;
  /** Rooms to leave out at the start. */
  skip?: number;
}

/** One calendar of a mailbox. */
export interface OneCalendar<F extends Flavor = 'graph'> {
  /**
   * The events of this calendar.
   * @see https://learn.microsoft.com/graph/api/calendar-list-events
   */
  readonly events: Events<F>;
  /**
   * What happens in this calendar from `start` to `end`; a series appears with its occurrences.
   * @see https://learn.microsoft.com/graph/api/calendar-list-calendarview
   */
  view<const S extends string = Key<EventResource, F>>(
    start: Moment,
    end: Moment,
    query?: AllQuery<EventResource, F, S>,
  ): View<F, S>;
}

/**
 * Groups of calendars.
 * @see https://learn.microsoft.com/graph/api/user-list-calendargroups
 */
export interface CalendarGroups<F extends Flavor = 'graph'> extends Collection<CalendarGroup, F> {
  /**
   * The calendars of a group.
   * @see https://learn.microsoft.com/graph/api/calendargroup-list-calendars
   */
  calendars(groupId: string): Collection<CalendarResource, F>;
}

/**
 * Events between two moments. `for await` reads them all, page by page. The service counts all-day events in UTC; those
 * of neighbouring days are left out here, so that a page may have fewer items than `top`, and `count` may count them.
 */
export interface View<F extends Flavor, S extends string = Key<EventResource, F>>
  extends AsyncIterable<Selected<EventResource, F, S>> {
  /** Fetches the first page; `next` of a page fetches the following one. */
  list(options?: CallOptions): Promise<Page<Selected<EventResource, F, S>>>;
  /**
   * What changed between these moments since the token of the last round, which also holds the moments. The service
   * takes no `select` here.
   * @see https://learn.microsoft.com/graph/delta-query-events
   */
  delta(options?: Omit<DeltaOptions, 'select'>): Promise<Delta<Resource<EventResource, F>>>;
}
