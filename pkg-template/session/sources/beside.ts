// The WebAssembly in its file, beside the script.

interface Process {
  getBuiltinModule?(name: 'node:fs/promises'): { readFile(url: URL): Promise<BufferSource> };
}

/** The address of the module, or its bytes where it is a file: `fetch` reads no files. */
export function beside(): URL | Promise<BufferSource> {
  const url = new URL('./wasm/exo365_bg.wasm', import.meta.url);
  const { process } = globalThis as { process?: Process };
  const files = url.protocol === 'file:' && process?.getBuiltinModule?.('node:fs/promises');
  return files ? files.readFile(url) : url;
}
