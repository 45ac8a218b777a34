// Settings of a mailbox.
import type { Api } from '../calls/api.ts';
import { path } from '../calls/path.ts';
import type { Mailbox } from '../types.ts';
import { listed, verbs } from './verbs.ts';

export function settings(api: Api): Mailbox['settings'] {
  const { get, patch } = verbs(api);
  return {
    get: (options) => get(path`mailboxSettings`, options),
    update: (changes, options) => patch(path`mailboxSettings`, options, changes),
    part: (name, options) => get(path`mailboxSettings/${name}`, options),
    languages: (options) => listed(get(path`outlook/supportedLanguages()`, options)),
    timeZones: (options) => listed(get(path`outlook/supportedTimeZones()`, options)),
    timeZonesBy: (standard, options) =>
      listed(get(path`outlook/supportedTimeZones(TimeZoneStandard='${standard}')`, options)),
  };
}
