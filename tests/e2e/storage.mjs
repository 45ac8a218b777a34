// S12: where a token could be left behind in a page, and whether one was.

/** The places in the page that hold a piece of `token`. */
export async function tokensLeftBehind(page, token) {
  const cookies = await page.context().cookies();
  const places = { ...(await page.evaluate(readEverything)), cookies: JSON.stringify(cookies), url: page.url() };
  // The header of a JWT is the same for all: pieces of the rest, long enough to be no accident.
  const tail = token.slice(Math.min(40, token.length >> 2));
  const pieces = [];
  for (let at = 0; at + 24 <= tail.length; at += 24) pieces.push(tail.slice(at, at + 24));
  return Object.keys(places).filter((name) => pieces.some((piece) => places[name].includes(piece)));
}

async function readEverything() {
  const places = {
    localStorage: JSON.stringify({ ...localStorage }),
    sessionStorage: JSON.stringify({ ...sessionStorage }),
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

  async function databases() {
    const all = [];
    for (const { name } of await indexedDB.databases()) {
      const db = await result(indexedDB.open(name));
      for (const store of db.objectStoreNames) all.push(await result(db.transaction(store).objectStore(store).getAll()));
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
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) all.push(request.url, await (await cache.match(request)).text());
    }
    return all;
  }

  /** Every string that a walk over own properties from `window` reaches, through functions and prototypes of our own objects too. */
  function properties() {
    const seen = new Set();
    const texts = [];
    const queue = Object.getOwnPropertyNames(window).filter((name) => !/^(?:document|parent|top|frames|self)$/.test(name)).map((name) => [window, name, 0]);
    while (queue.length > 0) {
      const [holder, name, depth] = queue.shift();
      let value;
      try { value = holder[name]; } catch { continue; }
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
