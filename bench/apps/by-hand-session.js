// Shows ten subjects without a library: the endpoint gives a token, while the browser opens the connection to the API
// (a `preconnect` in the page's head). What no SDK without a token in storage can do better.
import { show } from './show.js';

const headers = { 'content-type': 'application/json', 'x-exo365': '1' };
const session = await fetch('/auth/session', { method: 'POST', headers, body: '{}' });
const { account, accessToken } = await session.json();
const answer = await fetch('https://graph.microsoft.com/v1.0/me/messages?$select=subject&$top=10', {
  headers: { authorization: `Bearer ${accessToken}` },
});
show(account.username, (await answer.json()).value);
