// Calendars: events, calendars and their groups, free and busy times, rooms.
import type {
  Calendar as CalendarResource,
  CalendarGroup,
  CalendarPermission,
  Event as EventResource,
  Extension,
  RoomList,
} from '@microsoft/microsoft-graph-types';
import type { Api } from '../calls/api.ts';
import { path, type Path } from '../calls/path.ts';
import type { AllQuery, Calendar, EventDraft, Events, Moment } from '../types.ts';
import { attachments } from './mail.ts';
import { listed, required, verbs } from './verbs.ts';
import { view } from './view.ts';

export function calendar(api: Api): Calendar {
  const { collection, get, patch, post } = verbs(api);

  const events = (at: Path): Events => ({
    ...collection<EventResource, EventDraft>(at),
    accept: (id, options) => api.writing('accept', id, options),
    decline: (id, options) => api.writing('decline', id, options),
    tentativelyAccept: (id, options) => api.writing('tentativelyAccept', id, options),
    cancel: (id, comment, options) => post(path`events/${id}/cancel`, options, { comment }),
    forward: async (id, toRecipients, comment, options) =>
      post(path`events/${id}/forward`, options, { ...required({ toRecipients }), comment }),
    snooze: async (id, newReminderTime, options) =>
      post(path`events/${id}/snoozeReminder`, options, required({ newReminderTime })),
    dismiss: (id, options) => post(path`events/${id}/dismissReminder`, options),
    instances: (id, start, end, query) => view(api, path`events/${id}/instances`, start, end, query),
    calendar: (id, options) => get(path`events/${id}/calendar`, options),
    attachments: (id) => attachments(api, path`events/${id}/attachments`),
    extensions: (id) => collection<Extension>(path`events/${id}/extensions`),
  });

  const views =
    (at: Path) =>
    <S extends string>(start: Moment, end: Moment, query?: AllQuery<EventResource, 'graph', S>) =>
      view<S>(api, at, start, end, query);

  return {
    events: events(path`events`),
    get: (options) => get(path`calendar`, options),
    update: (changes, options) => patch(path`calendar`, options, changes),
    calendars: collection<CalendarResource>(path`calendars`),
    groups: {
      ...collection<CalendarGroup>(path`calendarGroups`),
      calendars: (id) => collection<CalendarResource>(path`calendarGroups/${id}/calendars`),
    },
    permissions: collection<CalendarPermission>(path`calendar/calendarPermissions`),
    primary: { events: events(path`calendar/events`), view: views(path`calendar/calendarView`) },
    in: (id) => ({ events: events(path`calendars/${id}/events`), view: views(path`calendars/${id}/calendarView`) }),
    view: views(path`calendarView`),
    freeBusy: async (schedules, startTime, endTime, options) => {
      const { interval, ...rest } = options ?? {};
      const body = {
        ...required({ schedules, startTime, endTime }),
        ...(interval !== undefined && { availabilityViewInterval: interval }),
      };
      return listed(post(path`calendar/getSchedule`, rest, body));
    },
    reminders: async (start, end, options) => {
      const [from, to] = [start, end].map((moment) => api.instant(moment, options?.timeZone)) as [string, string];
      return listed(get(path`reminderView(StartDateTime='${from}',EndDateTime='${to}')`, options));
    },
    sharingRoles: (user, options) => listed(get(path`calendar/allowedCalendarSharingRoles(User='${user}')`, options)),
    findTimes: async (constraints, options) =>
      post(path`findMeetingTimes`, options, required({ constraints }).constraints),
    roomLists: collection<RoomList>(path`/places/graph.roomList`),
    rooms: async function* (options) {
      yield* await api.lazy('rooms', options);
    },
  };
}
