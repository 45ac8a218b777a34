// How an Exo365Error looks: what happened, what to do about it, and what support asks for.
import { h, icon } from './dom.js';

const DETAILS = {
  code: 'Code', status: 'HTTP status', serviceCode: 'Service code', aadsts: 'AADSTS', requestId: 'Request id',
  clientRequestId: 'Client request id', correlationId: 'Correlation id', retryAfterSeconds: 'Retry after (s)',
};
const CURES = { consent_required: 'Grant the permissions', wrong_account: 'Choose another account' };

/** The error as an element. `retry` is offered where given; a sign-in or a consent where that cures it. */
export function errorCard(error, { retry } = {}) {
  // Anything else than an Exo365Error is a mistake of this page: shown all the same, and left in the console.
  if (!error?.code) console.error(error);
  const again = retry && h('button', { type: 'button', onclick: retry }, 'Try again');
  const cure = error?.resolve && h('button.primary', { type: 'button', onclick: (event) => resolve(error, event.target) }, CURES[error.code] ?? 'Sign in');
  return h('section.error', { role: 'alert' },
    icon('alert'),
    h('div', {},
      h('p.error-message', {}, error?.message ?? String(error)),
      error?.remedy && h('p', {}, error.remedy),
      (cure || again || error?.consentUrl) && h('p.actions', {}, cure, again, consentLink(error)),
      details(error),
    ));
}

/** `resolve()` starts a redirect; it comes back here only if the user returns without having signed in. */
function resolve(error, button) {
  button.disabled = true;
  error.resolve().catch((failure) => {
    button.disabled = false;
    button.closest('.error')?.replaceWith(errorCard(failure));
  });
}

function consentLink(error) {
  const fine = error?.consentUrl && /^https?:/.test(error.consentUrl);
  return fine && h('a.button', { href: error.consentUrl, target: '_blank', rel: 'noreferrer' }, 'Page for the administrator');
}

function details(error) {
  const known = Object.entries(DETAILS).filter(([name]) => error?.[name] !== undefined);
  if (known.length === 0) return null;
  return h('details', {},
    h('summary', {}, 'Details ', h('code', {}, error.code)),
    h('dl', {}, known.flatMap(([name, label]) => [h('dt', {}, label), h('dd', {}, h('code', {}, String(error[name])))])));
}
