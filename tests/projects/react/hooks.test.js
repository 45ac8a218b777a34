// The hooks of exo365/react in StrictMode, over a mailbox in memory.
import { Exo365Provider, useAccount, useCall, useExo365 } from 'exo365/react';
import { memoryClient } from 'exo365/testing';
import { act, createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, expect, test } from 'vitest';

globalThis.IS_REACT_ACT_ENVIRONMENT = true;
let root;
afterEach(() => act(async () => root?.unmount()));

/** Shows `component` with these properties inside a provider; gives a function that shows it again, with others. */
async function show(open, component, properties = {}) {
  root = createRoot(document.createElement('div'));
  const again = (next) =>
    act(async () =>
      root.render(
        createElement(StrictMode, null, createElement(Exo365Provider, { open }, createElement(component, next))),
      ),
    );
  await again(properties);
  return again;
}

/** A component that shows nothing and keeps what `hook` gave. */
function probe(hook) {
  const seen = { all: [] };
  const component = (properties) => {
    seen.last = hook(properties);
    seen.all.push(seen.last);
    return null;
  };
  return [component, seen];
}
const messages = [{ subject: 'Hello' }, { subject: 'Old', parentFolderId: 'archive' }];
const subjects = (page) => page?.items.map(({ subject }) => subject);

test('the provider opens the client, and tells how far it is', async () => {
  const { client } = memoryClient();
  const [component, seen] = probe(useExo365);
  await show(async () => client, component);
  expect(seen.all[0].status).toBe('opening');
  expect(seen.last).toMatchObject({ status: 'ready', client });
});

test('a provider without `open` says what it needs', async () => {
  const [component, seen] = probe(useExo365);
  await show(undefined, component);
  expect(seen.last.status).toBe('failed');
  expect(seen.last.error.message).toMatch(/^Exo365Provider needs `open`/);
});

test('a client that did not open is told, and opened again by retry', async () => {
  const { client } = memoryClient();
  let works = false;
  const [component, seen] = probe(useExo365);
  await show(async () => {
    if (!works) throw new Error('offline');
    return client;
  }, component);
  expect(seen.last.status).toBe('failed');
  expect(seen.last.error.message).toBe('offline');
  works = true;
  await act(async () => seen.last.retry());
  expect(seen.last.status).toBe('ready');
});

test('what `open` throws at once is told as well', async () => {
  const [component, seen] = probe(useExo365);
  await show(() => {
    throw new Error('at once');
  }, component);
  expect(seen.last.error.message).toBe('at once');
});

test('the account follows sign-in and sign-out, and the listeners end with the component', async () => {
  const { client } = memoryClient({ account: null });
  let listeners = 0;
  const { on } = client;
  client.on = (...args) => {
    const stop = on(...args);
    listeners += 1;
    return () => {
      listeners -= 1;
      stop();
    };
  };
  const [component, seen] = probe(useAccount);
  await show(async () => client, component);
  expect(seen.last).toBe(null);
  await act(() => client.signIn());
  expect(seen.last.username).toBe('adele@contoso.example');
  await act(() => client.signOut());
  expect(seen.last).toBe(null);
  expect(listeners).toBe(2);
  await act(async () => root.unmount());
  expect(listeners).toBe(0);
});

test('a call is made with the client, and again by reload, while the old data stays', async () => {
  const { client, requests } = memoryClient({ messages });
  const [component, seen] = probe(() => useCall((client) => client.mail.messages.list()));
  await show(async () => client, component);
  expect(seen.all[0]).toMatchObject({ loading: true });
  expect(seen.last.loading).toBe(false);
  expect(subjects(seen.last.data)).toEqual(['Hello', 'Old']);
  const before = requests.length;
  const from = seen.all.length;
  await act(async () => seen.last.reload());
  expect(requests.length).toBeGreaterThan(before);
  for (const { data } of seen.all.slice(from)) expect(subjects(data)).toEqual(['Hello', 'Old']);
});

test('other dependencies make another call; data of the old ones is never shown with them', async () => {
  const { client } = memoryClient({ messages });
  const signals = [];
  const [component, seen] = probe(({ folder }) => ({
    folder,
    ...useCall(
      (client, { signal }) => {
        signals.push(signal);
        return client.mail.folder(folder).messages.list();
      },
      [folder],
    ),
  }));
  const again = await show(async () => client, component, { folder: 'inbox' });
  expect(subjects(seen.last.data)).toEqual(['Hello']);
  await again({ folder: 'archive' });
  expect(subjects(seen.last.data)).toEqual(['Old']);
  for (const { folder, data } of seen.all)
    if (data) expect(subjects(data)).toEqual(folder === 'inbox' ? ['Hello'] : ['Old']);
  expect(signals.slice(0, -1).every(({ aborted }) => aborted)).toBe(true);
  expect(signals.at(-1).aborted).toBe(false);
  await act(async () => root.unmount());
  expect(signals.at(-1).aborted).toBe(true);
});

test('an error is told and does not throw; reload ends it', async () => {
  let broken = true;
  const { client } = memoryClient({
    messages,
    answer() {
      if (broken) throw new Error('no');
    },
  });
  const [component, seen] = probe(() => useCall((client) => client.mail.messages.list()));
  await show(async () => client, component);
  expect(seen.last.error.message).toBe('no');
  broken = false;
  await act(async () => seen.last.reload());
  expect(seen.last.error).toBe(undefined);
  expect(subjects(seen.last.data)).toEqual(['Hello', 'Old']);
});

test('on a server the client is not opened', () => {
  let opened = 0;
  const [component, seen] = probe(() => [useExo365().status, useAccount()]);
  const open = async () => {
    opened += 1;
  };
  renderToString(createElement(Exo365Provider, { open }, createElement(component)));
  expect(seen.last).toEqual(['opening', null]);
  expect(opened).toBe(0);
});

test('outside of the provider the hooks say what is missing', () => {
  const [component] = probe(useExo365);
  expect(() => renderToString(createElement(component))).toThrow(/<Exo365Provider>/);
});
