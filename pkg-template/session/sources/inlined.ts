// The WebAssembly in a script, for whoever has no file to serve.

/** The bytes of a module out of their base64 form (RFC 4648). */
export const inlined = (base64: string): BufferSource =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
