// Shows an Exo365Error: what happened, what to do, and the details that support asks for.
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
const LABELS = { consent_required: 'Grant the permissions', wrong_account: 'Choose another account' };
const labelOf = (error) => (error.claims ? 'Confirm that it is you' : (LABELS[error.code] ?? 'Sign in'));
/** What an error with `claims` means for the user; its own remedy is written for developers. */
const GUARDED =
  'Your organisation protects this action. Confirm in the window that opens that it is you. What you typed stays ' +
  'here, and the action is tried again afterwards.';

/**
 * The error as an element, with a button for `retry` where given, and one for a sign-in or a consent where that helps.
 * `title` and `advice` replace the error's own message and remedy, where the page knows better what the user wanted to
 * do.
 *
 * @param {any} error
 * @param {{ retry?: () => unknown, title?: string, advice?: string, again?: string }} [options]
 * @returns {HTMLElement}
 */
export function errorCard(error, { retry, title, advice, again = 'Try again' } = {}) {
  // Anything but an Exo365Error is a bug of this page: it is shown as well, and logged to the console.
  if (!error?.code) console.error(error);
  const canResolve = error?.resolve && !title;
  const fresh = renewer();
  const resolveButton =
    canResolve &&
    h(
      'button.primary',
      { type: 'button', onclick: ({ currentTarget }) => resolve(error, currentTarget, retry, fresh) },
      labelOf(error),
    );
  // Without the sign-in the call would fail again.
  const retryButton = retry && !resolveButton && h('button', { type: 'button', onclick: retry }, again);
  const remedy = advice ?? (resolveButton && error.claims && retry ? GUARDED : error?.remedy);
  return h(
    resolveButton && error.claims ? 'section.error.guarded' : 'section.error',
    { role: 'alert' },
    icon('alert'),
    h(
      'div',
      h('p.error-message', title ?? error?.message ?? String(error)),
      remedy && h('p', remedy),
      (resolveButton || retryButton || error?.consentUrl) &&
        h('p.actions', resolveButton, retryButton, consentLink(error)),
      details(error),
    ),
  );
}

/**
 * Starts the sign-in or the consent. With `retry`, it opens in a pop-up window, so that what the user typed stays on
 * this page, and the call is repeated afterwards. Without `retry` the page is redirected; the promise settles only if
 * the user comes back without having signed in.
 */
async function resolve(error, button, retry, fresh) {
  const stays = retry && !button.dataset.blocked;
  // A page is not told that the user closed the window: the button stays enabled, and the next click aborts the first
  // attempt.
  button.disabled = !stays;
  try {
    await error.resolve(stays ? { mode: 'popup', signal: fresh() } : {});
    retry?.();
  } catch (failure) {
    button.disabled = false;
    if (failure.code === 'popup_blocked') {
      button.dataset.blocked = true;
      button.textContent = 'No window opened: continue in this tab';
    } else if (!['aborted', 'cancelled'].includes(failure.code)) {
      // After these two the card still says what to do.
      button.closest('.error')?.replaceWith(errorCard(failure, { retry }));
    }
  }
}

function consentLink(error) {
  const fine = error?.consentUrl && /^https?:/.test(error.consentUrl);
  return (
    fine &&
    h('a.button', { href: error.consentUrl, target: '_blank', rel: 'noreferrer' }, 'Open the page for administrators')
  );
}

function details(error) {
  const known = Object.entries(DETAILS).filter(([name]) => error?.[name] !== undefined);
  if (known.length === 0) return null;
  return h(
    'details',
    h('summary', 'Details ', h('code', error.code)),
    h(
      'dl',
      known.flatMap(([name, label]) => [h('dt', label), h('dd', h('code', String(error[name])))]),
    ),
  );
}
