// Sizes that the service takes, in bytes.
import type { Api } from '../calls/api.ts';

/**
 * Largest request. Graph takes 3,145,611 bytes, as people measured; Outlook takes 4 MiB. A file in it is base64, a
 * third longer. Graph has upload sessions for files from 2 MiB, so that every size has a way.
 */
export const maxRequest = ({ graph }: Pick<Api, 'graph'>) => (graph ? 3_145_611 : 4_194_304);
/** Largest attachment of an upload session (https://learn.microsoft.com/graph/outlook-large-attachments). */
export const MAX_UPLOAD = 150 * 1024 * 1024;

/** Whether files of so many bytes may fit into one request: base64 writes four characters for three bytes. */
export const mayFit = (api: Pick<Api, 'graph'>, size: number) => (size / 3) * 4 < maxRequest(api);
