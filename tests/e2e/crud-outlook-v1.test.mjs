import { crud } from './crud.mjs';

// v1 sign-in names a resource, not scopes: the permissions are those of the registration.
crud('outlook-v1', { identity: 'v1', tenant: 'common', scopes: [] });
