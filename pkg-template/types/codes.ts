// The codes of `Exo365Error`.

/**
 * What failed; `error.code` is one of them. The set is closed within a major version.
 *
 * The user or an administrator has to act:
 * - `interaction_required`: the sign-in service wants to see the user again.
 * - `consent_required`: the user has not granted these permissions yet.
 * - `admin_consent_required`: only an administrator can grant these permissions.
 * - `access_denied`: the user or the organisation refused.
 * - `wrong_account`: another account than the expected one signed in.
 * - `cancelled`: the user closed or cancelled the sign-in.
 * - `popup_blocked`: the browser did not open the window.
 * - `navigation_blocked`: the page is in a frame or sandbox that it may not leave.
 *
 * The redirect:
 * - `state_mismatch`: the `state` that came back is not one that this tab sent.
 * - `state_expired`: the sign-in took longer than `signInMinutes`.
 * - `invalid_callback`: the redirect is malformed.
 * - `issuer_mismatch`: the answer comes from another issuer than the one that was asked.
 *
 * The set-up:
 * - `misconfigured`: the registration or the configuration is wrong.
 * - `insecure_context`: the page is not served over https or from localhost.
 * - `invalid_argument`: an argument is not what the function takes.
 * - `unsupported_by_api`: this flavour of the API does not have the operation.
 * - `wasm_unavailable`: the WebAssembly could not be loaded, or has stopped: then a new client works.
 *
 * The API:
 * - `not_found`: no such item.
 * - `forbidden`: the signed-in user may not do this.
 * - `conflict`: the item conflicts with another, such as a folder of the same name.
 * - `precondition_failed`: the item changed since it was read.
 * - `outcome_unknown`: a write may have left, and no answer says whether it was done.
 * - `gone`: the service has forgotten the token or link.
 * - `bad_request`: the service does not understand the request.
 * - `mailbox_not_found`: the account has no mailbox that this API reaches.
 * - `too_large`: more than the service takes at once.
 * - `mailbox_full`: the mailbox has no room left.
 * - `throttled`: too many requests.
 * - `service_unavailable`: the service has trouble.
 * - `invalid_response`: the answer is not what the protocol says.
 * - `untrusted_host`: a link would have taken the token to a host outside the API.
 *
 * The connection, and the caller:
 * - `network`: no answer at all.
 * - `timeout`: no answer in time.
 * - `aborted`: the caller stopped the call.
 * - `signed_out`: there is no session.
 */
export type ErrorCode =
  // the user or an administrator has to act
  | 'interaction_required'
  | 'consent_required'
  | 'admin_consent_required'
  | 'access_denied'
  | 'wrong_account'
  | 'cancelled'
  | 'popup_blocked'
  | 'navigation_blocked'
  // the redirect
  | 'state_mismatch'
  | 'state_expired'
  | 'invalid_callback'
  | 'issuer_mismatch'
  // the set-up
  | 'misconfigured'
  | 'insecure_context'
  | 'invalid_argument'
  | 'unsupported_by_api'
  | 'wasm_unavailable'
  // the API
  | 'not_found'
  | 'forbidden'
  | 'conflict'
  | 'precondition_failed'
  | 'outcome_unknown'
  | 'gone'
  | 'bad_request'
  | 'mailbox_not_found'
  | 'too_large'
  | 'mailbox_full'
  | 'throttled'
  | 'service_unavailable'
  | 'invalid_response'
  | 'untrusted_host'
  // the connection, and the caller
  | 'network'
  | 'timeout'
  | 'aborted'
  | 'signed_out';
