// A window of its own for the sign-in.
import type { Api } from '../calls/api.ts';
import type { Core } from '../calls/core.ts';
import { cookieLost } from './unfinished.ts';

/**
 * The address that the window came back to, as the page in it tells by `channel`. Nothing is read off the window:
 * Microsoft's pages cut it off from this one, and then it looks closed when it is not.
 */
function authorizationResponse(
  { fail }: Api,
  channel: BroadcastChannel,
  state: string,
  signal: AbortSignal,
  minutes: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      channel.close();
      settle();
    };
    const late = () => {
      const message =
        `no answer from the sign-in within ${minutes} minutes: ` +
        'what Microsoft says on its own page it does not tell';
      const remedy =
        'Look at what the window said: a redirect URI, client id or tenant that Microsoft does not know is told ' +
        'there only. Then offer the sign-in again.';
      end(() => reject(Object.assign(fail('timeout', message), { remedy })));
    };
    const timer = setTimeout(late, minutes * 60_000);
    // The state is part of the address; messages of other sign-ins are not for us.
    channel.onmessage = ({ data }) => typeof data === 'string' && data.includes(state) && end(() => resolve(data));
    const stop = () => end(() => reject(signal.reason));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
}

/**
 * Completes the sign-in of a window of its own, which tells its answer by `channel`. Gives what an administrator
 * consented to, where one was asked.
 */
export async function enter(
  api: Api,
  core: Core,
  channel: BroadcastChannel,
  state: string,
  signal: AbortSignal,
  minutes = 10,
): Promise<{ tenant: string; scopes: string[] } | undefined> {
  const consented = await core.enter(await authorizationResponse(api, channel, state, signal, minutes));
  if (consented) return consented;
  // Whether the browser kept the cookie only the endpoint sees.
  await core.enter().catch(() => {});
  if (!core.account()) throw cookieLost(api);
}
