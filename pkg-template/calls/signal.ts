// Aborts: the caller's signal and one of ours.
import { invalidArgument } from '../error.ts';

/** A signal that follows `own` and, if there is one, the caller's. */
export function joined(own: AbortSignal, signal?: AbortSignal | null): AbortSignal {
  if (signal == null) return own;
  try {
    return AbortSignal.any([own, signal]);
  } catch (cause) {
    throw invalidArgument('`signal` is an AbortSignal', cause);
  }
}
