// How often `getToken` is called, by the scopes that it grants.
import { createClient } from 'exo365';

const { ORIGIN } = process.env;
const asked = [];
async function getToken({ scopes, forceRefresh }) {
  asked.push({ scopes, forceRefresh });
  return { token: `token-${asked.length}`, expiresIn: 3600, scopes: ['Mail.Read'] };
}

const client = await createClient({ getToken, cloud: { login: ORIGIN, api: ORIGIN }, allowInsecureLoopback: true });
const count = async (scopes) => {
  const before = asked.length;
  const tokens = [await client.getToken({ scopes }), await client.getToken({ scopes })];
  return { asked: asked.length - before, tokens: new Set(tokens.map(({ token }) => token)).size };
};
console.log(JSON.stringify({ granted: await count(['Mail.Read']), more: await count(['Mail.Read', 'Mail.Send']) }));
