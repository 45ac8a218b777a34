// What the areas of a mailbox are written with: a call for each HTTP method, and the collection at a path.
import type { Api, Options } from '../calls/api.ts';
import type { Path } from '../calls/path.ts';
import { fail, invalidArgument } from '../error.ts';
import { collection } from './collection.ts';

const ALLOWED = ['ifMatch', 'select', 'expand'];

/** `fields`, none of which may be missing. */
export function required<T extends object>(fields: T): T {
  for (const [name, value] of Object.entries(fields)) {
    if ((value ?? '') === '') throw invalidArgument(`${name} is missing`);
  }
  return fields;
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
    return call(method, path, options, plain ? body : api.spelled(await api.writing('draft', body, options?.timeZone)));
  };
  const replace = async (method: string, path: Path, options: Options | undefined, body: unknown) => {
    required({ 'what to write': body });
    return write(method, path, options, body);
  };
  return {
    collection: <T, D = Partial<T>>(path: Path) => collection<T, D>(api, path),
    get: (path: Path, options?: Options) => call('GET', path, options),
    /** The content as it is, byte for byte: of an attachment (`isFile`) of any type. */
    octets: async (path: Path, options?: Options, isFile?: boolean): Promise<Blob> => {
      if (options?.as !== undefined) throw invalidArgument('unknown option `as`');
      const blob = await api.call({ method: 'GET', path, options: { ...options, as: 'blob' }, allowed: ['as'] });
      if (!isFile && /html/i.test(blob.type)) throw fail('invalid_response', 'the answer is no file');
      return blob;
    },
    remove: (path: Path, options?: Options) => call('DELETE', path, options),
    post: (path: Path, options?: Options, body?: object) => write('POST', path, options, body),
    put: (path: Path, options: Options | undefined, body: unknown) => replace('PUT', path, options, body),
    patch: (path: Path, options: Options | undefined, body: unknown) => replace('PATCH', path, options, body),
  };
}
