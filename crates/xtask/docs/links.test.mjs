// Links that lead nowhere are found.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { broken, pages } from './links.mjs';

/** A folder with two pages; the first one has `body`. */
function folder(t, body) {
  const dir = mkdtempSync(join(tmpdir(), 'exo365-links-'));
  t.after(() => rmSync(dir, { recursive: true }));
  mkdirSync(join(dir, 'guides'));
  writeFileSync(join(dir, 'guides/it.html'), '<h2 id="über">It</h2><a href="../index.html#top">up</a>');
  writeFileSync(join(dir, 'style.css'), '');
  writeFileSync(join(dir, 'index.html'), `<link href="style.css?v=1"><h1 id="top">Site</h1>${body}`);
  return dir;
}

test('links to pages, places, files and addresses elsewhere hold', (t) => {
  const dir = folder(t, '<a href="guides/it.html#%C3%BCber"></a><a href="#top"></a><a href="https://rustup.rs/x"></a>');
  assert.deepEqual(pages(dir), ['guides/it.html', 'index.html']);
  assert.deepEqual(broken(dir), { links: 5, wrong: [] });
});

test('a place may be written with its escapes, and what other crates say of themselves is left out', (t) => {
  const foreign = '<div id="blanket-implementations-list"><p id="in-it"><a href="super::Span">Span</a></p></div>';
  const dir = folder(t, `<p id="impl-From%3CT%3E"></p><a href="#impl-From%3CT%3E"></a><a href="#in-it"></a>${foreign}`);
  assert.deepEqual(broken(dir), { links: 4, wrong: [] });
});

test('each link that leads nowhere is named with its page and the reason', (t) => {
  const table = {
    'guides/that.html': /index\.html: guides\/that\.html: there is no such file/,
    'guides/it.html#nowhere': /the page has no such place/,
    '#nowhere': /the page has no such place/,
    guides: /is a folder/,
    '../index.html': /leads out of the folder/,
    'http://contoso.example/': /is not https/,
    'https://': /is no address/,
    'https://rust.invalid/exo365_core/index.html': /was left over/,
  };
  for (const [link, why] of Object.entries(table)) {
    const { wrong } = broken(folder(t, `<a href="${link}">x</a>`));
    assert.equal(wrong.length, 1, link);
    assert.match(wrong[0], why);
  }
});
