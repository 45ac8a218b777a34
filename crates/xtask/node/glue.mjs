// Trims what wasm-bindgen made, as text and bytes, before anything is bundled: `node glue.mjs GLUE WASM`.
// wasm-opt has removed imports that the glue still defines; and each name carries a hash of sixteen digits,
// which no compressor can shorten, once in the module and once in the glue.
import { readFile, writeFile } from 'node:fs/promises';
import { leb } from './leb.mjs';
import { trim } from './trim.mjs';
import { Reader } from './wasm-report.mjs';

const [gluePath, wasmPath] = process.argv.slice(2);
const MODULE = './exo365_bg.js';
/** One import of the glue, as wasm-bindgen writes it: at this indent, from its name to its closing brace. */
const DEFINITION = /^ {8}(__wb\w+): function\b.*?^ {8}\},?\n/gms;

let glue = await readFile(gluePath, 'utf8');
const wasm = await readFile(wasmPath);
const module = await WebAssembly.compile(wasm);
const wanted = new Set(WebAssembly.Module.imports(module).map(({ name }) => name));

// S30: no text of a panic leaves by an error that wasm-bindgen throws, past all of our own judging (prune.mjs).
const throwing = [...wanted].filter((name) => /throw|console|panic/.test(name));
if (throwing.length > 0) throw new Error(`a text may leave by ${throwing}`);

const defined = [...glue.matchAll(DEFINITION)].map(([, name]) => name);
const missing = [...wanted].filter((name) => !defined.includes(name) && !glue.includes(`${name}:`));
if (missing.length > 0 || defined.length < wanted.size / 2)
  throw new Error(`the glue is not written as it was: does not define ${missing.slice(0, 3)}`);
glue = glue.replace(DEFINITION, (whole, name) => (wanted.has(name) ? whole : ''));

glue = trim(glue);

const short = new Map();
const shorten = (name) => {
  if (!short.has(name)) short.set(name, short.size.toString(36).replace(/^\d/, '_$&'));
  return short.get(name);
};
const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
for (const name of [...wanted, ...exported]) shorten(name);

for (const name of wanted) {
  const renamed = glue.replaceAll(new RegExp(`(?<![\\w$])${name}:`, 'g'), `${short.get(name)}:`);
  if (renamed === glue) throw new Error(`the glue does not define ${name} where it was looked for`);
  glue = renamed;
}
glue = glue.replace(/\bwasm\.(\w+)/g, (whole, name) => {
  if (!exported.includes(name)) throw new Error(`the glue uses ${whole}, which the module does not export`);
  return `wasm.${short.get(name)}`;
});
if (!glue.includes(`"${MODULE}":`)) throw new Error(`the glue does not name its module ${MODULE}`);
glue = glue.replace(`"${MODULE}":`, '"a":');

const text = new TextEncoder();
const named = (name) => Buffer.concat([leb(text.encode(name).length), text.encode(name)]);

/** The section with every name replaced; what is between the names is copied as it is. */
function renamed(body, skip, isImport) {
  const count = body.number();
  const out = [leb(count)];
  for (let left = count; left > 0; left--) {
    if (isImport) {
      const from = body.text();
      if (from !== MODULE) throw new Error(`the module imports from ${from}`);
      out.push(named('a'));
    }
    out.push(named(shorten(body.text())));
    const begin = body.at;
    skip(body);
    out.push(Buffer.from(body.bytes.subarray(begin, body.at)));
  }
  return Buffer.concat(out);
}

/** The description behind the name of an import (WebAssembly core specification, binary format, import section). */
function skipImport(body) {
  const kind = body.bytes[body.at++];
  if (kind === 1 || kind === 3) body.at++; // the type of a table's elements, or of a global
  if (kind === 3) body.at++; // whether it changes
  if (kind === 4) body.at++; // a tag's attribute
  if (kind === 0 || kind === 4) body.number();
  if (kind === 1 || kind === 2) {
    const flags = body.number();
    body.number();
    if (flags & 1) body.number();
  }
}

function skipExport(body) {
  body.at++;
  body.number();
}

const reader = new Reader(wasm, 8);
const parts = [wasm.subarray(0, 8)];
while (!reader.done) {
  const begin = reader.at;
  const id = reader.bytes[reader.at++];
  const body = reader.part(reader.number());
  const section = id === 2 ? renamed(body, skipImport, true) : id === 7 ? renamed(body, skipExport, false) : undefined;
  parts.push(...(section ? [Buffer.from([id]), leb(section.length), section] : [wasm.subarray(begin, reader.at)]));
}
const out = Buffer.concat(parts);
await WebAssembly.compile(out);
await writeFile(wasmPath, out);
await writeFile(gluePath, glue);
