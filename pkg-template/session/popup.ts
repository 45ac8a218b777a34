// A window of its own for the sign-in.
import type { Api } from '../calls/api.ts';

/** As long as a sign-in may take, in milliseconds. */
const LONGEST = 600_000;

/**
 * The address that the window came back to, as the page in it tells by `channel`. Nothing is read off the window: Microsoft's pages cut
 * it off from this one, and then it looks closed when it is not.
 */
export function authorizationResponse(
  { fail }: Api,
  channel: BroadcastChannel,
  state: string,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      channel.close();
      settle();
    };
    const late = () => {
      const message =
        'no answer from the sign-in within ten minutes: what Microsoft says on its own page it does not tell';
      const remedy =
        'Look at what the window said: a redirect URI, client id or tenant that Microsoft does not know is told there only. Then offer the sign-in again.';
      end(() => reject(Object.assign(fail('timeout', message), { remedy })));
    };
    const timer = setTimeout(late, LONGEST);
    // The state is part of the address; messages of other sign-ins are not for us.
    channel.onmessage = ({ data }) => typeof data === 'string' && data.includes(state) && end(() => resolve(data));
    const stop = () => end(() => reject(signal.reason));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
}
