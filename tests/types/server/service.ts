// A service in Node: without the types of a page.
import { type Client, createClient, Exo365Error } from 'exo365';
import { memoryClient, startTenant } from 'exo365/testing';

export async function subjects(token: string, bytes?: Uint8Array): Promise<string[]> {
  const client: Client = await createClient({
    getToken: async () => ({ token, expiresIn: 3600, scopes: [] }),
    ...(bytes ? { wasm: bytes } : {}),
  });
  const { items } = await client.mail.messages.list({ select: ['subject'], signal: AbortSignal.timeout(5000) });
  return items.map(({ subject }) => subject ?? '');
}

export const isThrottled = (error: unknown) => error instanceof Exo365Error && error.code === 'throttled';
export const doubles = { memoryClient, startTenant };
// @ts-expect-error The module is an object, or an address.
export const wrong = createClient({ getToken: async () => 'a-token', wasm: 5 });
