// Events: invitations and their answers, series, reminders.
import type { Calendar as CalendarResource, Event as EventResource, Extension } from '@microsoft/microsoft-graph-types';
import type { Attachments } from './attachments.ts';
import type { View } from './calendar.ts';
import type { AllQuery, Collection } from './collection.ts';
import type { Flavor, Key, Resource } from './model.ts';
import type { CallOptions } from './options.ts';
import type { EventDraft, Moment, Recipient } from './values.ts';

/** Events of a mailbox or of a calendar. `create` sends the invitations to the attendees. */
export interface Events<F extends Flavor = 'graph'> extends Collection<EventResource, F, EventDraft<F>> {
  /**
   * Accepts an invitation. The organizer's own event is `bad_request`.
   * @see https://learn.microsoft.com/graph/api/event-accept
   */
  accept(id: string, options?: Answer): Promise<void>;
  /**
   * Declines an invitation, and may propose another time.
   * @see https://learn.microsoft.com/graph/api/event-decline
   */
  decline(id: string, options?: Answer & Proposal): Promise<void>;
  /**
   * Accepts an invitation with reservation, and may propose another time.
   * @see https://learn.microsoft.com/graph/api/event-tentativelyaccept
   */
  tentativelyAccept(id: string, options?: Answer & Proposal): Promise<void>;
  /**
   * Cancels a meeting and tells the attendees. Graph; only the organizer can, others: `bad_request`.
   * @see https://learn.microsoft.com/graph/api/event-cancel
   */
  cancel(id: string, comment?: string, options?: CallOptions): Promise<void>;
  /**
   * Forwards the invitation. Graph.
   * @see https://learn.microsoft.com/graph/api/event-forward
   */
  forward(id: string, to: readonly Recipient[], comment?: string, options?: CallOptions): Promise<void>;
  /**
   * The occurrences of a series between two moments.
   * @see https://learn.microsoft.com/graph/api/event-list-instances
   */
  instances<const S extends string = Key<EventResource, F>>(
    id: string,
    start: Moment,
    end: Moment,
    query?: AllQuery<EventResource, F, S>,
  ): View<F, S>;
  /**
   * Reminds again at `until`. Not in `outlook-v1`.
   * @see https://learn.microsoft.com/graph/api/event-snoozereminder
   */
  snooze(id: string, until: Moment, options?: CallOptions): Promise<void>;
  /**
   * Ends the reminder. Not in `outlook-v1`.
   * @see https://learn.microsoft.com/graph/api/event-dismissreminder
   */
  dismiss(id: string, options?: CallOptions): Promise<void>;
  /** The calendar that the event is in. */
  calendar(id: string, options?: CallOptions): Promise<Resource<CalendarResource, F>>;
  /**
   * The attachments of an event.
   * @see https://learn.microsoft.com/graph/api/event-list-attachments
   */
  attachments(id: string): Attachments<F>;
  /**
   * Open extensions of an event: data of your own. Not in `outlook-v1`.
   * @see https://learn.microsoft.com/graph/api/opentypeextension-post-opentypeextension
   */
  extensions(id: string): Collection<Extension, F>;
}

/** Options of an answer to an invitation. */
export interface Answer extends CallOptions {
  /** Text for the organizer. */
  comment?: string;
  /**
   * Whether the organizer gets the answer. Not in `outlook-v1`.
   * @defaultValue true
   */
  sendResponse?: boolean;
}

/** Another time for a meeting: give both or neither, otherwise `invalid_argument`. Graph. */
export interface Proposal {
  /** When it would start. */
  proposedStart?: Moment;
  /** When it would end. */
  proposedEnd?: Moment;
}
