// A client that knows which of its methods was called last, as a reader would write it.

/**
 * @param {any} client what is watched
 * @param {string} name how it is written
 * @param {Record<string, string>} words how texts among the arguments are written
 * @returns `proxy`, which does what the client does, and `last`, which gives the call that was made last, such as
 *   `client.mail.folder(id).messages.get(id)`
 */
export function named(client, name, words = {}) {
  let last = name;
  /** An argument: a word of the caller's, or a value, or three dots for a body. */
  const argument = (value) => {
    if (typeof value === 'string') return words[value] ?? `'${value}'`;
    if (typeof value !== 'object' || value === null) return String(value);
    const options = Object.entries(value).filter(([, one]) => typeof one === 'boolean');
    return options.length > 0 ? `{ ${options.map(([key, one]) => `${key}: ${one}`).join(', ')} }` : '...';
  };
  const written = (path, all) => `${path}(${all.map(argument).join(', ')})`;
  const watch = (target, path) =>
    new Proxy(target, {
      get(_, key) {
        const value = Reflect.get(target, key, target);
        const below = `${path}.${String(key)}`;
        if (typeof value === 'function') {
          return (/** @type {unknown[]} */ ...all) => {
            last = written(below, all);
            const result = Reflect.apply(value, target, all);
            return isArea(result) ? watch(result, written(below, all)) : result;
          };
        }
        return isArea(value) ? watch(value, below) : value;
      },
    });
  return { proxy: watch(client, name), last: () => last };
}

/** Whether methods are asked of this value next: it is no result of a call. */
const isArea = (value) =>
  typeof value === 'object' && value !== null && !('then' in value) && !(Symbol.asyncIterator in value);
