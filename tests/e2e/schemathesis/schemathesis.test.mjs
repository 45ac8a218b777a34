// schemathesis tests the endpoint against its OpenAPI description: no 5xx, no response that is not described, and no
// request data in a response.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { codeFlow, exchange, signInByForms } from '../microsoft/tenant.mjs';
import { freePort, listen, startEndpoint, startTenant } from '../processes.mjs';
import { schemathesis, skip } from './run.mjs';

const ADELE = 'adele@contoso.example';
/** Made-up requests for each operation where all are refused at the door. */
const REFUSED = 10;

/** Creates a session by the forms of the sign-in page; gives its cookie. */
async function signIn(tenant, endpoint) {
  const flow = codeFlow(tenant, `${endpoint.url}/`);
  return exchange(`${endpoint.url}/auth`, flow, await signInByForms(tenant, flow.authorize, ADELE), endpoint.url);
}

const inMode = (mode) =>
  describe(`schemathesis: ${mode} mode`, () => {
    let tenant;
    let endpoint;
    let metrics;
    before(async () => {
      tenant = await startTenant();
      metrics = await freePort();
      endpoint = await startEndpoint({
        login: tenant.url,
        mode,
        metrics_listen: `127.0.0.1:${metrics}`,
        limit_per_address: 0,
        limit_per_session: 0,
      });
    });
    after(async () => {
      await endpoint?.end();
      await tenant?.end();
    });
    const held = async (options) => {
      const { code, words } = await schemathesis(`${endpoint.url}/auth/openapi.json`, {
        origin: endpoint.url,
        relays: mode === 'proxy',
        ...options,
      });
      assert.equal(code, 0, words);
    };

    test(`schemathesis: ${mode} mode, a stranger`, () => held({ examples: REFUSED }));
    test(`schemathesis: ${mode} mode, a page where nobody is signed in`, () =>
      held({ examples: REFUSED, headers: { Origin: endpoint.url, 'X-Exo365': '1' } }));
    test(`schemathesis: ${mode} mode, a page with a session, which is there afterwards`, async () => {
      const headers = { Origin: endpoint.url, 'X-Exo365': '1', Cookie: await signIn(tenant, endpoint) };
      await held({
        headers,
        paths: mode === 'proxy' ? ['/proxy/v1.0/me', '/proxy/v1.0/me/messages/{path}'] : [],
        more: ['--exclude-path', '/logout'],
      });
      // The requests were really processed: tokens were issued, or calls went to the API.
      const counted = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
      const [, times] =
        counted.match(
          mode === 'proxy'
            ? /exo365_api_calls_total\{outcome="2xx"\} (\d+)/
            : /exo365_requests_total\{route="\/token",outcome="ok"\} (\d+)/,
        ) ?? [];
      assert.ok(Number(times) > 0, counted);
      const answer = await fetch(`${endpoint.url}/auth/session`, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: '{}',
      });
      assert.equal((await answer.json()).account?.username, ADELE);
    });
  });

describe('schemathesis: the endpoint', { skip, concurrency: 2 }, () => {
  inMode('direct');
  inMode('proxy');
});

test('schemathesis: finds a server that repeats what it was sent', { skip }, async () => {
  const string = { type: 'string', minLength: 8 };
  const description = {
    openapi: '3.1.0',
    info: { title: 'parrot', version: '1' },
    paths: {
      '/parrot': {
        get: {
          parameters: [{ name: 'word', in: 'query', required: true, schema: string }],
          responses: { 200: { description: 'It.', content: { 'application/json': { schema: {} } } } },
        },
      },
    },
  };
  const server = createServer(({ url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(pathname === '/openapi.json' ? description : { word: searchParams.get('word') }));
  });
  const port = await listen(server);
  const { code, words } = await schemathesis(`http://localhost:${port}/openapi.json`, { examples: 5 });
  server.closeAllConnections();
  server.close();
  assert.equal(code, 1, words);
  assert.match(words, /repeats what was sent/);
});
