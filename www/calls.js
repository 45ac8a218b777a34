// How views call the API: every call has a signal, and a call that was aborted is no failure.

/**
 * Signals for one thing after another, such as the message that is open: `fresh()` aborts what the last one was for.
 * All end with `signal`, which ends when the user leaves the view.
 */
export function renewer(signal = new AbortController().signal) {
  let last;
  return () => {
    last?.abort();
    last = new AbortController();
    return AbortSignal.any([signal, last.signal]);
  };
}

/** Waits for `work`. Failures go to `failed`, except `aborted`: then the user is elsewhere by now. */
export async function attempt(work, failed) {
  try {
    return await work();
  } catch (error) {
    if (error?.code === 'aborted') return undefined;
    failed(error);
    return undefined;
  }
}

/** Keeps `button` from being pressed twice while `work` is on its way. */
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
