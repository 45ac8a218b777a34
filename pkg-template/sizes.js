/** What one request takes of attachments, in bytes; Graph refuses upload sessions for less. */
export const LARGEST = 3 * 1024 * 1024;
