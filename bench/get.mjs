// Many calls in headless Chromium, exo365 and the Graph client side by side: messages by their ids, a whole mailbox, and
// reads and writes at a service that refuses some of them. exo365 makes all calls at once; the Graph client, which has
// no queue, four at a time.
import { newPage, openBrowser } from '../tests/e2e/browser.mjs';
import { startSecureTenant } from '../tests/e2e/microsoft/tenant.mjs';
import { bundle } from './build.mjs';
import { startLine } from './line.mjs';
import { median, serve, token } from './list.mjs';

const ROUND_TRIP = 50;
const USER = 'adele@contoso.example';

/** The headers by which the ids are requested: exo365 uses immutable ids. */
const PREFER = { exo365: { prefer: 'IdType="ImmutableId"' }, graph: {} };

/** The ids of the newest messages. */
async function idsOf(tenant, access, count, prefer) {
  const answer = await tenant.send(`${tenant.url}/v1.0/users/${USER}/messages?$select=id&$top=${count}`, {
    headers: { authorization: `Bearer ${access}`, ...prefer },
  });
  const { value } = await answer.json();
  if (value?.length !== count) throw new Error(`${value?.length} messages, not ${count}`);
  return value.map(({ id }) => id);
}

/**
 * Runs `work` for both clients in turns, `rounds` times, each time in a fresh profile: it has no connections, no cached
 * preflights and no cached files. `work` gets the page, the tenant, and the ids for this client; its results are listed
 * by client.
 */
async function rounds({ exo365, out, flags, count, times }, work) {
  const dir = await bundle('get', exo365, out);
  // The tenant answers 429 to a fifth call at a time for the same mailbox; an item of a batch counts as a call.
  const tenant = await startSecureTenant(flags);
  const line = await startLine(() => tenant.port, { roundTrip: ROUND_TRIP });
  const server = await serve(dir);
  // By its own name and port, which are in the links of its lists; the way there is the line.
  const browser = await openBrowser([`--host-resolver-rules=MAP localhost:${tenant.port} 127.0.0.1:${line.port}`]);
  const results = { exo365: [], graph: [] };
  try {
    const probe = await newPage(browser);
    const access = await token(probe, tenant.url);
    await probe.context().close();
    const options = { api: `https://localhost:${tenant.port}`, token: access };
    for (let round = 0; round < times; round++) {
      for (const [name, prefer] of Object.entries(PREFER)) {
        const ids = await idsOf(tenant, access, count, prefer);
        const page = await newPage(browser);
        await page.goto(server.url);
        await page.waitForFunction(() => document.querySelector('#state').textContent === 'ready');
        await page.evaluate(([name, options]) => prepare(name, options), [name, options]);
        results[name].push(await work(page, tenant, ids));
        await page.context().close();
      }
    }
    return results;
  } finally {
    await browser.close();
    server.end();
    line.end();
    await tenant.end();
  }
}

/** How many requests and preflights the tenant had since it was told to forget, and how many of them it refused. */
async function counted(tenant) {
  const all = (await tenant.control.requests()).filter(({ method }) => method !== 'DELETE');
  const preflights = all.filter(({ method }) => method === 'OPTIONS').length;
  return { preflights, asked: all.length - preflights };
}

/**
 * Messages by their ids, at a service that takes `item` ms for each. `first` and `again` are medians in milliseconds: in
 * a fresh profile, and once more in the same page, where the browser has cached its preflights. `asked` and `preflights`
 * are the numbers of requests at first. Rejects if a call fails. `allAtOnce`: the service starts all items of a batch at
 * once, and refuses those above its limit.
 */
export async function get(exo365, out, { count = 500, item = 5, allAtOnce = false, times = 3 } = {}) {
  const flags = ['--seed', '1000-messages', '--latency-ms', String(item), '--item-latency-ms', String(item)];
  if (allAtOnce) flags.push('--batch-all-at-once');
  const results = await rounds({ exo365, out, flags, count, times }, async (page, tenant, ids) => {
    await tenant.control.forget();
    const first = await page.evaluate((ids) => measure(ids), ids);
    const numbers = await counted(tenant);
    return { first, again: await page.evaluate((ids) => measure(ids), ids), ...numbers };
  });
  const sum = (all) => ({
    ...all[0],
    first: median(all.map(({ first }) => first)),
    again: median(all.map(({ again }) => again)),
  });
  return {
    count,
    roundTrip: ROUND_TRIP,
    item,
    rounds: times,
    exo365: sum(results.exo365),
    graph: sum(results.graph),
  };
}

/** All messages of a mailbox, where nobody names the size of a page: medians in milliseconds, and requests. */
export async function all(exo365, out, { count = 5000, item = 5, times = 1 } = {}) {
  const flags = ['--seed', `${count}-messages`, '--latency-ms', String(item)];
  const results = await rounds({ exo365, out, flags, count: 1, times }, async (page, tenant) => {
    await tenant.control.forget();
    const [took, found] = await page.evaluate(() => measureAll());
    if (found < count) throw new Error(`${found} messages, not ${count}`);
    return { took, ...(await counted(tenant)) };
  });
  const sum = (all) => ({ ...all[0], took: median(all.map(({ took }) => took)) });
  return { count, exo365: sum(results.exo365), graph: sum(results.graph) };
}

/** The service refuses every third request so long, in milliseconds. */
const REFUSES = 5000;

/** Reads and writes in turn at a service that refuses every third request for five seconds: how many failed, of how many. */
export async function mixed(exo365, out, { count = 200, item = 5, times = 4, hideHeader = true } = {}) {
  const flags = ['--seed', '1000-messages', '--latency-ms', String(item), '--item-latency-ms', String(item)];
  const results = await rounds({ exo365, out, flags, count, times }, async (page, tenant, ids) => {
    const fault = { kind: 'throttle', every: 3, match: { path: '/messages/' }, hideHeader, retryAfterSeconds: 5 };
    await tenant.control.fault(fault);
    const over = setTimeout(() => tenant.control.clearFaults(), REFUSES);
    const [took, failed] = await page.evaluate((ids) => measureMixed(ids), ids);
    clearTimeout(over);
    await tenant.control.clearFaults();
    return { took, failed };
  });
  const sum = (all) => ({
    took: median(all.map(({ took }) => took)),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
  });
  return { calls: count * times, exo365: sum(results.exo365), graph: sum(results.graph) };
}
