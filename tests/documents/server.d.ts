// What a sample for a server finds there.
declare const process: { env: Record<string, string | undefined> };

// As the types of Cloudflare's Wrangler declare it: an import of WebAssembly is the compiled module.
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
