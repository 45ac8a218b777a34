/** What one request takes of attachments, in bytes; Graph refuses upload sessions for less. */
export const LARGEST = 3 * 1024 * 1024;

/** The refusal of what is larger than that. */
export const tooLarge = ({ fail }, message) => Object.assign(fail('too_large', message), { remedy: 'Send less at once.' });
