// What an error means for the people who use this page. The messages and remedies of exo365 are written for developers:
// the error card shows them among the details.

/** The first sentence says what happened, the second what the user can do. */
const WORDS = {
  interaction_required: ['You have to sign in again.', 'What you typed stays here.'],
  signed_out: ['You are not signed in.', 'Sign in, and this page continues.'],
  consent_required: [
    'This page needs your permission for that.',
    'Microsoft shows you what it would be allowed to do.',
  ],
  admin_consent_required: [
    'An administrator of your organisation has to allow this.',
    'Send the address of this page to an administrator, or open the page for administrators.',
  ],
  access_denied: ['The sign-in was refused.', 'Try again, or ask an administrator of your organisation.'],
  wrong_account: ['Another account signed in than the one you use here.', 'Sign in with the account you began with.'],
  cancelled: ['You cancelled the sign-in.', 'Nothing has changed.'],
  popup_blocked: ['The browser did not open a window.', 'Allow windows for this page, or continue in this tab.'],
  navigation_blocked: ['You cannot sign in here.', 'Open this page in a window of its own.'],
  state_mismatch: ['The sign-in did not come back the way it started.', 'Start it again from this page.'],
  state_expired: ['The sign-in took too long.', 'Start it again.'],
  invalid_callback: ['The sign-in did not work.', 'Start it again.'],
  issuer_mismatch: ['The sign-in did not work.', 'Start it again.'],
  misconfigured: ['This site is not set up correctly.', 'Tell the people who run it; the details help them.'],
  insecure_context: ['This page needs a secure connection.', 'Open it with an address that begins with https.'],
  unsupported_by_api: ['Your mailbox does not offer this.', ''],
  wasm_unavailable: ['A part of this page could not be loaded.', 'Load the page again.'],
  not_found: ['This no longer exists.', 'It may have been moved or deleted. Refresh the list.'],
  forbidden: ['You may not do this.', 'Ask the owner of the mailbox, or an administrator of your organisation.'],
  conflict: ['There is already one like this.', 'Choose another name, or refresh the list.'],
  precondition_failed: ['Somebody changed this in the meantime.', 'Open it again and repeat your change.'],
  outcome_unknown: ['No answer came: it may have been done.', 'Look whether it was, before you do it again.'],
  mailbox_full: ['The mailbox is full.', 'Delete what you no longer need, then try again.'],
  gone: ['The list is out of date.', 'Refresh it.'],
  mailbox_not_found: [
    'This account has no mailbox.',
    'Choose “Use another account” in the account menu, and sign in with one that has a mailbox.',
  ],
  too_large: ['That is more than the service takes at once.', 'Send fewer or smaller files.'],
  throttled: ['The service is busy with your requests.', 'Wait a moment, then try again.'],
  service_unavailable: ['The service has trouble at the moment.', 'Try again later.'],
  network: ['There is no connection to the service.', 'Check your connection to the internet, then try again.'],
  timeout: ['The service did not answer in time.', 'Try again.'],
  untrusted_host: ['The service gave an address that this page does not trust.', 'Tell the people who run this site.'],
};
const OTHERS = [
  'That did not work.',
  'Try again. If it stays so, tell the people who run this site; the details help them.',
];
/** An administrator protects the action: a sign-in with a second factor opens the way. */
const GUARDED = 'Your organisation protects this action.';
const CONFIRM = {
  here:
    'Confirm in the window that opens that it is you. What you typed stays here, and the action is tried again ' +
    'afterwards.',
  away: 'Confirm that it is you. You come back to this page.',
};
/** Codes for which another attempt would end in the same way. */
const FINAL = new Set([
  'forbidden',
  'insecure_context',
  'invalid_argument',
  'mailbox_not_found',
  'misconfigured',
  'navigation_blocked',
  'not_found',
  'too_large',
  'unsupported_by_api',
  'untrusted_host',
]);

/** What happened and what to do about it. `stays`: a sign-in would open in a window, and this page stays. */
export function wordsOf(error, { stays = false } = {}) {
  if (error?.claims) return { title: GUARDED, advice: stays ? CONFIRM.here : CONFIRM.away };
  const [title, advice] = Object.hasOwn(WORDS, error?.code ?? '') ? WORDS[error.code] : OTHERS;
  return { title, advice };
}

/** Whether another attempt can help. */
export const helpsToRepeat = (error) => !FINAL.has(error?.code);
