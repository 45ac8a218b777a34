/** Largest attachment that one request takes, in bytes; Graph refuses upload sessions for less. */
export const MAX_INLINE = 3 * 1024 * 1024;
/** Largest attachment of an upload session, in bytes (https://learn.microsoft.com/graph/outlook-large-attachments). */
export const MAX_UPLOAD = 150 * 1024 * 1024;
