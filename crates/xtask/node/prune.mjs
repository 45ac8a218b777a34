// Takes out of the linked module what only a panic would use: `node prune.mjs RAW OUT`; RAW is linked with
// --emit-relocs.
//
// On this target a panic formats its message for a console that is not there, and traps. Here it traps at once: each
// function that begins a panic becomes one `unreachable`. What nobody refers to any more goes with it: code and data,
// by the linker's own relocations, which also say which entries of the table (vtables) are alive. This is what
// `-Zbuild-std` with `panic=immediate-abort` does, for a stable compiler.
//
// Formats: WebAssembly core specification; https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md
import { readFile, writeFile } from 'node:fs/promises';
import { leb } from './leb.mjs';
import { Reader } from './wasm-report.mjs';

const [from, to] = process.argv.slice(2);

/** Where panics begin: functions, and modules of nothing else. */
const PANICS = [
  'alloc::alloc::handle_alloc_error',
  'alloc::raw_vec::handle_error',
  'core::cell::lazy::panic_poisoned',
  'core::cell::panic_already_borrowed',
  'core::cell::panic_already_mutably_borrowed',
  'core::option::expect_failed',
  'core::option::unwrap_failed',
  'core::panicking',
  'core::result::unwrap_failed',
  'core::slice::copy_from_slice_impl::len_mismatch_fail',
  'core::slice::index::slice_index_fail',
  'core::str::slice_error_fail',
];
/**
 * The same of wasm-bindgen, which throws its texts: what they are about (an object used after its end) the face cannot
 * do.
 */
const THROWS = ['wasm_bindgen::throw_str'];
/**
 * As the compiler writes a path: `Cs<hash>_4core6option13unwrap_failed` behind what kinds of things they are (mangling
 * v0), or `_ZN12wasm_bindgen9throw_str17h<hash>E` (legacy, of crates that are compiled here).
 */
const mangled = (path) =>
  path
    .split('::')
    .map((part) => `${part.length}${part}`)
    .join('');
const PANIC = new RegExp(
  `^(?:_RI?(?:N[A-Za-z])+Cs[0-9A-Za-z]+_(?:${PANICS.map(mangled).join('|')})|_ZN(?:${THROWS.map(mangled).join('|')})17h)`,
);

const TRAP = [0x00, 0x00, 0x0b]; // no locals, `unreachable`, `end`
const [CALL, LOCAL_GET, I32_CONST, I64_CONST] = [0x10, 0x20, 0x41, 0x42];
/** Relocations of wasm32: what they point to is a symbol, and whether an addend follows. */
const WITH_ADDEND = new Set([3, 4, 5, 8, 9, 11]);
const WITHOUT = new Set([0, 1, 2, 7, 10, 13, 20, 26]);
const [MEMORY_ADDR_SLEB, TYPE_INDEX] = [4, 6];
const [FUNCTION, DATA, SECTION] = [0, 1, 3];
const UNDEFINED = 0x10;
const EXPLICIT_NAME = 0x40;

const bytes = await readFile(from);
const sections = [];
for (const reader = new Reader(bytes, 8); !reader.done; ) {
  const begin = reader.at;
  const id = reader.bytes[reader.at++];
  const body = reader.part(reader.number());
  const start = body.at;
  sections.push({ id, begin, start, end: body.end, name: id === 0 ? body.text() : undefined, body });
}
function section(id, name) {
  const found = sections.find((one) => one.id === id && one.name === name);
  if (!found) throw new Error(`${from} has no section ${name ?? id}: is it linked with --emit-relocs?`);
  return found;
}

function* entries(body) {
  for (let left = body.number(); left > 0; left--) yield body;
}

function importedFunctions() {
  let count = 0;
  for (const body of entries(section(2).body)) {
    body.text();
    body.text();
    const kind = body.bytes[body.at++];
    if (kind === 3)
      body.at += 2; // a global: its type, whether it changes
    else if (kind === 1)
      body.at++; // a table: the type of its elements
    else body.number(); // a function: its type
    if (kind === 1 && body.number() & 1) body.number();
    if (kind === 1) body.number();
    if (kind > 3 || kind === 2) throw new Error('imports of this kind are not expected');
    if (kind === 0) count++;
  }
  return count;
}

const imported = importedFunctions();
const code = section(10);
const functions = [];
for (const body of entries(code.body)) {
  const part = body.part(body.number());
  functions.push({ at: part.at, end: part.end, refers: [] });
}

const data = section(11);
const segments = [];
for (const body of entries(data.body)) {
  if (body.number() !== 0) throw new Error('the data is not as the linker writes it');
  if (body.bytes[body.at++] !== I32_CONST) throw new Error('a segment begins nowhere');
  body.number();
  body.at++; // `end`
  const part = body.part(body.number());
  segments.push({ at: part.at, end: part.end });
}

