// Batches of the caller's own.
import type { Exo365Error } from '../error.ts';

/** One request of a batch. */
export interface BatchRequest {
  /**
   * Its id, different from the others in more than case.
   * @defaultValue its number: '1', '2', ...
   */
  id?: string;
  /** HTTP method. */
  method: string;
  /** Path below the API's root with its query, such as `/me/messages?$top=5`. */
  path: string;
  /** Headers of this request. */
  headers?: Record<string, string> | Headers;
  /** What is sent: JSON, or a Blob or bytes, which go as base64. */
  body?: unknown;
  /**
   * Ids of requests that have to succeed first, wherever they stand; where one fails, this one has status 424. A circle
   * is
   * `invalid_argument`.
   */
  dependsOn?: readonly string[];
}

/** What came back for one request of a batch. */
export interface BatchResponse {
  /** Id of the request. */
  id: string;
  /**
   * HTTP status; 0 where there was no answer to this request, 204 where a repeated deletion found nothing any more.
   */
  status: number;
  /** Headers of the answer, names as the service writes them. */
  headers: Record<string, string>;
  /** Body of the answer: JSON, or base64 as text. */
  body: unknown;
  /** The failure, where the status is not 2xx. `outcome_unknown` where it may have been done. */
  error?: Exo365Error;
}
