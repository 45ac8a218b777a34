// The window as the WebAssembly sees it.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { page as put } from '../tests/fake-page.mjs';
import { page } from './page.ts';

let it;
beforeEach(() => {
  it = put('https://app.contoso.example/mail?view=week&code=c&state=s#top');
});
afterEach(() => it.end());

const state = () => JSON.parse(page().state());

test('where the page is', () => {
  assert.deepEqual(state(), {
    origin: 'https://app.contoso.example',
    pathname: '/mail',
    search: '?view=week&code=c&state=s',
    hash: '#top',
    kept: [],
    secure: true,
    framed: false,
  });
});

test('S19 a page in a frame says so', () => {
  Object.defineProperty(globalThis, 'top', { value: {}, configurable: true });
  assert.equal(state().framed, true);
});

test('S6 a record is there once; others of the tab are not ours', () => {
  it.session.other = 'x';
  page().keep('state-1', 'record');
  assert.deepEqual(state().kept, ['state-1']);
  assert.equal(page().take('state-1'), 'record');
  assert.equal(page().take('state-1'), undefined);
  assert.deepEqual([state().kept, { ...it.session }], [[], { other: 'x' }]);
});

test('E8 a record is found by its whole name', () => {
  page().keep('state-1', 'record');
  for (const other of ['state-', 'state-12', 'STATE-1', '', 'exo365.state-1'])
    assert.equal(page().take(other), undefined, other);
  assert.equal(page().take('state-1'), 'record');
});

test('E7 at most five sign-ins wait: the oldest gives way, what is none of ours before it', () => {
  for (const created of [30, 10, 20, 50, 40]) page().keep(`state-${created}`, JSON.stringify({ created }));
  page().keep('state-60', JSON.stringify({ created: 60 }));
  assert.deepEqual(state().kept.sort(), ['state-20', 'state-30', 'state-40', 'state-50', 'state-60']);
  it.session['exo365.odd'] = 'no JSON';
  page().keep('state-70', JSON.stringify({ created: 70 }));
  assert.deepEqual(state().kept.sort(), ['state-30', 'state-40', 'state-50', 'state-60', 'state-70']);
});

test('a storage that the browser forbids is empty, and keeping says so', () => {
  Object.defineProperty(globalThis, 'sessionStorage', {
    get() {
      throw new DOMException('no', 'SecurityError');
    },
    configurable: true,
  });
  assert.deepEqual(state().kept, []);
  assert.throws(() => page().keep('a', 'b'), { name: 'SecurityError' });
});

test("the address bar changes without a load, and the history state stays the page's own", () => {
  page().show('/mail');
  assert.deepEqual([it.shown, it.went], [[[{ own: 'state' }, '', '/mail']], []]);
  page().go('/calendar');
  assert.deepEqual(it.went, ['replace /calendar'], 'not one more step back');
});

test('in a worker and in Node there is none', () => {
  it.end();
  assert.equal(page(), undefined);
});
