// What the examples in the comments start from: a page's client, and what the package exports.
import type * as exo365 from 'exo365';

declare global {
  const client: exo365.Client;
  const createClient: typeof exo365.createClient;
  const filter: typeof exo365.filter;
  const Exo365Error: typeof exo365.Exo365Error;
}
