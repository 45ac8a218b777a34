// The API console: any call to the API through `client.request`, and the response or the error as exo365 returns it.
import { attempt, busy, renewer } from './calls.js';
import { field, h, icon } from './dom.js';
import { errorCard } from './errors.js';

const SAMPLES = [
  ['Who am I', 'GET', '/me'],
  ['Newest three', 'GET', '/me/messages?$top=3&$select=subject,receivedDateTime,from&$orderby=receivedDateTime%20desc'],
  ['Folders', 'GET', '/me/mailFolders?$select=displayName,unreadItemCount'],
  ['Calendars', 'GET', '/me/calendars?$select=name,color,canEdit'],
  ['New folder', 'POST', '/me/mailFolders', { displayName: 'From the console' }],
  ['Not found', 'GET', '/me/messages/no-such-id'],
  ['Not permitted', 'GET', '/me/people'], // the demo does not request this permission
  ['Protected', 'PATCH', '/me/mailboxSettings', { timeFormat: 'HH:mm' }], // the local tenant asks for a second factor
];
const json = (value) => JSON.stringify(value, null, 2);

export function consoleView({ client, signal }) {
  const heading = h('h1', 'API console');
  const method = h(
    'select',
    { name: 'method' },
    ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'].map((name) => h('option', name)),
  );
  const path = h('input.mono', {
    type: 'text',
    name: 'path',
    required: true,
    spellcheck: 'false',
    autocomplete: 'off',
    value: '/me',
  });
  const body = h('textarea.mono', { name: 'body', rows: 5, spellcheck: 'false' });
  const bodyField = field('Body (JSON)', body);
  // Whatever can be scrolled can get the focus, so that the keys scroll it.
  const code = h('pre.code', { tabindex: 0, role: 'region', 'aria-label': 'The call in code' });
  const text = (content) => h('pre.code', { tabindex: 0, role: 'region', 'aria-label': 'Response' }, content);
  const answer = h(
    'div.answer',
    { 'aria-live': 'polite' },
    h('p.hint', 'The response appears here, exactly as exo365 returns it.'),
  );
  const form = h(
    'form.form',
    {
      onsubmit: (event) => {
        event.preventDefault();
        send();
      },
      oninput: () => draw(),
    },
    h('div.request', field('Method', method), field('Path', path), h('button.primary', { type: 'submit' }, 'Send')),
    bodyField,
  );
  const node = h(
    'div.console',
    h('header.view-head', heading, h('p.hint', 'exo365 adds the token to each call, and retries where that helps.')),
    h(
      'ul.samples',
      { 'aria-label': 'Samples' },
      SAMPLES.map(([label, ...sample]) =>
        h('li', h('button', { type: 'button', onclick: () => take(...sample) }, label)),
      ),
    ),
    form,
    h('h2', 'The same in code'),
    code,
    h('h2', 'Response'),
    answer,
  );
  const forCall = renewer(signal);
  const hasBody = () => !['GET', 'DELETE'].includes(method.value);

  function draw() {
    bodyField.hidden = !hasBody();
    const options =
      hasBody() && body.value.trim() ? `, {\n  body: ${body.value.trim().replaceAll('\n', '\n  ')},\n}` : '';
    code.textContent = `const answer = await client.request('${method.value}', '${path.value}'${options});`;
  }

  function take(verb, where, content) {
    method.value = verb;
    path.value = where;
    body.value = content ? json(content) : '';
    draw();
    if (verb === 'GET') send();
    else path.focus();
  }

  function send() {
    let content;
    try {
      content = hasBody() && body.value.trim() ? JSON.parse(body.value) : undefined;
    } catch (error) {
      body.setCustomValidity(error.message);
      body.reportValidity();
      body.setCustomValidity('');
      return;
    }
    const began = performance.now();
    const show = (...what) =>
      answer.replaceChildren(h('p.took', icon('clock'), `${Math.round(performance.now() - began)} ms`), ...what);
    const call = () =>
      client.request(method.value, path.value, { ...(content !== undefined && { body: content }), signal: forCall() });
    attempt(
      async () => {
        const result = await busy(form.querySelector('button'), call);
        show(text(result === undefined || result === null ? 'no content' : json(result)));
      },
      (error) => show(errorCard(error), text(json(error))),
    );
  }

  draw();
  return { node, heading, title: () => 'API console', show() {} };
}
