// What the areas of a mailbox are written with: a call for each HTTP method, and the collection at a path.
import type { Api, Options } from '../calls/api.ts';
import type { Path } from '../calls/path.ts';
import { fail, invalidArgument } from '../error.ts';
import { collection } from './collection.ts';

const ALLOWED = ['ifMatch', 'select', 'expand', 'as'];

/** `fields`, none of which may be missing. */
export function required<T extends object>(fields: T): T {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === '') throw invalidArgument(`${name} is missing`);
  }
  return fields;
}

/** Takes the body fields `names` out of options: [the fields that were given, the other options]. */
export function split(
  options: Options | undefined,
  names: readonly string[],
): [fields: Record<string, unknown>, rest: Options] {
  const rest: Record<string, unknown> = { ...options };
  const fields: Record<string, unknown> = {};
  for (const name of names) {
    if (rest[name] !== undefined) fields[name] = rest[name];
    delete rest[name];
  }
  return [fields, rest];
}

/** Refuses fields that only the APIs `flavors` have, where this one is none of them. */
export function onlyIn({ flavor }: Api, flavors: string, fields: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && !flavors.split(' ').includes(flavor)) {
      throw fail('unsupported_by_api', `${flavor} has no ${name} here; these have: ${flavors}`);
    }
  }
}

/** The list in an answer. */
export const listed = async (answer: Promise<{ value: never }>) => (await answer).value;

/** Null where there is none. */
export async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if ((error as { code?: string })?.code === 'not_found') return null;
    throw error;
  }
}

export function verbs(api: Api) {
  const call = async (method: string, path: Path, options?: Options, body?: unknown) =>
    api.call({ method, path, options: { ...options }, body, allowed: ALLOWED });
  /** Expands the short forms in `body`, and spells its fields as the flavour does. */
  const write = async (method: string, path: Path, options?: Options, body?: unknown) => {
    const plain = body instanceof Blob || !body;
    return call(method, path, options, plain ? body : api.spelled(await api.lazy('draft', body, options?.timeZone)));
  };
  const whole = async (method: string, path: Path, options: Options | undefined, body: unknown) =>
    write(method, path, options, required({ 'what to write': body })['what to write']);
  return {
    collection: <T, D = Partial<T>>(path: Path) => collection<T, D>(api, path),
    get: (path: Path, options?: Options) => call('GET', path, options),
    remove: (path: Path, options?: Options) => call('DELETE', path, options),
    post: (path: Path, options?: Options, body?: object) => write('POST', path, options, body),
    put: (path: Path, options: Options | undefined, body: unknown) => whole('PUT', path, options, body),
    patch: (path: Path, options: Options | undefined, body: unknown) => whole('PATCH', path, options, body),
  };
}
