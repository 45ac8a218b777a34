// The page before a sign-in.
import { attempt, busy, renewer } from './calls.js';
import { avatar, h, icon } from './dom.js';
import { errorCard } from './errors.js';

/** Accounts of the local tenant: name, address, note. The address is only a login hint. */
const PEOPLE = [
  ['Adele Vance', 'adele@contoso.example', 'full mailbox: start here'],
  ['Ben Walker', 'ben@contoso.example', 'receives what Adele sends'],
  ['Contoso Administrator', 'admin@contoso.example', 'can grant permissions'],
  ['Guest of Fabrikam', 'guest@fabrikam.example', 'has no mailbox'],
];
const EXAMPLE = `import { createClient } from 'exo365';

const client = await createClient({ endpoint: '/auth' });
if (!client.account) await client.signIn();

for await (const m of client.mail.messages.all())
  console.log(m.subject);`;
const local = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);

/** Shown after an administrator granted the permissions. */
const granted = (tenant, scopes) =>
  h(
    'section.notice',
    { role: 'status' },
    h(
      'p',
      h('b', 'The permissions are granted for everybody in the organisation.'),
      ' Nobody there will be asked for them. You can sign in now.',
    ),
    h(
      'details',
      h('summary', 'What was granted'),
      h('p', `Tenant ${tenant}`),
      h(
        'ul',
        scopes.map((scope) => h('li', h('code', scope))),
      ),
    ),
  );

/** Codes of a refused consent: an administrator declined, or the user is not an administrator. */
const DECLINED = new Set(['consent_required', 'access_denied', 'cancelled']);
const REFUSED = {
  again: 'Ask again',
  title: 'The administrator did not grant the permissions.',
  advice:
    'Nothing has changed: everybody who could sign in still can, and decides for their own mailbox. To grant the ' +
    'permissions for everybody, an administrator of the organisation has to sign in here and accept. If you are not ' +
    'one, send the address of this page to one.',
};

/**
 * The page before a sign-in. `notice`: why the user is here, where they were signed out. `failure`: what went wrong
 * with a sign-in.
 *
 * @param {import('exo365').Client} client
 * @param {{ notice?: string, failure?: any, kept?: number }} [about] `kept`: the number of unfinished texts.
 */
export function welcome(client, { notice, failure, kept = 0 } = {}) {
  // A user who cancelled needs no error message.
  const noticeFor = (error) =>
    error.code === 'cancelled'
      ? h('p.notice', { role: 'status' }, 'You cancelled the sign-in. Nothing has changed.')
      : errorCard(error);
  const trouble = h('div.trouble', failure && noticeFor(failure));
  const failed = (error) => trouble.replaceChildren(noticeFor(error));
  // A redirect: the browser leaves the page and returns to the same URL, signed in. The promise settles only if that
  // fails.
  const signIn =
    (options) =>
    ({ currentTarget }) =>
      attempt(() => busy(currentTarget, () => client.signIn(options)), failed);
  // The pop-up window has to open within the click. After a successful sign-in, main.js gets the event `signedin`. A
  // page is not told that the user closed the window: the buttons stay enabled, and the next click aborts the first
  // attempt.
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
  // A call without a session gives a real error, for which the error card offers a sign-in.
  const fail = ({ currentTarget }) => attempt(() => busy(currentTarget, () => client.mail.messages.list()), failed);

  return h(
    'main.welcome',
    { id: 'main' },
    h(
      'section.claim',
      h('p.brand', h('img', { src: './icon.svg', alt: '', width: 44, height: 44 }), 'exo365'),
      h('h1', 'Mail, calendar and contacts in any web page.'),
      h(
        'p',
        'This page is plain HTML, CSS and JavaScript. One import signs you in with Microsoft and reads your Exchange ',
        'Online mailbox. The secret and the refresh token stay on a small server.',
      ),
      h('pre.code', { tabindex: 0, 'aria-label': 'Example' }, EXAMPLE),
    ),
    h(
      'section.enter',
      notice &&
        h(
          'p.notice',
          { role: 'status' },
          notice,
          kept > 0 && ' What you were writing is kept: sign in, and you can continue.',
        ),
      h('h2', 'Welcome'),
      h('p', 'Sign in to open your mailbox.'),
      h('button.primary.big', { type: 'button', onclick: signIn() }, 'Sign in'),
      h(
        'p.links',
        h('button.link', { type: 'button', onclick: inWindow }, 'Sign in with a pop-up window'),
        h('button.link', { type: 'button', onclick: consent }, 'Grant permissions for an organisation'),
      ),
      trouble,
      local &&
        h(
          'div.locals',
          h('h3', 'Accounts for trying it out'),
          h('p.hint', 'They exist where this page runs against the local tenant. The password of all is Password1!'),
          h(
            'ul',
            PEOPLE.map(([name, loginHint, about]) =>
              h(
                'li',
                h(
                  'button.person',
                  { type: 'button', onclick: signIn({ loginHint }) },
                  avatar(name, loginHint),
                  h('span', h('b', name), h('small', `${loginHint} · ${about}`)),
                ),
              ),
            ),
          ),
        ),
      h('p', h('button.link', { type: 'button', onclick: fail }, icon('alert'), 'See what an error looks like')),
    ),
  );
}
