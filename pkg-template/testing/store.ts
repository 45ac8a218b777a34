// One mailbox in memory: collections of items under their paths, and the operations that tests need most.
import type { Options } from '../calls/api.ts';
import { fail, invalidArgument } from '../error.ts';
import type { Exo365Error } from '../error.ts';

type Item = Record<string, unknown> & { id: string };
type Fields = Record<string, unknown>;

/** A request to the mailbox, its ids filled in. */
export interface StoreRequest {
  method: string;
  /** Below the mailbox, without its query: `messages/memory-1`; `.` is its owner. */
  path: string;
  /** Whether the path ends with an id. */
  item: boolean;
  options: Options;
  body: unknown;
}

/** Last parts of the paths of collections. A path with another end is an action, or one thing. */
const COLLECTIONS = new Set(
  'attachments calendarGroups calendarPermissions calendarView calendars childFolders contactFolders contacts'
    .split(' ')
    .concat(
      'directReports events extensions mailFolders masterCategories messageRules messages overrides people'.split(' '),
    )
    .concat('photos subscriptions users'.split(' ')),
);
/** Names of collections at other paths. */
const ALIASES: Record<string, string> = { 'calendar/events': 'events' };
/** What is asked for in a list, and not understood here. */
const UNKNOWN = ['filter', 'search', 'expand'] as const;
/** Items of a page where nobody says how many, as in Graph. */
const PAGE = 10;

const refused = (code: 'bad_request' | 'not_found', status: number, message: string): Exo365Error =>
  Object.assign(fail(code, message), { status });

const texts = (value: unknown) => [value ?? []].flat().map(String);

