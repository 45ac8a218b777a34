// Where `exo365/inline` has its WebAssembly: in the same script.
import base64 from '../../wasm/module.ts';
import { inlined } from './inlined.ts';

export const sources = [() => inlined(base64)];
