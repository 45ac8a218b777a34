// Start here. One client for the page, the view that the address names, and what to do when the session ends.
import { createClient } from './vendor/exo365/index.js';
import { agendaView } from './agenda.js';
import { consoleView } from './console.js';
import { contactsView } from './contacts.js';
import { focusOn, h, loading, say } from './dom.js';
import { errorCard } from './errors.js';
import { mailView } from './mail.js';
import { href, read } from './router.js';
import { settingsView } from './settings.js';
import { LEFT, shell } from './shell.js';
import { welcome } from './welcome.js';

const VIEWS = {
  mail: mailView,
  agenda: agendaView,
  contacts: contactsView,
  settings: settingsView,
  console: consoleView,
};
const REASONS = {
  user: 'You are signed out.',
  expired: 'Your session has ended. Sign in again to go on where you were.',
  revoked: 'Your access was withdrawn.',
  'other-tab': 'You signed out in another tab.',
};
const app = document.getElementById('app');

async function boot() {
  app.replaceChildren(h('main.splash', {}, loading('Starting')));
  // Finishes a sign-in that this load is the answer of, or restores the session, and brings the user back to the place where they were.
  const open = () => createClient({ endpoint: '/auth' });
  let failure;
  const left = sessionStorage.getItem(LEFT);
  sessionStorage.removeItem(LEFT);
  const client = await open().catch((error) => {
    failure = error;
    // For example: the user cancelled at the sign-in service. That answer is used up now, so the next call restores the session, if there is one.
    return open().catch(() => undefined);
  });
  if (client?.account) {
    run(client);
    // Whoever gave up a step in between has to be told no more than that.
    if (failure) say(failure.code === 'cancelled' ? 'Cancelled: nothing has changed.' : failure.message);
  } else if (client) {
    greet(client, { failure, notice: left && 'You are signed out, here and at Microsoft.' });
  } else {
    app.replaceChildren(
      h('main.splash', { id: 'main' }, h('h1', {}, 'exo365 demo'), errorCard(failure, { retry: boot })),
    );
  }
}

/** Until somebody signs in: here in a window of its own, or in another tab. A redirect comes back as a new page. */
function greet(client, about) {
  app.replaceChildren(welcome(client, about));
  const off = client.on('signedin', () => {
    off();
    run(client);
  });
}

function run(client) {
  const frame = shell(client);
  const session = new AbortController();
  let view;
  let leaving;

  function show() {
    const place = read();
    const name = VIEWS[place.view] ? place.view : 'mail';
    const entering = view?.name !== name;
    if (entering) {
      leaving?.abort(); // what the last view asked for is not wanted any more
      leaving = new AbortController();
      const first = !view;
      view = { name, ...VIEWS[name]({ client, signal: leaving.signal }) };
      frame.main.replaceChildren(view.node);
      frame.mark(name);
      if (!first) focusOn(view.heading); // at the first one, the focus belongs to the browser
    }
    view.show(place);
    document.title = `${view.title()} – exo365 demo`;
  }

  const off = client.on('signedout', ({ reason }) => {
    off();
    leaving?.abort();
    session.abort();
    document.title = 'exo365 demo';
    greet(client, { notice: REASONS[reason] });
  });
  addEventListener('hashchange', show, { signal: session.signal });
  app.replaceChildren(frame.node);
  if (!location.hash) history.replaceState(null, '', href('mail', ['inbox']));
  show();
}

// The fragment is the place in the app: the skip link must not change it.
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  focusOn(document.querySelector('main'));
});
boot();
