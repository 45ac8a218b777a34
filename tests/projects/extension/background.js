// The background script of an extension: a service worker.
import { createClient } from './exo365/full.js';

globalThis.draft = async ({ token, origin, subject }) => {
  const getToken = async () => ({ token, expiresIn: 3600, scopes: [] });
  const client = await createClient({ getToken, cloud: { login: origin, api: origin }, allowInsecureLoopback: true });
  return (await client.mail.messages.create({ subject })).subject;
};
