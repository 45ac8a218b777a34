// Items that are created and changed, each in the form that is right for its kind.
import type { Api, Options } from '../calls/api.ts';
import type { Path } from '../calls/path.ts';
import { draft } from '../values/drafts.ts';
import { fits } from './attachments.ts';
import { eventChanges } from './event-changes.ts';
import { message } from './outgoing.ts';

/** Creates an item in the collection at `path`. */
export async function create(api: Api, path: Path, given: unknown, options?: Options): Promise<unknown> {
  const kind = /\w*$/.exec(path.template)?.[0];
  if (kind === 'messages') return message(api, path, given as object, options);
  const body = await expanded(api, path, given, options);
  if (kind === 'events' && !fits(api, body))
    throw api.fail('too_large', 'a large file is added later: attachments(id).add(file)');
  // The service makes one event of several requests with the same id. Outlook has none.
  if (kind === 'events' && api.graph) body.transactionId ??= crypto.randomUUID();
  return api.call({ method: 'POST', path, options, body });
}

/** Changes the item at `path`. */
export async function update(api: Api, path: Path, given: unknown, options?: Options): Promise<unknown> {
  const change = /(^|\/)events\/{}$/.test(path.template) ? eventChanges : expanded;
  return api.call({
    method: 'PATCH',
    path,
    options,
    body: await change(api, path, given, options),
    allowed: ['ifMatch'],
  });
}

/** An item with its short forms expanded. Extensions have none: their fields are the caller's own. */
async function expanded(api: Api, { template }: Path, given: unknown, options?: Options) {
  if (/extensions(\/{})?$/.test(template) && given && typeof given === 'object')
    return given as Record<string, unknown>;
  return draft(api, given, options?.timeZone);
}
