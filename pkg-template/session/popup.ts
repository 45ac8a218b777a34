// A window of its own for the sign-in.

/** As long as a sign-in may take, in milliseconds. */
const LONGEST = 600_000;

/**
 * What the page in the window says of its address. Nothing is read off the window: Microsoft's pages cut it off from this one, and
 * then it looks closed when it is not.
 */
export function heard({ fail }, channel, state, signal) {
  return new Promise((resolve, reject) => {
    let timer;
    const late = () => end(reject, Object.assign(fail('timeout', 'no answer from the sign-in within ten minutes: what Microsoft says on its own page it does not tell'), {
      remedy: 'Look at what the window said: a redirect URI, client id or tenant that Microsoft does not know is told there only. Then offer the sign-in again.',
    }));
    const end = (settle, value) => {
      clearTimeout(timer);
      channel.close();
      settle(value);
    };
    // The state is part of the address; messages of other sign-ins are not for us.
    channel.onmessage = ({ data }) => typeof data === 'string' && data.includes(state) && end(resolve, data);
    const stop = () => end(reject, signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop);
    timer = setTimeout(late, LONGEST);
  });
}
