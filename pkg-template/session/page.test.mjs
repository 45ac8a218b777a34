// The window as the WebAssembly sees it.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { page as put } from '../tests/fake-page.mjs';
import { kept, page } from './page.ts';

let it;
beforeEach(() => {
  it = put('https://app.contoso.example/mail?view=week&code=c&state=s#top');
});
afterEach(() => it.end());

const state = () => JSON.parse(page('/auth').state());

test('where the page is', () => {
  assert.deepEqual(state(), {
    origin: 'https://app.contoso.example',
    pathname: '/mail',
    search: '?view=week&code=c&state=s',
    hash: '#top',
    secure: true,
    framed: false,
    endpoint: 'exo365:https://app.contoso.example/auth',
  });
});

test('S19 a page in a frame says so', () => {
  Object.defineProperty(globalThis, 'top', { value: {}, configurable: true });
  assert.equal(state().framed, true);
});

test('S6 a record is there once; others of the tab are not ours', () => {
  it.session.other = 'x';
  page('/auth').keep('state-1', 'record');
  assert.deepEqual(kept(), ['state-1']);
  assert.equal(page('/auth').take('state-1'), 'record');
  assert.equal(page('/auth').take('state-1'), undefined);
  assert.deepEqual([kept(), { ...it.session }], [[], { other: 'x' }]);
});

test('E8 a record is found by its whole name', () => {
  page('/auth').keep('state-1', 'record');
  for (const other of ['state-', 'state-12', 'STATE-1', '', 'exo365.state-1'])
    assert.equal(page('/auth').take(other), undefined, other);
  assert.equal(page('/auth').take('state-1'), 'record');
});

test('E7 at most fifty sign-ins wait: the oldest gives way, what is none of ours before it', () => {
  for (let at = 1; at <= 50; at++) page('/auth').keep(`state-${at}`, JSON.stringify({ created: at }));
  it.session['exo365.odd'] = 'no JSON';
  page('/auth').keep('state-51', JSON.stringify({ created: 51 }));
  assert.equal(kept().length, 50);
  assert.ok(!kept().includes('odd') && !kept().includes('state-1') && kept().includes('state-2'));
});

test('a storage that the browser forbids is empty, and keeping says so', () => {
  Object.defineProperty(globalThis, 'sessionStorage', {
    get() {
      throw new DOMException('no', 'SecurityError');
    },
    configurable: true,
  });
  assert.deepEqual(kept(), []);
  assert.throws(() => page('/auth').keep('a', 'b'), { name: 'SecurityError' });
  assert.equal(page('/auth').take('a'), undefined);
});

test('S6 a record that cannot be removed is not used, and the client opens', () => {
  page('/auth').keep('state-1', 'record');
  sessionStorage.removeItem = () => {
    throw new DOMException('no', 'SecurityError');
  };
  assert.equal(page('/auth').take('state-1'), undefined);
});

const arrived = {
  origin: 'https://app.contoso.example',
  pathname: '/mail',
  search: '?view=week&code=c&state=s',
  hash: '#top',
};

test('where the page was when it was loaded, for the one client that completes a sign-in', () => {
  assert.deepEqual(JSON.parse(page('/auth', arrived).arrived()), {
    ...arrived,
    secure: true,
    framed: false,
    endpoint: 'exo365:https://app.contoso.example/auth',
  });
  const { search, hash, pathname } = JSON.parse(page('/auth').arrived());
  assert.deepEqual([pathname, search, hash], ['/mail', '', '']);
});

test('S18 what arrived is taken out of the address bar; what a router put there stays, as does the history state', () => {
  const origin = 'https://app.contoso.example';
  const clean = (changes) => {
    Object.assign(location, changes);
    const view = page('/auth', arrived);
    view.clean();
    assert.equal(view.cleaned, true);
    return it.shown.pop();
  };
  assert.deepEqual(clean({}), [{ own: 'state' }, '', `${origin}/mail`]);
  assert.equal(clean({ hash: '#/inbox' })[2], `${origin}/mail#/inbox`);
  assert.equal(clean({ pathname: '/inbox', search: '', hash: '' })[2], `${origin}/inbox`);
  assert.equal(clean({ pathname: '//evil.example', search: '' })[2], `${origin}//evil.example`);
});

test('S11 the way back stays on this origin: here by the address bar, else by a load', () => {
  const origin = 'https://app.contoso.example';
  for (const place of ['/mail', '/mail?view=day#x', '/./mail#top', '/x/../mail']) {
    const view = page('/auth');
    view.back(place);
    assert.equal(it.shown.pop()[2], new URL(place, origin).href);
    assert.equal(view.elsewhere, undefined);
  }
  for (const place of ['/calendar', '//evil.example/x', '/\\evil.example', '/\t/evil.example']) {
    const view = page('/auth');
    view.back(place);
    assert.ok(view.elsewhere.startsWith(`${origin}/`), view.elsewhere);
  }
  assert.deepEqual([it.shown, it.went], [[], []]);
});

test('S18 a history that refuses to be written, as where a page wrote too often, does not end the sign-in', () => {
  history.replaceState = () => {
    throw new DOMException('too often', 'SecurityError');
  };
  const view = page('/auth', arrived);
  view.clean();
  view.back('/mail?view=day');
  assert.deepEqual([view.cleaned, view.elsewhere], [true, undefined]);
});

test('in a worker and in Node there is none', () => {
  it.end();
  assert.equal(page('/auth'), undefined);
});
