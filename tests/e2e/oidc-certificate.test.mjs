// The endpoint authenticates by a certificate (RFC 7523) to an authorization server that is not ours, which checks each
// assertion.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { newPage, openBrowser } from './browser.mjs';
import { assemblePage, call, leave, settled, visit } from './harness.mjs';
import { makeCertificate } from './microsoft/certificate.mjs';
import { TENANT_ID, freePort, scratch, startEndpoint } from './processes.mjs';
import { signInThere, startProvider } from './third-party/provider.mjs';

const [own, other] = [makeCertificate(), makeCertificate()];
let provider;
let browser;
let port;

before(async () => {
  port = await freePort();
  provider = await startProvider(`http://localhost:${port}`, createPublicKey(own.privateKey));
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await provider?.end();
});

/** An endpoint with that certificate, and a page after its sign-in. */
async function through({ certificate, privateKey }) {
  const dir = scratch();
  const [client_certificate_file, client_key_file] = ['certificate.pem', 'key.pem'].map((name) => join(dir, name));
  writeFileSync(client_certificate_file, certificate);
  writeFileSync(client_key_file, privateKey, { mode: 0o600 });
  const endpoint = await startEndpoint({
    login: provider.origin,
    tenant: TENANT_ID,
    page: assemblePage(),
    port,
    secret: null,
    client_certificate_file,
    client_key_file,
    scopes: ['User.Read', 'Mail.ReadWrite'],
  });
  const page = await newPage(browser);
  await visit(page, `${endpoint.url}/`);
  await leave(page);
  await signInThere(page);
  await settled(page);
  return { endpoint, page };
}
const grants = () => provider.grants.splice(0).map(({ outcome, type }) => `${type} ${outcome}`);

test('E1 E52 oidc-provider: an assertion by our certificate signs in and renews', async () => {
  const { endpoint, page } = await through(own);
  assert.equal(await page.textContent('#state'), 'signed in: somebody@contoso.example', endpoint.log());
  const tokens = [
    await call(page, () => client.getToken({ forceRefresh: true })),
    await call(page, () => client.getToken({ forceRefresh: true })),
  ];
  assert.notEqual(tokens[0].token, tokens[1].token);
  assert.deepEqual(grants(), ['authorization_code success', 'refresh_token success', 'refresh_token success']);
  await endpoint.end();
});

test('E1 oidc-provider: an assertion by another certificate is refused there, and reported as misconfigured', async () => {
  const { endpoint, page } = await through(other);
  assert.match(await page.textContent('#state'), /^failed: misconfigured$/, endpoint.log());
  assert.deepEqual(
    grants().filter((one) => one.endsWith('success')),
    [],
  );
  await endpoint.end();
});
