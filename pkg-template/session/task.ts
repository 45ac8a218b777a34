// How the WebAssembly waits, which it cannot by itself.
import type { Task } from '../wasm/exo365.js';

/** Runs a future of the WebAssembly, step by step. The promise settles as the future ends. */
export const runTask = (task: Task): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const end = (settle: (value: unknown) => void, value: unknown) => {
      task.free();
      settle(value);
    };
    const step = (fulfilled: boolean, given?: unknown) => {
      try {
        const [done, value] = task.step(fulfilled, given);
        if (done) return end(resolve, value);
        // What a page's own function gave may be no promise.
        Promise.resolve(value).then(
          (result) => step(true, result),
          (cause) => step(false, cause),
        );
      } catch (cause) {
        end(reject, cause);
      }
    };
    queueMicrotask(() => step(true));
  });

/** Resolves after so many milliseconds, or at once when `signal` is aborted. */
export const pause = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end);
  });

/** What `promise` comes to, or a rejection with undefined after so many milliseconds. */
export const within = (promise: Promise<unknown>, milliseconds: number): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(reject, milliseconds);
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
