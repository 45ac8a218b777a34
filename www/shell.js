// What stays when the view changes: navigation, and the menu of the account.
import { attempt } from './calls.js';
import { avatar, h, icon } from './dom.js';
import { errorCard } from './errors.js';
import { href } from './router.js';

const VIEWS = [
  ['mail', 'Mail', 'mail'],
  ['agenda', 'Agenda', 'calendar'],
  ['contacts', 'Contacts', 'people'],
  ['settings', 'Settings', 'gear'],
  ['console', 'Console', 'console'],
];

/** Left in the tab for the page that Microsoft's sign-out comes back to. */
export const LEFT = 'demo.left';

/** The frame of the app; views go into `main`, `mark(view)` shows where the user is. */
export function shell(client) {
  const links = new Map(
    VIEWS.map(([view, label, drawing]) => [view, h('a', { href: href(view) }, icon(drawing), h('span', {}, label))]),
  );
  const main = h('main', { id: 'main' });
  const node = h(
    'div.shell',
    {},
    h(
      'header.rail',
      {},
      h('img.logo', { src: './icon.svg', alt: 'exo365', width: 32, height: 32 }),
      h(
        'nav',
        { 'aria-label': 'Views' },
        h(
          'ul',
          {},
          [...links.values()].map((link) => h('li', {}, link)),
        ),
      ),
      ...account(client),
    ),
    main,
  );
  return {
    node,
    main,
    mark(view) {
      for (const [name, link] of links) {
        if (name === view) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      }
    },
  };
}

function account(client) {
  const { name, username, tenantId, isGuest } = client.account;
  const trouble = h('div');
  // The user is out as far as this page goes, whatever the endpoint says: by now the page before a sign-in may be there.
  const failed = (error) =>
    (trouble.isConnected ? trouble : document.querySelector('.trouble')).replaceChildren(errorCard(error));
  // `app`: this app, in every tab of this browser. `microsoft`: the Microsoft session too, which leaves the page.
  const signOut = (scope) => () =>
    attempt(() => {
      if (scope === 'microsoft') sessionStorage.setItem(LEFT, 'yes');
      return client.signOut({ scope });
    }, failed);
  const another = () => attempt(() => client.signIn({ prompt: 'select_account' }), failed);
  const menu = h(
    'div.menu',
    { popover: 'auto', id: 'account' },
    h(
      'p',
      {},
      h('b', {}, name),
      h('span', {}, username),
      isGuest && h('small', {}, 'Guest of this organisation'),
      h('small', {}, `Tenant ${tenantId}`),
    ),
    h('button.quiet', { type: 'button', onclick: another }, icon('people'), 'Use another account'),
    h('button.quiet', { type: 'button', onclick: signOut('app') }, icon('out'), 'Sign out of this app'),
    h('button.quiet', { type: 'button', onclick: signOut('microsoft') }, icon('out'), 'Sign out of Microsoft too'),
    trouble,
  );
  return [
    h(
      'button.me',
      { type: 'button', popovertarget: 'account', title: name },
      avatar(name, username),
      h('span.sr', {}, `Account: ${name}`),
    ),
    menu,
  ];
}
