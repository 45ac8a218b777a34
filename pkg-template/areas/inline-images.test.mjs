// The pictures that a message shows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail } from '../error.ts';
import { fakeApi } from '../tests/fake-api.mjs';
import { inlineImages } from './inline-images.ts';

test('pictures that a body shows: images and what says that it is inline, by content id', async () => {
  const files = {
    a: { contentId: 'logo', contentBytes: 'iVBO' },
    b: { contentId: 'hidden', contentBytes: 'iVBO' },
    c: { contentBytes: 'iVBO' },
  };
  const listed = [
    { id: 'a', contentType: 'image/png' },
    { id: 'b', contentType: 'application/pdf', isInline: false },
    { id: 'c', contentType: 'image/gif' },
  ];
  const asked = [];
  const images = await inlineImages(
    fakeApi(),
    /** @type {any} */ ({
      async *all() {
        yield* listed;
      },
      get: async (id) => {
        asked.push(id);
        return files[id];
      },
    }),
  );
  assert.deepEqual([[...images.keys()], asked], [['logo'], ['a', 'c']]);
  const [url] = images.values();
  const blob = await (await fetch(url)).blob();
  assert.deepEqual([blob.type, blob.size], ['image/png', 3]);
  URL.revokeObjectURL(url);
});

test('pictures: nothing is left to revoke where one cannot be had; the last of one content id counts; Outlook spells it its own way', async () => {
  const { createObjectURL } = URL;
  const made = [];
  URL.createObjectURL = (blob) => {
    made.push(blob);
    return `blob:${made.length}`;
  };
  try {
    const listed = ['a', 'b'].map((id) => ({ id, contentType: 'image/png', isInline: true }));
    const get = async (id) => {
      if (id === 'b') throw fail('not_found', 'x');
      return { contentId: id, contentBytes: 'iVBO' };
    };
    await assert.rejects(
      inlineImages(
        fakeApi(),
        /** @type {any} */ ({
          async *all() {
            yield* listed;
          },
          get,
        }),
      ),
      { code: 'not_found' },
    );
    assert.deepEqual(made, []);
    const twice = await inlineImages(
      fakeApi(),
      /** @type {any} */ ({
        async *all() {
          yield* listed;
        },
        get: async (id) => ({ contentId: 'same', contentBytes: id === 'a' ? 'iVBO' : 'iVBOiVBO' }),
      }),
    );
    assert.deepEqual([[...twice], made.map(({ size }) => size)], [[['same', 'blob:1']], [6]]);
    const asked = [];
    const outlook = await inlineImages(
      fakeApi('outlook-v2'),
      /** @type {any} */ ({
        async *all(query) {
          asked.push(query);
          yield { Id: 'a', ContentType: 'text/css', IsInline: true };
        },
        get: async (id, options) => {
          asked.push([id, options]);
          return { ContentId: 'c', ContentBytes: btoa('x') };
        },
      }),
      { timeout: 5 },
    );
    assert.deepEqual(
      [[...outlook.keys()], asked],
      [['c'], [{ timeout: 5, select: ['Id', 'ContentType', 'IsInline'] }, ['a', { timeout: 5 }]]],
    );
  } finally {
    Object.assign(URL, { createObjectURL });
  }
});
