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

/** Puts `value` into `object`, where `path` (names between slashes) says. */
function put(object, path, value) {
  const [name, ...rest] = path.split('/');
  if (rest[0]) put((object[name] ??= {}), rest.join('/'), value);
  else object[name] = value;
}

/** A method: what fills the path, what the body has, options. */
const method = (face, user, [verb, path, ...words], bound) => async (...args) => {
  let ids = [...bound, ...args.splice(0, path.split('{}').length - 1 - bound.length)];
  const has = (word) => words.includes(word);
  let body;
  for (const [, name, optional] of words.map((word) => /^(\w+|\*)(\??)$/.exec(word) ?? []).filter(([word]) => word && !FORMS.includes(word))) {
    const value = args.shift();
    if (!optional && (value === undefined || value === '')) throw face.wrong(name === '*' ? 'what to write is missing' : `${name} is missing`);
    if (name === '*') body = value;
    else (body ??= {})[name] = value;
  }
  const options = { ...args[0] };
  for (const word of words) {
    const [, option, name, field = name, usual, only] = /^(\?)?([a-z]+)(?::([a-z/]+))?(?:=([^@]*))?(?:@(.*))?$/i.exec(word) ?? [];
    if (!option && usual === undefined) continue;
    body ??= {};
    const given = option && options[name] !== undefined;
    if (only && !only.split(',').includes(face.api)) {
      if (given) throw face.fail('unsupported_by_api', `${face.api} has no ${name} here; these have: ${only}`);
      continue;
    }
    const value = given ? options[name] : usual === 'true' || usual;
    if (option) delete options[name];
    if (value !== undefined) put(body, field, value);
  }
  if (body && !(body instanceof Blob)) body = face.spelled(await face.draft(body, options.timeZone));
  // What is a time in a path is an instant.
  if (path.includes('Time=')) ids = ids.map((one) => face.instant(one, options.timeZone));
  const as = words.find((word) => word === 'text' || word === 'blob');
  if (as) options.as = as;
  try {
    const answer = await face.call(verb, user, path, ids, options, body, 'ifMatch,select,expand,as');
    return has('list') ? answer.value : answer;
  } catch (error) {
    if (has('null') && error?.code === 'not_found') return null;
    throw error;
  }
};
/** Words that are no fields. */
const FORMS = ['text', 'blob', 'list', 'null'];

/** Everything that the table names, for one mailbox. */
export const named = (face, user) => build(
  face.table.split('\n').map((line) => line.split(' ')),
  (spec, ids) => (spec[1] ? method(face, user, spec, ids) : collection(face, user, spec[0], ids)),
  [],
);
