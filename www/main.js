// The start of the app: the client of the page, the view that the URL names, and what happens when the session ends.
import { createClient } from './vendor/exo365/index.js';
import { agendaView } from './agenda.js';
import { consoleView } from './console.js';
import { contactsView } from './contacts.js';
import { focusOn, h, loading, say } from './dom.js';
import { attempt } from './calls.js';
import { errorCard } from './errors.js';
import { allKept } from './kept.js';
import { mailView } from './mail.js';
import { resume } from './resume.js';
import { href, read } from './router.js';
import { settingsView } from './settings.js';
import { LEFT, shell } from './shell.js';
import { unfinishedStrip } from './unfinished.js';
import { welcome } from './welcome.js';
import { wordsOf } from './words.js';

/** @typedef {(context: { client: any, signal: AbortSignal }) => any} View */
const VIEWS = new Map(
  /** @type {[string, View][]} */ ([
    ['mail', mailView],
    ['agenda', agendaView],
    ['contacts', contactsView],
    ['settings', settingsView],
    ['console', consoleView],
  ]),
);
const REASONS = {
  user: 'You are signed out.',
  expired: 'Your session has ended. Sign in again to continue where you were.',
  revoked: 'Your session was ended by Microsoft or by an administrator. Sign in again.',
  'other-tab': 'You signed out in another tab.',
};
const app = document.getElementById('app');

async function boot() {
  app.replaceChildren(h('main.splash', loading('Starting')));
  // Completes a sign-in where the page was loaded by its redirect, else restores the session, and returns to the place
  // where the user was.
  const open = () => createClient({ endpoint: '/auth' });
  let failure;
  const left = sessionStorage.getItem(LEFT);
  sessionStorage.removeItem(LEFT);
  const client = await open().catch((error) => {
    failure = error;
    // For example, the user cancelled at the sign-in service. That response is used up, so the next call restores the
    // session if there is one.
    return open().catch(() => undefined);
  });
  if (client?.account) {
    run(client);
    // A user who cancelled a step, such as a step-up, needs no details.
    if (failure) say(failure.code === 'cancelled' ? 'Cancelled: nothing has changed.' : wordsOf(failure).title);
  } else if (client) {
    greet(client, { failure, notice: left && 'You are signed out, here and at Microsoft.' });
  } else {
    app.replaceChildren(h('main.splash', { id: 'main' }, h('h1', 'exo365 demo'), errorCard(failure, { retry: boot })));
  }
}

/**
 * Shows the page before a sign-in, until somebody signs in by a pop-up window or in another tab. A redirect loads the
 * page anew.
 */
function greet(client, about) {
  app.replaceChildren(welcome(client, about));
  const off = client.on('signedin', () => {
    off();
    run(client);
  });
}

/**
 * Loads what the first write needs before it is needed. For Firefox and Safari, a script that failed to load without a
 * connection has failed until the page is loaded anew, and "Try again" could not help.
 */
function keepParts() {
  for (const part of ['more', 'writing']) {
    const href = `./vendor/exo365/${part}.js`;
    document.head.append(h('link', { rel: 'modulepreload', href, fetchpriority: 'low' }));
  }
}

function run(client) {
  const frame = shell(client);
  const session = new AbortController();
  let view;
  let leaving;

  function show() {
    const place = read();
    const name = VIEWS.has(place.view) ? place.view : 'mail';
    const entering = view?.name !== name;
    if (entering) {
      leaving?.abort(); // ends the calls of the last view
      frame.trouble.replaceChildren();
      leaving = new AbortController();
      const first = !view;
      view = { name, ...VIEWS.get(name)({ client, signal: leaving.signal }) };
      frame.main.replaceChildren(view.node);
      frame.mark(name);
      if (!first) focusOn(view.heading); // at the first view the browser sets the focus
    }
    view.show(place);
    document.title = `${view.title()} – exo365 demo`;
  }

  const { account } = client;
  const off = client.on('signedout', ({ reason }) => {
    off();
    leaving?.abort();
    session.abort();
    document.title = 'exo365 demo';
    greet(client, { notice: REASONS[reason], kept: allKept(account).length });
  });
  const strip = unfinishedStrip(
    account,
    (kept) =>
      attempt(
        async () => {
          const changed = await resume(client, kept, leaving.signal);
          if (changed && !leaving.signal.aborted) view.refresh?.();
        },
        (error) => frame.trouble.replaceChildren(errorCard(error)),
      ),
    session.signal,
  );
  frame.top.replaceChildren(strip);
  addEventListener('hashchange', show, { signal: session.signal });
  app.replaceChildren(frame.node);
  if (!location.hash) history.replaceState(null, '', href('mail', ['inbox']));
  show();
  keepParts();
}

// The fragment of the URL is the place in the app: the skip link must not change it.
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  focusOn(document.querySelector('main'));
});
boot();
