// What the bytes of a WebAssembly module are: sections, and the largest functions by the names that the build leaves
// in.

const NAMES = [
  'custom',
  'type',
  'import',
  'function',
  'table',
  'memory',
  'global',
  'export',
  'start',
  'element',
  'code',
  'data',
  'data count',
  'tag',
];

/** A cursor over the module: LEB128 numbers, byte ranges, names. */
export class Reader {
  constructor(bytes, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }
  get done() {
    return this.at >= this.end;
  }
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
  part(length) {
    this.at += length;
    return new Reader(this.bytes, this.at - length, this.at);
  }
  text() {
    const { at, end } = this.part(this.number());
    return Buffer.from(this.bytes.subarray(at, end)).toString();
  }
}

function sections(bytes) {
  const reader = new Reader(bytes, 8);
  const found = [];
  while (!reader.done) {
    const id = reader.bytes[reader.at++];
    const body = reader.part(reader.number());
    const size = body.end - body.at;
    found.push({ name: id === 0 ? `custom "${body.text()}"` : NAMES[id], size, body });
  }
  return found;
}

function importedFunctions(body) {
  let count = 0;
  for (let left = body.number(); left > 0; left--) {
    body.text();
    body.text();
    const kind = body.bytes[body.at++];
    if (kind === 0) count++;
    if (kind === 0 || kind === 3 || kind === 4) {
      body.number();
      if (kind !== 0) body.number();
    }
    if (kind === 1) body.at++;
    if (kind === 1 || kind === 2) {
      if (body.number() & 1) body.number();
      body.number();
    }
  }
  return count;
}

function functionNames(body) {
  const names = new Map();
  while (!body.done) {
    const id = body.bytes[body.at++];
    const part = body.part(body.number());
    if (id !== 1) continue;
    for (let left = part.number(); left > 0; left--) names.set(part.number(), part.text());
  }
  return names;
}

function largest(bytes, limit) {
  const all = sections(bytes);
  const find = (name) => all.find((section) => section.name === name)?.body;
  const names = find('custom "name"') ? functionNames(find('custom "name"')) : new Map();
  let index = find('import') ? importedFunctions(find('import')) : 0;
  const code = find('code');
  const found = [];
  for (let left = code.number(); left > 0; left--, index++) {
    const body = code.part(code.number());
    found.push({ name: names.get(index) ?? `function ${index}`, size: body.end - body.at });
  }
  return found.sort((a, b) => b.size - a.size).slice(0, limit);
}

/**
 * Prints the sections of what is shipped, and the largest functions of what the compiler made (it still has the names).
 */
export function report(shipped, raw) {
  console.log('\nsections of the shipped module, bytes');
  for (const { name, size } of sections(shipped)) console.log(`${String(size).padStart(9)}  ${name}`);
  if (!raw) return;
  console.log('\nlargest functions before wasm-opt, bytes');
  for (const { name, size } of largest(raw, 40)) console.log(`${String(size).padStart(9)}  ${name.slice(0, 110)}`);
}
