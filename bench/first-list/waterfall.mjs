// The requests of the measured pages by the browser's own account (DevTools protocol): when each was asked for and was
// there, with which priority, and whether something was loaded twice. For whoever wants to know where the time goes.
import { sessionsOf, setUp, visit } from './measure.mjs';
import { VARIANTS } from './variants.mjs';

/** Notes the requests of `page` from now on; what it gives lists them in the order in which they were asked for. */
async function watch(page) {
  const session = await page.context().newCDPSession(page);
  const all = new Map();
  const note = (id, fields) => Object.assign(all.get(id) ?? {}, fields);
  session.on('Network.requestWillBeSent', ({ requestId, request, timestamp }) => {
    const { url, method, initialPriority: priority } = request;
    all.set(requestId, { url, method, priority, asked: timestamp });
  });
  session.on('Network.responseReceived', ({ requestId, response: { timing, fromDiskCache } }) => {
    const headed = timing && timing.requestTime + timing.receiveHeadersEnd / 1000;
    // -1: over a connection that was open.
    note(requestId, { headed, cached: fromDiskCache, connected: (timing?.connectStart ?? -1) >= 0 });
  });
  session.on('Network.requestServedFromCache', ({ requestId }) => note(requestId, { cached: true }));
  session.on('Network.loadingFinished', ({ requestId, timestamp: done, encodedDataLength: bytes }) =>
    note(requestId, { done, bytes }),
  );
  await session.send('Network.enable');
  return () => {
    const rows = [...all.values()].filter(({ url, done }) => !url.startsWith('data:') && done);
    const since = (time) => (time === undefined ? 0 : Math.max(0, Math.round((time - rows[0].asked) * 1000)));
    return rows.map(({ asked, headed, done, ...rest }) => ({
      ...rest,
      asked: since(asked),
      headed: since(headed),
      done: since(done),
    }));
  };
}

const line = ({ asked, headed, done, bytes, priority, method, url, cached, connected }) => {
  const { host, pathname } = new URL(url);
  const times = [asked, headed, done].map((time) => String(time).padStart(6)).join('');
  const notes = [cached && '(cache)', connected && '(new connection)'].filter(Boolean).join(' ');
  return `${times}${String(bytes).padStart(8)} B  ${priority.padEnd(9)} ${method} ${host}${pathname} ${notes}`;
};

/** The requests of each page with an empty and with a full cache, as text: asked, headers, done in milliseconds. */
export async function waterfalls(exo365, out, { roundTrip = 50, names = Object.keys(VARIANTS) } = {}) {
  const it = await setUp(exo365, out, names, roundTrip);
  const text = [];
  try {
    const sessions = await sessionsOf(names, it);
    const context = await it.profile();
    for (const name of names) {
      const caches = ['empty', 'full'];
      await visit(context, it.origins[name], sessions[name], it.cut, async (page, load) => {
        const rows = await watch(page);
        const took = await load();
        text.push(`\n${VARIANTS[name].title}, ${caches.shift()} cache: ${Math.round(took)} ms`, ...rows().map(line));
        return took;
      });
    }
    await context.close();
  } finally {
    await it.end();
  }
  return text.join('\n');
}
