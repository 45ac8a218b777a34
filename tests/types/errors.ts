// One error, a closed list of codes.
import { Exo365Error, type Account, type ErrorCode } from 'exo365';

export function advice(error: unknown): string {
  if (!(error instanceof Exo365Error)) return 'not ours';
  switch (error.code) {
    case 'interaction_required':
    case 'consent_required':
      return error.remedy;
    case 'mailbox_full':
    case 'throttled':
      return `wait ${error.retryAfterSeconds ?? 0} s`;
    // @ts-expect-error: no such code
    case 'teapot':
      return '';
    default:
      return error.message;
  }
}

/** A switch over all codes leaves nothing over. */
export function group(code: ErrorCode): 'act' | 'redirect' | 'set-up' | 'api' | 'way' {
  switch (code) {
    case 'interaction_required':
    case 'consent_required':
    case 'admin_consent_required':
    case 'access_denied':
    case 'wrong_account':
    case 'cancelled':
    case 'popup_blocked':
    case 'navigation_blocked':
      return 'act';
    case 'state_mismatch':
    case 'state_expired':
    case 'invalid_callback':
    case 'issuer_mismatch':
      return 'redirect';
    case 'misconfigured':
    case 'insecure_context':
    case 'invalid_argument':
    case 'unsupported_by_api':
    case 'wasm_unavailable':
      return 'set-up';
    case 'not_found':
    case 'forbidden':
    case 'conflict':
    case 'precondition_failed':
    case 'outcome_unknown':
    case 'gone':
    case 'bad_request':
    case 'mailbox_not_found':
    case 'too_large':
    case 'mailbox_full':
    case 'throttled':
    case 'service_unavailable':
    case 'invalid_response':
    case 'untrusted_host':
      return 'api';
    case 'network':
    case 'timeout':
    case 'aborted':
    case 'signed_out':
      return 'way';
  }
}

export function cure(error: Exo365Error): Promise<Account> | undefined {
  // @ts-expect-error: not every failure has a cure
  error.resolve();
  // @ts-expect-error: the code of an error is not the page's to change
  error.code = 'network';
  // @ts-expect-error: errors are this package's to make
  new Exo365Error('network');
  const plain: Error = error;
  const record: object = error.toJSON();
  const numbers: readonly number[] = error.aadsts ?? [];
  void [plain, record, numbers, error.diagnostics?.category, error.status?.toFixed()];
  return error.resolve?.({ loginHint: 'adele@contoso.example' });
}
