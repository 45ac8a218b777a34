// Proxy mode, measured by wrk: the endpoint against a bare reverse proxy of hyper, in turns, in front of the same API
// double; and that one asked directly.
import { load, startBare, sum } from './token.mjs';
import { codeFlow, exchange, signInByForms } from '../tests/e2e/microsoft/tenant.mjs';
import { startEndpoint, startTenant } from '../tests/e2e/processes.mjs';

const ROUNDS = 3;
const CONNECTIONS = 16;
const LIST = '/v1.0/me/messages?$top=10';

/** Gives `{ rate, p50, p99, work }` of each way, as medians of the rounds. */
export async function proxy() {
  const tenant = await startTenant();
  const api = await startBare('api');
  const bare = await startBare('proxy', `http://127.0.0.1:${api.port}`);
  const endpoint = await startEndpoint({
    login: tenant.url,
    api_origin: api.url,
    mode: 'proxy',
    limit_per_address: 0,
    limit_per_session: 0,
  });
  const base = `${endpoint.url}/auth`;
  const flow = codeFlow(tenant, `${endpoint.url}/`);
  const back = await signInByForms(tenant, flow.authorize, 'adele@contoso.example');
  const cookies = [await exchange(base, flow, back, endpoint.url)];
  const measure = (url, pid) =>
    load(`${url}${LIST}`, cookies, { origin: endpoint.url, pid, method: 'GET', connections: CONNECTIONS });
  const rounds = { exo365: [], bare: [], direct: [] };
  for (let round = 0; round < ROUNDS; round++) {
    rounds.direct.push(await measure(api.url, api.pid));
    rounds.bare.push(await measure(bare.url, bare.pid));
    rounds.exo365.push(await measure(`${base}/proxy`, endpoint.pid));
  }
  for (const server of [endpoint, bare, api, tenant]) await server.end();
  return { exo365: sum(rounds.exo365), bare: sum(rounds.bare), direct: sum(rounds.direct) };
}
