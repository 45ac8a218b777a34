// Five hundred messages by their ids in headless Chromium: exo365 with all calls at once, the Graph client with four
// calls at a time.
import { newPage, openBrowser } from '../tests/e2e/browser.mjs';
import { startSecureTenant } from '../tests/e2e/microsoft/tenant.mjs';
import { bundle } from './build.mjs';
import { startLine } from './line.mjs';
import { median, serve, token } from './list.mjs';

const COUNT = 500;
const ROUND_TRIP = 50;
const ITEM = 5;
const ROUNDS = 3;
const USER = 'adele@contoso.example';

/** The headers by which the ids are requested: exo365 uses immutable ids. */
const PREFER = { exo365: { prefer: 'IdType="ImmutableId"' }, graph: {} };

/** The ids of the newest messages. */
async function idsOf(tenant, access, prefer) {
  const answer = await tenant.send(`${tenant.url}/v1.0/users/${USER}/messages?$select=id&$top=${COUNT}`, {
    headers: { authorization: `Bearer ${access}`, ...prefer },
  });
  const { value } = await answer.json();
  if (value?.length !== COUNT) throw new Error(`${value?.length} messages, not ${COUNT}`);
  return value.map(({ id }) => id);
}

/**
 * Measures both clients. `first` and `again` are medians in milliseconds: in a fresh profile, and once more in the same
 * page, where the browser has cached its preflights. `asked` and `preflights` are the numbers of requests at first.
 * Rejects if a call fails.
 */
export async function get(exo365, out) {
  const dir = await bundle('get', exo365, out);
  // The tenant answers 429 to a fifth call at a time for the same mailbox; an item of a batch counts as a call.
  const tenant = await startSecureTenant([
    '--seed',
    '1000-messages',
    '--latency-ms',
    String(ITEM),
    '--item-latency-ms',
    String(ITEM),
  ]);
  const line = await startLine(() => tenant.port, { roundTrip: ROUND_TRIP });
  const server = await serve(dir);
  const browser = await openBrowser();
  const newWay = () => ({ ids: [], first: [], again: [], preflights: 0, asked: 0 });
  const ways = { exo365: newWay(), graph: newWay() };
  try {
    const probe = await newPage(browser);
    const access = await token(probe, tenant.url);
    await probe.context().close();
    for (const [name, prefer] of Object.entries(PREFER)) ways[name].ids = await idsOf(tenant, access, prefer);
    const options = { api: `https://localhost:${line.port}`, token: access };
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, times] of Object.entries(ways)) {
        // A fresh profile has no connections, no cached preflights and no cached files.
        const page = await newPage(browser);
        await page.goto(server.url);
        await page.waitForFunction(() => document.querySelector('#state').textContent === 'ready');
        await page.evaluate(([name, options]) => prepare(name, options), [name, options]);
        for (const which of ['first', 'again']) {
          await tenant.control.forget();
          times[which].push(await page.evaluate((ids) => measure(ids), times.ids));
          const methods = (await tenant.control.requests())
            .map(({ method }) => method)
            .filter((method) => method !== 'DELETE');
          const preflights = methods.filter((method) => method === 'OPTIONS').length;
          if (which === 'first') Object.assign(times, { preflights, asked: methods.length - preflights });
        }
        await page.context().close();
      }
    }
    const sum = ({ first, again, asked, preflights }) => ({
      first: median(first),
      again: median(again),
      asked,
      preflights,
    });
    return {
      count: COUNT,
      roundTrip: ROUND_TRIP,
      item: ITEM,
      rounds: ROUNDS,
      exo365: sum(ways.exo365),
      graph: sum(ways.graph),
    };
  } finally {
    await browser.close();
    server.end();
    line.end();
    await tenant.end();
  }
}
