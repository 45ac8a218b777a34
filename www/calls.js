// How views call the API: every call has a signal, and an aborted call is not an error.

/**
 * A function that gives a new signal at each call and aborts the one before: for calls of which only the latest counts,
 * such as those for the open message. All of them are aborted with `signal`, that is when the user leaves the view.
 */
export function renewer(signal = new AbortController().signal) {
  let last;
  return () => {
    last?.abort();
    last = new AbortController();
    return AbortSignal.any([signal, last.signal]);
  };
}

/** Waits for `work`. Errors go to `failed`, except `aborted`: the user has left the view then. */
export async function attempt(work, failed) {
  try {
    return await work();
  } catch (error) {
    if (error?.code === 'aborted') return undefined;
    failed(error);
    return undefined;
  }
}

/** Disables `button` until `work` is done, so that nobody presses it twice. */
export async function busy(button, work) {
  button.disabled = true;
  button.setAttribute('aria-busy', 'true');
  try {
    return await work();
  } finally {
    button.disabled = false;
    button.removeAttribute('aria-busy');
  }
}
