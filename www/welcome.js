// The page before a sign-in.
import { attempt, busy, renewer } from './calls.js';
import { avatar, h, icon } from './dom.js';
import { errorCard } from './errors.js';

/** People of the local tenant. Their address is only a hint: the sign-in service asks them itself. */
const PEOPLE = [
  ['Adele Vance', 'adele@contoso.example', 'full mailbox, start here'],
  ['Ben Walker', 'ben@contoso.example', 'gets what Adele sends'],
  ['Contoso Administrator', 'admin@contoso.example', 'may consent for all'],
  ['Guest of Fabrikam', 'guest@fabrikam.example', 'no mailbox, see it fail'],
];
const EXAMPLE = `import { createClient } from 'exo365';

const client = await createClient({ endpoint: '/auth' });
if (!client.account) await client.signIn();

for await (const m of client.mail.messages.all())
  console.log(m.subject);`;
const local = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);

/** An administrator said yes. */
const granted = (tenant, scopes) =>
  h(
    'section.notice',
    { role: 'status' },
    h(
      'p',
      {},
      h('b', {}, 'Granted for everybody in the organisation.'),
      ' Nobody there is asked any more. You can sign in now.',
    ),
    h(
      'details',
      {},
      h('summary', {}, 'What was granted'),
      h('p', {}, `Tenant ${tenant}`),
      h(
        'ul',
        {},
        scopes.map((scope) => h('li', {}, h('code', {}, scope))),
      ),
    ),
  );

/** An administrator said no, or whoever was asked is none: both come as refusals, the first even with `admin_consent=True` in the address. */
const DECLINED = new Set(['consent_required', 'access_denied', 'cancelled']);
const REFUSED = {
  again: 'Ask again',
  title: 'The administrator did not grant the permissions.',
  advice:
    'Nothing has changed: whoever could sign in before still can, and decides about their own mailbox. To grant the permissions for everybody, an ' +
    'administrator of the organisation signs in here and accepts. If you are not one, send one the address of this page.',
};

/**
 * The page before a sign-in. `notice`: why the user is here, where they were signed out. `failure`: what went wrong with a sign-in.
 *
 * @param {import('exo365').Client} client
 * @param {{ notice?: string, failure?: any }} [about]
 */
export function welcome(client, { notice, failure } = {}) {
  // Who gave up knows it: that is no error.
  const told = (error) =>
    error.code === 'cancelled'
      ? h('p.notice', { role: 'status' }, 'You cancelled the sign-in. Nothing has happened.')
      : errorCard(error);
  const trouble = h('div.trouble', {}, failure && told(failure));
  const failed = (error) => trouble.replaceChildren(told(error));
  // A redirect: the page leaves here and comes back to the same address, signed in. Its promise settles only if that fails.
  const signIn =
    (options) =>
    ({ currentTarget }) =>
      attempt(() => busy(currentTarget, () => client.signIn(options)), failed);
  // The window opens in the click; where the sign-in ends well, main.js hears of it. A window that the user closes tells nobody: the buttons stay
  // as they are, and the next click gives the last window up.
  const forWindow = renewer();
  const inWindow = () =>
    attempt(() => client.signIn({ mode: 'popup', prompt: 'select_account', signal: forWindow() }), failed);
  const consent = () =>
    attempt(
      async () => {
        const { tenant, scopes } = await client.adminConsent({ mode: 'popup', signal: forWindow() });
        trouble.replaceChildren(granted(tenant, scopes));
      },
      (error) =>
        trouble.replaceChildren(errorCard(error, { retry: consent, ...(DECLINED.has(error.code) && REFUSED) })),
    );
  // A real error, from a real call without a session: `resolve` is offered as a sign-in cures it.
  const fail = ({ currentTarget }) => attempt(() => busy(currentTarget, () => client.mail.messages.list()), failed);

  return h(
    'main.welcome',
    { id: 'main' },
    h(
      'section.claim',
      {},
      h('p.brand', {}, h('img', { src: './icon.svg', alt: '', width: 44, height: 44 }), 'exo365'),
      h('h1', {}, 'Mail, calendar and contacts in any web page.'),
      h(
        'p',
        {},
        'This page is plain HTML, CSS and JavaScript. One import signs you in with Microsoft and reads your Exchange Online mailbox. ',
        'The secret and the refresh token stay on a small server.',
      ),
      h('pre.code', { tabindex: 0, 'aria-label': 'Example' }, EXAMPLE),
    ),
    h(
      'section.enter',
      {},
      notice && h('p.notice', { role: 'status' }, notice),
      h('h2', {}, 'Welcome'),
      h('p', {}, 'Sign in to open your mailbox.'),
      h('button.primary.big', { type: 'button', onclick: signIn() }, 'Sign in'),
      h(
        'p.links',
        {},
        h('button.link', { type: 'button', onclick: inWindow }, 'Sign in in a window'),
        h('button.link', { type: 'button', onclick: consent }, 'Consent for an organisation'),
      ),
      trouble,
      local &&
        h(
          'div.locals',
          {},
          h('h3', {}, 'People of the local tenant'),
          h('p.hint', {}, 'If this page runs against the tenant in a box, these are there. No password is asked for.'),
          h(
            'ul',
            {},
            PEOPLE.map(([name, loginHint, about]) =>
              h(
                'li',
                {},
                h(
                  'button.person',
                  { type: 'button', onclick: signIn({ loginHint }) },
                  avatar(name, loginHint),
                  h('span', {}, h('b', {}, name), h('small', {}, `${loginHint} · ${about}`)),
                ),
              ),
            ),
          ),
        ),
      h('p', {}, h('button.link', { type: 'button', onclick: fail }, icon('alert'), 'See what an error looks like')),
    ),
  );
}
