// Where `exo365` gets its WebAssembly: from the file beside it. Some bundlers do not take that file along (Rollup, the
// one of Angular, Vite's development server before version 8): there a script has it, which every bundler takes along.
import { beside } from './beside.ts';
import { inlined } from './inlined.ts';

export const sources = [beside, async () => inlined((await import('../../wasm/module.ts')).default)];
