// Files among the fields of a draft.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeApi } from '../tests/fake-api.mjs';
import { draft } from './drafts.ts';

/** @type {(flavor: any, given: object) => Promise<any>} */
const written = (flavor, given) => draft(fakeApi(flavor), given);

test("attachments: a Blob, a File, and the service's own form", async () => {
  const own = { '@odata.type': '#microsoft.graph.itemAttachment', name: 'x' };
  const file = new File(['Grüße'], 'a.txt', { type: 'text/plain' });
  const [first, second, third] = (
    await written('graph', { attachments: [file, new Blob([new Uint8Array([0, 255, 128])]), own] })
  ).attachments;
  assert.deepEqual(first, {
    '@odata.type': '#microsoft.graph.fileAttachment',
    name: 'a.txt',
    contentType: 'text/plain',
    contentBytes: Buffer.from('Grüße').toString('base64'),
  });
  assert.deepEqual(second, {
    '@odata.type': '#microsoft.graph.fileAttachment',
    name: 'attachment',
    contentType: 'application/octet-stream',
    contentBytes: 'AP+A',
  });
  assert.equal(third, own);
  const [outlook] = (await written('outlook-v1', { attachments: [file] })).Attachments;
  assert.deepEqual(Object.keys(outlook), ['@odata.type', 'Name', 'ContentType', 'ContentBytes']);
  assert.equal(outlook['@odata.type'], '#Microsoft.OutlookServices.FileAttachment');
});

test('attachments: large ones keep every byte, too large ones and unreadable ones are told', async () => {
  const bytes = new Uint8Array(100_003).map((_, at) => at * 7);
  const [one] = (await written('graph', { attachments: [new Blob([bytes])] })).attachments;
  assert.deepEqual(new Uint8Array(Buffer.from(one.contentBytes, 'base64')), bytes);
  await assert.rejects(written('graph', { attachments: [new Blob([new Uint8Array(3 * 1024 * 1024 + 1)])] }), {
    code: 'too_large',
  });
  const gone = Object.assign(new Blob(['x']), {
    arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')),
  });
  await assert.rejects(
    written('graph', { attachments: [gone] }),
    (/** @type {any} */ error) => error.code === 'invalid_argument' && error.cause.name === 'NotReadableError',
  );
});
