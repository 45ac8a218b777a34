// Fills the peer with many users: copies of what MSAL and the session store keep for the one user that has signed in.
import { createHmac, randomBytes, randomUUID } from 'node:crypto';

/** The session's cookie, signed as express-session does. */
function cookieOf(id, secret) {
  const signature = createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '');
  return `connect.sid=${encodeURIComponent(`s:${id}.${signature}`)}`;
}

/** A unique token of the same length. Only the signature changes, so that MSAL can read the claims of an ID token. */
function another(token) {
  const copy = Buffer.from(token);
  const signature = token.lastIndexOf('.') + 1;
  copy.write(
    randomBytes(copy.length)
      .toString('base64url')
      .slice(0, copy.length - signature),
    signature,
  );
  return copy.toString('latin1');
}

/** Fills MSAL's cache and the session store; gives the cookies of the sessions. */
export async function fill({ msal, store, secret, count }) {
  // MSAL's public way to fill the cache is one JSON text, which it keeps in memory. Its own map takes less.
  const { storage } = msal.getTokenCache();
  const kept = Object.entries(storage.getCache());
  const [session] = Object.values(
    await new Promise((resolve, reject) => store.all((error, all) => (error ? reject(error) : resolve(all)))),
  );
  const { homeAccountId: first } = session.account;
  const cookies = [];
  for (let number = 0; number < count; number++) {
    const user = randomUUID();
    const home = [user, first.split('.')[1]].join('.');
    const username = `user${number}@contoso.example`;
    const renamed = (text) => text.replaceAll(first.toLowerCase(), home).replaceAll(first, home);
    for (const [key, value] of kept) {
      if (renamed(key) === key) continue;
      const own = {
        ...structuredClone(value),
        ...(value.homeAccountId && { homeAccountId: home }),
        ...(value.secret && { secret: another(value.secret) }),
      };
      if (value.username) Object.assign(own, { username, localAccountId: user });
      storage.setItem(renamed(key), own);
    }
    const id = randomBytes(24).toString('base64url');
    store.set(id, { ...session, account: { ...session.account, homeAccountId: home, localAccountId: user, username } });
    cookies.push(cookieOf(id, secret));
  }
  // Garbage of the filling is not measured.
  globalThis.gc?.();
  return cookies;
}
