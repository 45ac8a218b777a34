// exo365/testing: a signed-in client on a local tenant, and a client in memory.
export { memoryClient } from './memory.ts';
export type { MemoryClient, MemoryOptions, MemoryRequest } from './memory.ts';
export { startTenant } from './tenant.ts';
export type { Fault, StartedTenant, Tenant, TenantOptions, TenantRequest } from './tenant.ts';
