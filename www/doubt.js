// Writes whose answer did not come. Nobody knows whether they were done, so the page says neither that they were nor
// that they were not.

/** `outcome_unknown`: exo365 has looked, and cannot tell. `aborted`: the user stopped it, perhaps too late. */
const UNKNOWN = new Set(['outcome_unknown', 'aborted']);

/** Whether the failed call may have been done all the same. Every other error says that nothing was done. */
export const inDoubt = (error) => UNKNOWN.has(error?.code);

const doubt = (title, advice, again) => ({ title: `${title}: no answer came from the service.`, advice, again });
const DOUBTS = {
  sent: doubt('The message may have been sent', 'Look in “Sent” before you send it again.', 'Send again'),
  draft: doubt('The message may have been saved', 'Look in “Drafts” before you save it again.', 'Save again'),
  meeting: doubt('The meeting may have been saved', 'Look at your calendar before you save it again.', 'Save again'),
  contact: doubt('The contact may have been saved', 'Look at your contacts before you save it again.', 'Save again'),
};

/** The words of the error card for `what`, where the call is in doubt. */
export const doubtOf = (error, what) => (inDoubt(error) ? DOUBTS[what] : {});
