// Aborts: the caller's signal and one of ours.
import { wrong } from './error.js';

/** A signal that follows `own` and, if there is one, the caller's. */
export function joined(own, signal) {
  if (signal == null) return own;
  try {
    return AbortSignal.any([own, signal]);
  } catch (cause) {
    throw wrong('`signal` is an AbortSignal', cause);
  }
}
