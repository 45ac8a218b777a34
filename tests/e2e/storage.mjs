// S12: searches every place of a page where a token could be left behind. The harness does this after every test.

const ANSWERS = /\/(?:session|exchange|token)$/;
/**
 * For each profile: the tokens that its pages got, responses that are still being read, and whether pages sent a
 * request since the last search.
 */
const known = new WeakMap();

/** Notes the tokens that pages of `context` get from an endpoint or send to an API. */
export function noteTokens(context) {
  const about = { tokens: new Set(), reading: new Set(), busy: false };
  known.set(context, about);
  context.on('request', (request) => {
    about.busy = true;
    const [, bearer] = /^Bearer (\S+)$/.exec(request.headers().authorization ?? '') ?? [];
    if (bearer) about.tokens.add(bearer);
  });
  context.on('response', (response) => {
    if (!ANSWERS.test(new URL(response.url()).pathname)) return;
    // If the page is gone by now, its response cannot be read; its token is noted when a request sends it.
    const read = response
      .json()
      .then(
        ({ accessToken }) => {
          if (accessToken) about.tokens.add(accessToken);
        },
        () => {},
      )
      .finally(() => about.reading.delete(read));
    about.reading.add(read);
  });
}

/** Whether pages of `context` sent a request since the last search. */
export const wasBusy = (context) => Boolean(known.get(context)?.busy);

/** Throws if an open page of `context` has a piece of a token in any place. */
export async function searchForTokens(context) {
  const about = known.get(context);
  if (!about) return;
  about.busy = false;
  await Promise.all(about.reading);
  for (const page of context.pages()) {
    if (page.isClosed() || !page.url().startsWith('http')) continue;
    const places = await tokensLeftBehind(page, ...about.tokens).catch((error) => {
      // The page navigated during the search, so its content is gone.
      if (/context was destroyed|has been closed|navigat/i.test(error.message)) return [];
      throw error;
    });
    if (places.length > 0)
      throw new Error(`S12 a token is left behind in ${places.join(', ')} of ${new URL(page.url()).pathname}`);
  }
}

/** The names of the places in the page that contain a piece of one of `tokens`. */
export async function tokensLeftBehind(page, ...tokens) {
  const cookies = await page.context().cookies();
  const places = { ...(await page.evaluate(readEverything)), cookies: JSON.stringify(cookies), url: page.url() };
  const pieces = tokens.flatMap(piecesOf);
  return Object.keys(places).filter((name) => pieces.some((piece) => places[name].includes(piece)));
}

/**
 * Pieces of a token that are long enough to be unique, without its beginning: the header of a JWT is the same for all
 * tokens.
 */
function piecesOf(token) {
  const tail = token.slice(Math.min(40, token.length >> 2));
  return Array.from({ length: Math.floor(tail.length / 24) }, (_, at) => tail.slice(at * 24, at * 24 + 24));
}

async function readEverything() {
  const places = {
    localStorage: storage('localStorage'),
    sessionStorage: storage('sessionStorage'),
    cookie: document.cookie,
    dom: document.documentElement.outerHTML,
    history: JSON.stringify(history.state) ?? '',
    location: location.href,
    name: window.name,
  };
  places.indexedDB = JSON.stringify(await databases());
  places.caches = (await cached()).join('\n');
  places.window = properties();
  return places;

  function storage(name) {
    try {
      return JSON.stringify({ ...window[name] });
    } catch {
      return ''; // A test forbids access.
    }
  }

  async function databases() {
    const all = [];
    for (const { name } of await indexedDB.databases()) {
      const db = await result(indexedDB.open(name));
      for (const store of db.objectStoreNames)
        all.push(await result(db.transaction(store).objectStore(store).getAll()));
      db.close();
    }
    return all;
  }

  function result(request) {
    return new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  async function cached() {
    const all = [];
    // Pages on http beyond loopback have no Cache API.
    if (!globalThis.caches) return all;
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) all.push(request.url, await (await cache.match(request)).text());
    }
    return all;
  }

  /** Every string that is reachable from `window` by own properties, also of functions and prototypes. */
  function properties() {
    const seen = new Set();
    const texts = [];
    /** @type {[holder: any, name: PropertyKey, depth: number][]} */
    const queue = Object.getOwnPropertyNames(window)
      .filter((name) => !/^(?:document|parent|top|frames|self)$/.test(name))
      .map((name) => [window, name, 0]);
    while (queue.length > 0) {
      const [holder, name, depth] = queue.shift();
      let value;
      try {
        value = holder[name];
      } catch {
        continue;
      }
      if (typeof value === 'string') texts.push(value);
      if (value === null || !/^(?:object|function)$/.test(typeof value) || seen.has(value) || depth > 6) continue;
      seen.add(value);
      for (const key of Reflect.ownKeys(value)) queue.push([value, key, depth + 1]);
      const prototype = Object.getPrototypeOf(value);
      if (prototype && !seen.has(prototype)) queue.push([{ prototype }, 'prototype', depth + 1]);
    }
    return texts.join('\n');
  }
}
