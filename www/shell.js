// The frame around the views: the navigation and the account menu.
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

/** The key in `sessionStorage` by which the page knows, after its return, that the user signed out at Microsoft. */
export const LEFT = 'demo.left';

/** The frame of the app. Views go into `main`; `mark(view)` marks the current one in the navigation. */
export function shell(client) {
  const links = new Map(
    VIEWS.map(([view, label, drawing]) => [view, h('a', { href: href(view) }, icon(drawing), h('span', label))]),
  );
  const main = h('main', { id: 'main' });
  const node = h(
    'div.shell',
    h(
      'header.rail',
      h('img.logo', { src: './icon.svg', alt: 'exo365', width: 32, height: 32 }),
      h(
        'nav',
        { 'aria-label': 'Views' },
        h(
          'ul',
          [...links.values()].map((link) => h('li', link)),
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
  // This page has signed the user out even if the endpoint reports an error, so the welcome page may be shown already.
  const failed = (error) =>
    (trouble.isConnected ? trouble : document.querySelector('.trouble')).replaceChildren(errorCard(error));
  // `app` signs out of this app, in every tab of this browser; `microsoft` also of the Microsoft session, for which the
  // page is redirected.
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
      h('b', name),
      h('span', username),
      isGuest && h('small', 'Guest of this organisation'),
      h('small', `Tenant ${tenantId}`),
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
      h('span.sr', `Account: ${name}`),
    ),
    menu,
  ];
}
