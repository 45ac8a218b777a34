// The frame around the views: the navigation and the account menu.
import { attempt } from './calls.js';
import { ask } from './dialog.js';
import { avatar, h, icon } from './dom.js';
import { errorCard } from './errors.js';
import { discard, unfinished } from './kept.js';
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

/**
 * The frame of the app. Views go into `main`, what concerns all of them into `top`, errors of that into `trouble`;
 * `mark(view)` marks the current view in the navigation.
 */
export function shell(client) {
  const links = new Map(
    VIEWS.map(([view, label, drawing]) => [view, h('a', { href: href(view) }, icon(drawing), h('span', label))]),
  );
  const main = h('main', { id: 'main' });
  const top = h('div');
  const trouble = h('div');
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
    h('div.stage', top, trouble, main),
  );
  return {
    node,
    main,
    top,
    trouble,
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
    attempt(async () => {
      if (!(await mayForget(client.account))) return;
      if (scope === 'microsoft') sessionStorage.setItem(LEFT, 'yes');
      await client.signOut({ scope });
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
      h('small', `Organisation ${tenantId}`),
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

/** Asks what becomes of unfinished texts, which others could read on a shared computer. False: the user stays. */
async function mayForget(account) {
  const texts = await unfinished(account);
  if (texts.length === 0) return true;
  const answers = [
    ['Keep them on this computer', 'keep', 'primary'],
    ['Discard them', 'discard'],
    ['Stay signed in', 'stay'],
  ];
  const text = 'They are offered to you after your next sign-in. On a shared computer, discard them.';
  const choice = await ask(`You have unfinished texts (${texts.length}).`, text, answers);
  if (choice === 'discard') for (const { id } of texts) discard(account, id);
  return choice === 'keep' || choice === 'discard';
}
