// One error, a closed list of codes.
import { Exo365Error, type ErrorCode } from 'exo365';

export function advice(error: unknown): string {
  if (!(error instanceof Exo365Error)) return 'not ours';
  switch (error.code) {
    case 'interaction_required':
    case 'consent_required':
      return error.remedy;
    case 'throttled':
      return `wait ${error.retryAfterSeconds ?? 0} s`;
    // @ts-expect-error: no such code
    case 'teapot':
      return '';
    default:
      return error.message;
  }
}

// @ts-expect-error: the code of an error is not the page's to change
export const change = (error: Exo365Error): void => { error.code = 'network'; };
export const codes: readonly ErrorCode[] = ['network', 'timeout', 'aborted', 'signed_out'];