/** The linker's symbols: functions by index, data by segment, offset and size. */
const symbols = [];
const linking = section(0, 'linking').body;
linking.number(); // the version
while (!linking.done) {
  const kind = linking.bytes[linking.at++];
  const part = linking.part(linking.number());
  if (kind !== 8) continue;
  for (const body of entries(part)) {
    const symbol = { kind: body.bytes[body.at++], refers: [] };
    const flags = body.number();
    symbols.push(symbol);
    if (symbol.kind === DATA) {
      body.text();
      if (flags & UNDEFINED) continue;
      const segment = segments[body.number()];
      symbol.at = segment.at + body.number();
      symbol.end = symbol.at + body.number();
    } else {
      symbol.index = body.number();
      if (symbol.kind !== SECTION && (!(flags & UNDEFINED) || flags & EXPLICIT_NAME)) body.text();
    }
  }
}

const names = new Map();
for (const { body } of [section(0, 'name')]) {
  while (!body.done) {
    const kind = body.bytes[body.at++];
    const part = body.part(body.number());
    if (kind === 1) for (const one of entries(part)) names.set(one.number(), one.text());
  }
}
const panics = (index) => PANIC.test(names.get(index) ?? '');

/** Whether the constant at `at` is only handed to a panic: nothing but constants and locals up to its call. */
function onlyForPanic(at) {
  const reader = new Reader(bytes, at);
  reader.number();
  for (;;) {
    const code = reader.bytes[reader.at++];
    const operand = reader.number();
    if (code === CALL) return panics(operand);
    if (code !== I32_CONST && code !== I64_CONST && code !== LOCAL_GET) return false;
  }
}

/** Who refers to whom. What lies in no symbol counts as alive. */
const alive = [];
function relocations(name, { start }, owners) {
  const body = section(0, name).body;
  body.number(); // the section
  for (const one of entries(body)) {
    const kind = one.bytes[one.at++];
    const at = start + one.number();
    const target = one.number();
    if (WITH_ADDEND.has(kind)) one.number();
    else if (!WITHOUT.has(kind) && kind !== TYPE_INDEX) throw new Error(`relocation ${kind} is not known here`);
    if (kind === TYPE_INDEX || (kind === MEMORY_ADDR_SLEB && onlyForPanic(at))) continue;
    const found = owners(at);
    for (const owner of found) owner.refers.push(target);
    if (found.length === 0) alive.push(target);
  }
}
const holding = (list) => (at) => list.filter((one) => one.at <= at && at < one.end);
let last = 0; // the relocations of the code come in its order
const holdingFunction = (at) => {
  while (functions[last].end <= at) last++;
  return [functions[last]];
};
const placed = symbols.filter((symbol) => symbol.end > symbol.at);
relocations('reloc.CODE', code, holdingFunction);
relocations('reloc.DATA', data, holding(placed));

/**
 * Where a panic begins (`core::panic::Location`: file, length, line, column) is told by nobody any more, wherever it is
 * handed on to.
 */
const sources = new Set(placed.filter(({ at, end }) => /^[\w./-]+\.rs\0?$/.test(bytes.toString('latin1', at, end))));
const isPlace = ({ at, end, refers }) => end - at === 16 && refers.some((target) => sources.has(symbols[target]));
const unread = new Set([...sources, ...placed.filter(isPlace)]);
if (sources.size === 0) throw new Error('no place of a panic names its file: are they written as they were?');

const reached = new Set();
let cut = 0;
function reach(thing) {
  for (const todo = [thing]; todo.length > 0; ) {
    const { kind, index, refers } = todo.pop();
    for (const symbol of kind === FUNCTION ? [functions[index - imported]] : refers.map((target) => symbols[target])) {
      if (!symbol || reached.has(symbol) || unread.has(symbol)) continue;
      reached.add(symbol);
      const own = kind === FUNCTION && panics(index);
      if (own) cut++;
      else todo.push(symbol);
    }
  }
}
for (const body of entries(section(7).body)) {
  body.text();
  const kind = body.bytes[body.at++];
  const index = body.number();
  if (kind === 0) reach({ kind: FUNCTION, index });
}
for (const one of sections.filter(({ id }) => id === 8)) reach({ kind: FUNCTION, index: one.body.number() });
reach({ refers: alive });
if (cut < PANICS.length / 2) throw new Error(`only ${cut} functions begin a panic: are they named as they were?`);

const out = Buffer.from(bytes);
const used = new Uint8Array(bytes.length);
for (const symbol of placed) if (reached.has(symbol)) used.fill(1, symbol.at, symbol.end);
for (const { at, end } of placed) for (let byte = at; byte < end; byte++) if (!used[byte]) out[byte] = 0;

const bodies = functions.map((one, at) => {
  const body = !reached.has(one) || panics(at + imported) ? Buffer.from(TRAP) : out.subarray(one.at, one.end);
  return Buffer.concat([leb(body.length), body]);
});
const framed = (id, body) => Buffer.concat([Buffer.from([id]), leb(body.length), body]);
const parts = sections
  .filter(({ name = '' }) => name !== 'linking' && !name.startsWith('reloc.'))
  .map(({ id, begin, end }) =>
    id === 10 ? framed(id, Buffer.concat([leb(functions.length), ...bodies])) : out.subarray(begin, end),
  );
const module = Buffer.concat([out.subarray(0, 8), ...parts]);
await WebAssembly.compile(module);
await writeFile(to, module);
