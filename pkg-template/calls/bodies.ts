// What goes out.

/** A body as it goes out, and the headers that say so: texts, blobs and bytes as they are, everything else as JSON. */
export function written({ wrong }, body, headers) {
  if (body === undefined || body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return [body, headers];
  if (typeof body === 'string') {
    // The network would put another character in its place.
    if (body.isWellFormed?.() === false) throw wrong('the body has half a surrogate pair');
    return [body, headers];
  }
  try {
    return [JSON.stringify(body, finite(wrong)), { 'content-type': 'application/json', ...headers }];
  } catch (cause) {
    throw wrong(cause.code ? cause.message : 'the body cannot be written as JSON', cause);
  }
}

/** JSON would make null of them, which clears a field. */
const finite = (wrong) => (name, value) => {
  if (typeof value === 'number' && !Number.isFinite(value)) throw wrong(`${name} is no finite number`);
  return value;
};
