// The WebAssembly as base64 (RFC 4648): a file of its own in `exo365`, and a part of `exo365/inline`.
export { default } from './exo365_bg.wasm';
