// Where `exo365/full` gets its WebAssembly: from the file beside it. It loads no script.
import { beside } from './beside.ts';

export const sources = [beside];