/** The moment of an event's start or end, in milliseconds; of times in UTC and with an offset. */
function moment(value: unknown): number {
  const { dateTime = value, timeZone = 'UTC' } = (value ?? {}) as { dateTime?: unknown; timeZone?: string };
  const text = String(dateTime);
  if (timeZone !== 'UTC') throw invalidArgument('in memoryClient the times of events are in UTC');
  return Date.parse(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
}

export class Store {
  readonly #collections = new Map<string, Item[]>();
  /** Parts that are no collection, such as `mailboxSettings`; `.` is the owner. */
  readonly #single = new Map<string, Fields>();
  readonly #links = new Map<string, () => unknown>();
  #count = 0;

  constructor(owner: Fields, items: Record<string, readonly object[] | undefined>) {
    this.#single.set('.', owner);
    for (const [path, given] of Object.entries(items))
      for (const one of [...(given ?? [])].reverse()) this.#add(path, { ...one });
  }

  answer(request: StoreRequest): unknown {
    const { method, path, item } = request;
    const link = this.#links.get(path);
    if (link) return link();
    if (path === 'sendMail') return this.#send(request.body as { message: Fields; saveToSentItems?: boolean });
    const [, id, action] = /^messages\/([^/]+)\/(send|move|copy)$/.exec(path) ?? [];
    if (method === 'POST' && id && action) return this.#act(id, action, request.body as Fields);
    if (item) return this.#item(request);
    const [, counted] = /^(.*)\/\$count$/.exec(path) ?? [];
    if (counted) return String(this.#all(counted).length);
    const collection = COLLECTIONS.has(path.slice(path.lastIndexOf('/') + 1));
    if (collection && method === 'POST') return this.#add(path, { ...(request.body as Fields) });
    if (collection && method === 'GET') return this.#list(request);
    if (method === 'PATCH' || (method === 'GET' && this.#single.has(path))) return this.#part(request);
    throw refused('bad_request', 400, `memoryClient has no answer for ${method} ${path}: give one by \`answer\``);
  }

  /** The items of a collection, those of a folder included. */
  #all(path: string): Item[] {
    const [, folder] = /^mailFolders\/([^/]+)\/messages$/.exec(path) ?? [];
    if (folder) return this.#all('messages').filter(({ parentFolderId = 'inbox' }) => parentFolderId === folder);
    if (path === 'calendarView' || path === 'calendar/calendarView') return this.#all('events');
    const name = ALIASES[path] ?? path;
    const items = this.#collections.get(name) ?? [];
    this.#collections.set(name, items);
    return items;
  }

  #add(path: string, fields: Fields): Item {
    const [, folder] = /^mailFolders\/([^/]+)\/messages$/.exec(path) ?? [];
    const made = { id: `memory-${++this.#count}`, ...(folder && { parentFolderId: folder }), ...fields };
    this.#all(folder ? 'messages' : path).unshift(made);
    return { ...made };
  }

  #find(path: string): [items: Item[], at: number] {
    const end = path.lastIndexOf('/');
    const items = this.#all(path.slice(0, end));
    const at = items.findIndex(({ id }) => id === path.slice(end + 1));
    if (at < 0) throw refused('not_found', 404, `there is no ${path}`);
    return [items, at];
  }

  #item({ method, path, options, body }: StoreRequest): unknown {
    const [items, at] = this.#find(path);
    const found = items[at] as Item;
    if (method === 'GET') return selected(found, options);
    if (method === 'DELETE') return void this.#remove(path, found);
    if (method === 'PATCH') return { ...Object.assign(found, body as Fields) };
    throw refused('bad_request', 400, `memoryClient has no answer for ${method} ${path}: give one by \`answer\``);
  }

  #remove(path: string, item: Item): void {
    const items =
      path.startsWith('mailFolders/') && path.includes('/messages/') ? this.#all('messages') : this.#find(path)[0];
    items.splice(items.indexOf(item), 1);
  }

  #part({ method, path, options, body }: StoreRequest): unknown {
    const part = this.#single.get(path) ?? {};
    if (method === 'PATCH') this.#single.set(path, Object.assign(part, body as Fields));
    return selected(part, options);
  }

  #list({ path, options }: StoreRequest): unknown {
    for (const name of UNKNOWN)
      if (options[name] !== undefined)
        throw refused('bad_request', 400, `memoryClient does not read \`${name}\`: give an answer by \`answer\``);
    const { top = PAGE, skip = 0, count, query } = options;
    const items = ordered(within(this.#all(path), query), options.orderBy);
    const page = (from: number): unknown => {
      const end = from + Number(top);
      const next = `memory:${path}?${++this.#count}`;
      if (end < items.length) this.#links.set(next, () => page(end));
      return {
        value: items.slice(from, end).map((one) => selected(one, options)),
        ...(count && { '@odata.count': items.length }),
        ...(end < items.length && { '@odata.nextLink': next }),
      };
    };
    return page(Number(skip));
  }

  #send({ message, saveToSentItems = true }: { message: Fields; saveToSentItems?: boolean }): void {
    if (saveToSentItems) this.#add('mailFolders/sentitems/messages', { ...message, isDraft: false });
  }

  #act(id: string, action: string, body: Fields | undefined): unknown {
    const [items, at] = this.#find(`messages/${id}`);
    const message = items[at] as Item;
    if (action === 'send') return void Object.assign(message, { parentFolderId: 'sentitems', isDraft: false });
    const moved = { ...message, id: `memory-${++this.#count}`, parentFolderId: body?.destinationId };
    if (action === 'move') items.splice(at, 1);
    items.unshift(moved);
    return { ...moved };
  }
}

/** The fields that were asked for. The id is always among them. */
function selected(item: Fields, { select }: Options): Fields {
  const names = texts(select).flatMap((text) => text.split(','));
  if (!names.length) return { ...item };
  return Object.fromEntries(Object.entries(item).filter(([name]) => name === 'id' || names.includes(name)));
}

/** Events between two moments, where `query` names them. */
function within(items: Item[], query: Options['query']): Item[] {
  const { startDateTime, endDateTime } = Object.fromEntries(new URLSearchParams(query));
  if (!startDateTime || !endDateTime) return items;
  const [from, to] = [Date.parse(startDateTime), Date.parse(endDateTime)];
  return items.filter(({ start, end }) => moment(start) < to && moment(end) > from);
}

/** In the order of fields of the items, such as `subject desc`. */
function ordered(items: Item[], orderBy: unknown): Item[] {
  const keys = texts(orderBy)
    .flatMap((text) => text.split(','))
    .map((text) => text.trim().split(/\s+/) as [string, string?]);
  const compare = (one: Item, other: Item) => {
    for (const [name, direction] of keys) {
      const [a, b] = [String(one[name] ?? ''), String(other[name] ?? '')];
      if (a !== b) return (a < b ? -1 : 1) * (direction === 'desc' ? -1 : 1);
    }
    return 0;
  };
  return [...items].sort(compare);
}
