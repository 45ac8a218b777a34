// Options of a method that become fields of its body.
import type { Api, Options } from '../calls/api.ts';
import type { Path } from '../calls/path.ts';
import type { Flavor } from '../types.ts';
import { draft } from '../values/drafts.ts';

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
export function onlyIn({ flavor, fail }: Api, flavors: readonly Flavor[], fields: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && !flavors.includes(flavor)) {
      throw fail('unsupported_by_api', `${flavor} has no ${name} here; these have: ${flavors.join(' ')}`);
    }
  }
}

/** Posts `fields` with their short forms expanded, spelled as the flavour does. */
export async function postFields(api: Api, path: Path, fields: object, options?: Options) {
  const body = api.spelled(await draft(api, fields, options?.timeZone));
  return api.call({ method: 'POST', path, options, body });
}
