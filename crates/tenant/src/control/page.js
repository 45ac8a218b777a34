// The control page: each button makes one call to the control interface, and the log follows by long polling.
/** Largest number of entries on the page; the tenant keeps more. */
const MAX_SHOWN = 500;
/** Milliseconds until the next attempt after the tenant did not answer. */
const PAUSE = 2000;

const byId = (id) => document.getElementById(id);

/** Makes a call; gives the JSON of its answer. Rejects with the tenant's sentence. */
async function call(method, path, body) {
  const answer = await fetch(`/_control/${path}`, { method, headers: { 'x-tenant-control': '1' }, body });
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.error);
  return json;
}

/** Does something, says what it was, and shows what it changed. */
async function act(label, doing) {
  try {
    await doing();
    await refresh();
    byId('said').textContent = `${label}: done`;
    byId('said').classList.remove('bad');
  } catch (error) {
    byId('said').textContent = `${label}: ${error.message}`;
    byId('said').classList.add('bad');
  }
}

/** An element with texts and elements in it. */
function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

let offset = 0;

function tick() {
  const now = new Date(Date.now() + offset * 1000);
  byId('now').textContent = `${now.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Shows clock, faults and snapshots. */
async function refresh() {
  const [state, faults, { snapshots }] = await Promise.all([
    call('GET', 'state'),
    call('GET', 'faults'),
    call('GET', 'snapshots'),
  ]);
  offset = state.offsetSeconds;
  byId('offset').textContent = offset ? `(${offset > 0 ? '+' : ''}${offset} s)` : '(the time of this machine)';
  tick();
  byId('fault-list').replaceChildren(...faults.list.map((fault) => element('li', {}, describe(fault))));
  byId('snapshot-list').replaceChildren(...snapshots.map(snapshot));
}

function describe({ kind, times, match, ...more }) {
  const where = [match.method, match.path].filter(Boolean).join(' ') || 'all requests';
  const values = Object.entries(more).filter(([, value]) => typeof value === 'number');
  return [
    kind,
    ...values.map(([name, value]) => `${name} ${value}`),
    `on ${where}`,
    times ? `× ${times}` : 'always',
  ].join(' ');
}

function snapshot(name) {
  const order = (label, method, path) => {
    const button = element('button', { type: 'button', textContent: label, ariaLabel: `${label} ${name}` });
    button.addEventListener('click', () => act(`${label} ${name}`, () => call(method, path, JSON.stringify({ name }))));
    return button;
  };
  const row = element(
    'div',
    { className: 'row' },
    order('Restore', 'POST', 'restore'),
    order('Remove', 'DELETE', 'snapshots'),
  );
  return element('li', {}, name, row);
}

for (const button of document.querySelectorAll('[data-call]')) {
  const { call: what, body } = /** @type {HTMLElement} */ (button).dataset;
  const [method, path] = what.split(' ');
  button.addEventListener('click', () =>
    act(button.textContent, async () => {
      await call(method, path, body || undefined);
      if (path === 'requests' || path === 'reset') empty();
    }),
  );
}

/** Calls `send` with the fields of a form that is sent. */
function onSubmit(id, label, send) {
  byId(id).addEventListener('submit', (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    act(label, () => send(fields));
  });
}

onSubmit('clock-form', 'Move', ({ seconds }) =>
  call('POST', 'clock', JSON.stringify({ advanceSeconds: Number(seconds) })),
);
onSubmit('snapshot-form', 'Keep', ({ name }) => call('POST', 'snapshots', JSON.stringify({ name })));
onSubmit('fault-form', 'Add', ({ kind, path, method, times, number }) => {
  const fault = { kind, match: { ...(path && { path }), ...(method && { method }) } };
  if (times) fault.times = Number(times);
  // The one number that a kind has; without it the usual value.
  const named = {
    throttle: ['retryAfterSeconds'],
    status: ['status', 500],
    slow: ['ms', 1000],
    html: ['status'],
    huge: ['bytes', 5_000_000],
  }[kind];
  if (named && (number || named[1])) fault[named[0]] = Number(number) || named[1];
  return call('POST', 'faults', JSON.stringify(fault));
});
byId('clock-back').addEventListener('click', () =>
  act('Back to now', () => call('POST', 'clock', JSON.stringify({ advanceSeconds: -offset }))),
);
byId('download').addEventListener('click', () =>
  act('Save to a file', async () => {
    const answer = await fetch('/_control/snapshot', { headers: { 'x-tenant-control': '1' } });
    const href = URL.createObjectURL(await answer.blob());
    element('a', { href, download: 'tenant.json' }).click();
    URL.revokeObjectURL(href);
  }),
);
byId('upload').addEventListener('change', (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const [file] = input.files;
  if (file) act(`Load ${file.name}`, () => call('POST', 'snapshot', file));
  input.value = '';
});

/** The entries of the log on the page, by their numbers. */
const shown = new Map();

function empty() {
  shown.clear();
  byId('log').replaceChildren();
}

/** Shows a request, or its answer when that comes. The details are written when somebody opens them. */
function show(entry) {
  const old = shown.get(entry.number);
  const summary = element(
    'summary',
    {},
    element('time', { textContent: entry.at.slice(11, 19) }),
    element('strong', { textContent: entry.method }),
    element('span', { className: 'path', textContent: entry.path }),
    element('span', { className: entry.status >= 400 ? 'bad' : '', textContent: entry.status ?? '…' }),
    element('span', { textContent: entry.milliseconds === undefined ? '' : `${entry.milliseconds.toFixed(1)} ms` }),
  );
  const details = element('details', { open: old?.item.firstChild.open ?? false }, summary);
  const write = () => {
    if (details.open && details.children.length === 1) details.append(...parts(entry));
  };
  details.addEventListener('toggle', write);
  write();
  const item = element('li', {}, details);
  if (old) {
    const focused = old.item.contains(document.activeElement);
    old.item.replaceWith(item);
    if (focused) summary.focus();
  } else byId('log').prepend(item);
  shown.set(entry.number, { item, text: `${entry.method} ${entry.path} ${entry.status ?? ''}`.toLowerCase() });
  filter(shown.get(entry.number));
  if (shown.size > MAX_SHOWN) {
    const [first] = shown.keys();
    shown.get(first).item.remove();
    shown.delete(first);
  }
}

/** A query with a line for each parameter. */
function readable(query) {
  return [...new URLSearchParams(query)].map(([name, value]) => `${name}=${value}`).join('\n');
}

/** Headers and bodies, each with a heading. */
function parts(entry) {
  const all = [
    ['Query', readable(entry.query)],
    ['Form', entry.form],
    ['Body', entry.body],
    ['Headers', entry.headers],
    ['Answer', entry.response],
    ['Headers of the answer', entry.responseHeaders],
  ];
  return all
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
      return element(
        'div',
        {},
        element('strong', { textContent: name }),
        element('pre', { textContent: text, tabIndex: 0 }),
      );
    });
}

function filter({ item, text }) {
  const wanted = /** @type {HTMLInputElement} */ (byId('filter')).value.toLowerCase();
  item.hidden = !text.includes(wanted);
}
byId('filter').addEventListener('input', () => shown.forEach(filter));

/** Follows the log for as long as the page is open. */
async function follow() {
  const box = /** @type {HTMLInputElement} */ (byId('follow'));
  let next = 0;
  for (;;) {
    if (!box.checked) await new Promise((resolve) => box.addEventListener('change', resolve, { once: true }));
    try {
      const news = await call('GET', `requests?after=${next}`);
      next = news.next;
      news.entries.forEach(show);
      byId('log-state').textContent = shown.size ? '' : 'No request yet.';
    } catch {
      byId('log-state').textContent = 'The tenant does not answer; the page tries again.';
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      // A tenant that was started again counts from the beginning.
      const state = await call('GET', 'state').catch(() => undefined);
      if (state) {
        next = 0;
        empty();
      }
    }
  }
}

setInterval(tick, 1000);
await refresh().catch(() => {});
follow();

// Types of the page see a module, which it is.
export {};
