// Errors that nobody catches, for tests: what a microtask throws would end the process.

/** Collects what microtasks throw while `run` runs. Resolves with what that gave, and with the errors. */
export async function collectUncaught(run) {
  const uncaught = [];
  const { queueMicrotask } = globalThis;
  globalThis.queueMicrotask = (task) =>
    queueMicrotask(() => {
      try {
        task();
      } catch (error) {
        uncaught.push(error);
      }
    });
  try {
    return { value: await run(), uncaught };
  } finally {
    globalThis.queueMicrotask = queueMicrotask;
  }
}
