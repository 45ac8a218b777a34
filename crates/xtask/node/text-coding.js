// The simulated browser of Jest (jsdom) has no TextDecoder and no TextEncoder: those of Node then.
const { TextDecoder, TextEncoder } = globalThis.TextDecoder ? globalThis : process.getBuiltinModule('node:util');

export { TextDecoder, TextEncoder };
