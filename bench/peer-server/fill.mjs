// Many users where one has signed in: what MSAL and the session store keep for that one, once more for each of the others.
import { createHmac, randomBytes, randomUUID } from 'node:crypto';

/** The cookie as express-session signs it. */
function cookieOf(id, secret) {
  const signature = createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '');
  return `connect.sid=${encodeURIComponent(`s:${id}.${signature}`)}`;
}

/** A token as long as this one, and nobody else's; what MSAL reads of an ID token stays. */
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

/** Fills both; gives the cookies of the sessions. */
export async function fill({ msal, store, secret, count }) {
  // MSAL's way in from outside is one JSON text of everything, which it keeps: its own map weighs less.
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
  // What the filling left behind is not counted.
  globalThis.gc?.();
  return cookies;
}
