// Objects and methods out of the core's table of operations (crates/core/src/operations.rs says how it reads).
import { collection } from './collection.js';

/** `()` in a name is a function of an id; what has the same beginning is one object. */
function build(lines, make, ids) {
  const groups = {};
  for (const [name, ...spec] of lines) {
    const [head, ...tail] = name.split('.');
    (groups[head] ??= []).push([tail.join('.'), ...spec]);
  }
  const object = (own, ids) => {
    const [leaf] = own.filter(([rest]) => !rest);
    return Object.assign(leaf ? make(leaf.slice(1), ids) : {}, build(own.filter(([rest]) => rest), make, ids));
  };
  return Object.fromEntries(Object.entries(groups).map(([head, own]) => {
    const [name, id] = head.split('()');
    return [name, id === undefined ? object(own, ids) : (id) => object(own, [...ids, id])];
  }));
}

/** A method: what fills the path, what the body has, options. */
const method = (face, user, [verb, path, ...words], bound) => async (...args) => {
  const ids = [...bound, ...args.splice(0, path.split('{}').length - 1 - bound.length)];
  let [as, none, body] = [];
  for (const word of words) {
    if (word === 'text' || word === 'blob') as = word;
    else if (word === 'null') none = true;
    else if (word === '*') body = args.shift();
    else (body ??= {})[word] = args.shift();
  }
  const options = { ...args[0], ...(as && { as }) };
  if (body && !(body instanceof Blob)) body = face.values.spelled(await face.values.draft(body, options.timeZone));
  try {
    return await face.call(verb, user, path, ids, options, body, 'ifMatch,select,expand,as');
  } catch (error) {
    if (none && error?.code === 'not_found') return null;
    throw error;
  }
};

/** Everything that the table names, for one mailbox. */
export const named = (face, user) => build(
  face.table.split('\n').map((line) => line.split(' ')),
  (spec, ids) => (spec[1] ? method(face, user, spec, ids) : collection(face, user, spec[0], ids)),
  [],
);
