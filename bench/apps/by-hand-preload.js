// Shows ten subjects without a library: the endpoint asks the API. What no SDK with this endpoint can do better.
import { show } from './show.js';

const headers = { 'content-type': 'application/json', 'x-exo365': '1' };
const list = ['GET', null, 'messages', [], { select: ['subject'], top: 10 }, ['select', 'top'], false, false];
const answer = await fetch('/auth/preload', { method: 'POST', headers, body: JSON.stringify({ calls: [list] }) });
const { account, answers } = await answer.json();
show(account, answers[0].body.value);
