// Many users where one has signed in: what MSAL and the session store keep for that one, once more for each of the others.
import { createHmac, randomBytes, randomUUID } from 'node:crypto';

/** The cookie as express-session signs it. */
function cookieOf(id, secret) {
  const signature = createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '');
  return `connect.sid=${encodeURIComponent(`s:${id}.${signature}`)}`;
}

/** A token of the same length that is nobody else's, as the service would give. */
const another = (secret) => randomBytes(Math.ceil((secret.length * 3) / 4)).toString('base64url').slice(0, secret.length);

/** Fills both; gives the cookies of the sessions. */
export async function fill({ msal, store, secret, count }) {
  const cache = msal.getTokenCache();
  const kept = JSON.parse(cache.serialize());
  const [first] = Object.values(kept.Account);
  const [, one] = Object.entries(await new Promise((resolve, reject) => store.all((error, all) => (error ? reject(error) : resolve(all)))))[0];
  const cookies = [];
  const all = { ...kept };
  for (const kind of ['Account', 'IdToken', 'AccessToken', 'RefreshToken']) all[kind] = {};
  for (let number = 0; number < count; number++) {
    const user = randomUUID();
    const [, tenant] = first.home_account_id.split('.');
    const home = `${user}.${tenant}`;
    for (const kind of ['Account', 'IdToken', 'AccessToken', 'RefreshToken']) {
      for (const [key, value] of Object.entries(kept[kind])) {
        const own = { ...value, home_account_id: home };
        if (kind === 'Account') Object.assign(own, { local_account_id: user, username: `user${number}@contoso.example` });
        else own.secret = kind === 'IdToken' ? value.secret : another(value.secret);
        all[kind][key.replace(first.home_account_id, home)] = own;
      }
    }
    const id = randomBytes(24).toString('base64url');
    store.set(id, { ...one, account: home });
    cookies.push(cookieOf(id, secret));
  }
  cache.deserialize(JSON.stringify(all));
  return cookies;
}
