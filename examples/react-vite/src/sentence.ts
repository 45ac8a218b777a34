import { Exo365Error } from 'exo365';

/** What to tell the developer who starts this example; your users want words of your own. */
export const sentence = (error: unknown) =>
  error instanceof Exo365Error ? `${error.code}: ${error.message} ${error.remedy}` : String(error);
