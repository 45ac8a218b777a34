// The pictures that a message shows.
import type { Api } from '../calls/api.ts';
import type { Attachments, CallOptions } from '../types.ts';
import { bytesOf } from '../values/base64.ts';

/** The pictures that a message shows, by their content id; the object URLs are the caller's to revoke. */
export async function inlineImages(api: Api, own: Attachments, options?: CallOptions): Promise<Map<string, string>> {
  const field = (one: object, name: string) => (one as Record<string, unknown>)[api.spell(name)] as string;
  const select = ['id', 'contentType', 'isInline'].map(api.spell) as ('id' | 'contentType' | 'isInline')[];
  const found = new Map<string, Blob>();
  for await (const one of own.all({ ...options, select })) {
    const type = field(one, 'contentType');
    // Not all programs that write mail say that a picture is inline.
    if (!field(one, 'isInline') && !/^image\//i.test(type)) continue;
    const whole = await own.get(field(one, 'id'), options);
    const bytes = field(whole, 'contentBytes');
    if (!field(whole, 'contentId') || !bytes) continue;
    found.set(field(whole, 'contentId'), new Blob([bytesOf(api, bytes)], { type }));
  }
  // At the end: what nobody gets nobody can revoke.
  return new Map([...found].map(([name, blob]) => [name, URL.createObjectURL(blob)]));
}
