// Whether memory stays flat: many calls of all kinds through the package in one page of headless Chromium, over a
// `fetch` of the page's own.
import { newPage, openBrowser } from '../tests/e2e/browser.mjs';
import { bundle } from './build.mjs';
import { serve } from './list.mjs';

/** Calls after which the memory is looked at; what comes before the first is the warm-up. */
const LOOKS = [10_000, 40_000, 70_000, 100_000];
/** Time-outs of the calls, in milliseconds: the browser keeps the signal of each until then. */
const TIMEOUT = 2000;
/** Bytes that may be added between the first look and the last one, by kind. */
const BARS = { javascript: 1_000_000, browser: 1_000_000, webassembly: 0 };

/** The memory after a garbage collection, when all time-outs are over. */
async function look(page, browser) {
  await page.waitForTimeout(TIMEOUT + 500);
  for (let time = 0; time < 3; time++) await browser.send('HeapProfiler.collectGarbage');
  const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = await browser.send('Runtime.getHeapUsage');
  const { jsEventListeners: listeners } = await browser.send('Memory.getDOMCounters');
  const webassembly = await page.evaluate(() => memory.buffer.byteLength);
  return { javascript: usedSize, browser: embedderHeapUsedSize + backingStorageSize, webassembly, listeners };
}

/** Gives `text`, and `missed`, a sentence for each kind of memory that grows. */
export async function measureMemory(exo365, out) {
  const server = await serve(await bundle('memory', exo365, out));
  const chromium = await openBrowser();
  try {
    const page = await newPage(chromium);
    // Before the package takes it: what the page answers itself goes nowhere.
    await page.addInitScript(() => {
      const { fetch: own } = globalThis;
      globalThis.fetch = (/** @type {Parameters<typeof fetch>} */ ...asked) => (globalThis.answer ?? own)(...asked);
    });
    await page.goto(server.url);
    await page.waitForFunction(() => document.querySelector('#state').textContent === 'ready');
    await page.evaluate((timeout) => prepareMemory(timeout), TIMEOUT);
    const browser = await page.context().newCDPSession(page);
    await browser.send('HeapProfiler.enable');
    const rows = [];
    const outcomes = {};
    let done = 0;
    for (const calls of LOOKS) {
      const told = await page.evaluate((count) => makeCalls(count), calls - done);
      for (const [name, times] of Object.entries(told)) outcomes[name] = (outcomes[name] ?? 0) + times;
      done = calls;
      rows.push({ calls, ...(await look(page, browser)) });
    }
    const [first] = rows;
    const last = rows[rows.length - 1];
    const missed = Object.entries(BARS)
      .filter(([kind, most]) => last[kind] - first[kind] > most)
      .map(([kind]) => `memory, ${kind}: ${last[kind] - first[kind]} bytes more after ${last.calls} calls`);
    if (last.listeners > first.listeners) missed.push(`listeners: ${first.listeners}, then ${last.listeners}`);
    const megabytes = (bytes) => (bytes / 1e6).toFixed(2);
    const text = [
      'calls      JavaScript  browser  WebAssembly (MB)  listeners',
      ...rows.map(({ calls, javascript, browser: own, webassembly, listeners }) =>
        [
          String(calls).padEnd(11),
          megabytes(javascript).padEnd(12),
          megabytes(own).padEnd(9),
          megabytes(webassembly).padEnd(18),
          listeners,
        ].join(''),
      ),
      `what they came to: ${JSON.stringify(outcomes)}`,
    ].join('\n');
    return { text, missed };
  } finally {
    await chromium.close();
    server.end();
  }
}
