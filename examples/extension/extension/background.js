// The background script: a service worker. The page sends it a token; it has no sign-in of its own, and keeps the token
// in memory only.
import { createClient } from './exo365/full.js';

/** Counts the unread messages, and shows the number on the extension's button. */
async function unread({ token, expiresIn, api }) {
  const getToken = async () => ({ token, expiresIn, scopes: [] });
  // Only for the local tenant: with Microsoft 365 the page sends no `api`, and the defaults are right.
  const local = api && { cloud: { login: api, api }, allowInsecureLoopback: true };
  const client = await createClient({ getToken, ...local });
  const { unreadItemCount } = await client.mail.folders.get('inbox', { select: ['unreadItemCount'] });
  await chrome.action.setBadgeText({ text: String(unreadItemCount) });
  return { unread: unreadItemCount };
}

chrome.runtime.onMessageExternal.addListener((message, _sender, answer) => {
  unread(message).then(answer, ({ code, message: sentence }) => answer({ error: `${code}: ${sentence}` }));
  return true; // The answer comes later.
});
