// For the tests beside this file: the face's modules import ./wasm/exo365.js, which only the package has. Here it is `fake-wasm.mjs`.
import { register } from 'node:module';

const fake = new URL('./fake-wasm.mjs', import.meta.url).href;
const hook = `export const resolve = (name, context, next) => (name === './wasm/exo365.js' ? { url: ${JSON.stringify(fake)}, shortCircuit: true } : next(name, context));`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
