// People: the owner of a mailbox, those around them, and those of the organisation.
import type { Person, Subscription, User } from '@microsoft/microsoft-graph-types';
import type { Api } from '../calls/api.ts';
import { path } from '../calls/path.ts';
import type { Client, Mailbox } from '../types.ts';
import { verbs } from './verbs.ts';

/** The owner of a mailbox and the people around them. */
export function people(api: Api): Pick<Mailbox, 'people' | 'user' | 'updateUser' | 'manager' | 'directReports'> {
  const { collection, get, patch } = verbs(api);
  return {
    people: collection<Person>(path`people`),
    user: (options) => get(path`.`, options),
    updateUser: (changes, options) => patch(path`.`, options, changes),
    manager: (options) => get(path`manager`, options),
    directReports: collection<User>(path`directReports`),
  };
}

/** What is not of one mailbox. */
export function organisation(api: Api): Pick<Client, 'users' | 'subscriptions'> {
  const { collection, post } = verbs(api);
  return {
    users: collection<User>(path`/users`),
    subscriptions: {
      ...collection<Subscription>(path`/subscriptions`),
      reauthorize: (id, options) => post(path`/subscriptions/${id}/reauthorize`, options),
    },
  };
}
