// Bytes and base64 (RFC 4648).
import type { Api } from '../calls/api.ts';

/** Bytes as base64. */
export async function base64({ invalidArgument }: Pick<Api, 'invalidArgument'>, blob: Blob): Promise<string> {
  const bytes = new Uint8Array(
    await blob.arrayBuffer().catch((cause) => {
      throw invalidArgument('an attachment cannot be read', cause);
    }),
  );
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** The bytes that base64 stands for. */
export function bytesOf({ invalidArgument }: Pick<Api, 'invalidArgument'>, base64: string): Uint8Array<ArrayBuffer> {
  try {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
    return bytes;
  } catch (cause) {
    throw invalidArgument('an attachment cannot be read', cause);
  }
}
