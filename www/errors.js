// How an Exo365Error looks: what happened, what to do about it, and what support asks for.
import { renewer } from './calls.js';
import { h, icon } from './dom.js';

const DETAILS = {
  code: 'Code',
  status: 'HTTP status',
  serviceCode: 'Service code',
  aadsts: 'AADSTS',
  requestId: 'Request id',
  clientRequestId: 'Client request id',
  correlationId: 'Correlation id',
  retryAfterSeconds: 'Retry after (s)',
};
const CURES = { consent_required: 'Grant the permissions', wrong_account: 'Choose another account' };
const cureOf = (error) => (error.claims ? 'Confirm that it is you' : (CURES[error.code] ?? 'Sign in'));
/** What an error with `claims` means for the user; it says itself what a developer does. */
const GUARDED =
  'Your organisation guards this. Confirm in the window that opens: what you typed stays here, and this is tried again afterwards.';

/**
 * The error as an element. `retry` is offered where given; a sign-in or a consent where that cures it. `title` and `advice` replace what the error says
 * of itself, where the page knows better what the user was about to do.
 *
 * @param {any} error
 * @param {{ retry?: () => unknown, title?: string, advice?: string, again?: string }} [options]
 * @returns {HTMLElement}
 */
export function errorCard(error, { retry, title, advice, again = 'Try again' } = {}) {
  // Anything else than an Exo365Error is a mistake of this page: shown all the same, and left in the console.
  if (!error?.code) console.error(error);
  const cures = error?.resolve && !title;
  const fresh = renewer();
  const cure =
    cures &&
    h(
      'button.primary',
      { type: 'button', onclick: ({ currentTarget }) => resolve(error, currentTarget, retry, fresh) },
      cureOf(error),
    );
  // What a sign-in cures fails again before it.
  const repeat = retry && !cure && h('button', { type: 'button', onclick: retry }, again);
  const remedy = advice ?? (cure && error.claims && retry ? GUARDED : error?.remedy);
  return h(
    cure && error.claims ? 'section.error.guarded' : 'section.error',
    { role: 'alert' },
    icon('alert'),
    h(
      'div',
      {},
      h('p.error-message', {}, title ?? error?.message ?? String(error)),
      remedy && h('p', {}, remedy),
      (cure || repeat || error?.consentUrl) && h('p.actions', {}, cure, repeat, consentLink(error)),
      details(error),
    ),
  );
}

/**
 * Where there is something to repeat, what the user typed is on this page: the sign-in gets a window of its own, and the call is repeated after it.
 * Else a redirect; that comes back here only if the user returns without having signed in.
 */
async function resolve(error, button, retry, fresh) {
  const stays = retry && !button.dataset.blocked;
  // A window that the user closes tells nobody: the next click gives it up.
  button.disabled = !stays;
  try {
    await error.resolve(stays ? { mode: 'popup', signal: fresh() } : {});
    retry?.();
  } catch (failure) {
    button.disabled = false;
    if (failure.code === 'popup_blocked') {
      button.dataset.blocked = true;
      button.textContent = 'No window opened: go on in this one';
    } else if (!['aborted', 'cancelled'].includes(failure.code)) {
      // after these two the card still says what to do
      button.closest('.error')?.replaceWith(errorCard(failure, { retry }));
    }
  }
}

function consentLink(error) {
  const fine = error?.consentUrl && /^https?:/.test(error.consentUrl);
  return (
    fine && h('a.button', { href: error.consentUrl, target: '_blank', rel: 'noreferrer' }, 'Page for the administrator')
  );
}

function details(error) {
  const known = Object.entries(DETAILS).filter(([name]) => error?.[name] !== undefined);
  if (known.length === 0) return null;
  return h(
    'details',
    {},
    h('summary', {}, 'Details ', h('code', {}, error.code)),
    h(
      'dl',
      {},
      known.flatMap(([name, label]) => [h('dt', {}, label), h('dd', {}, h('code', {}, String(error[name])))]),
    ),
  );
}
