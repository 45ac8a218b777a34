// Notifications with the item itself, encrypted for the client's certificate: node:crypto, which nobody here wrote,
// checks and decrypts them as Microsoft documents it.
import assert from 'node:assert/strict';
import {
  constants,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  privateDecrypt,
  verify,
  X509Certificate,
} from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { makeCertificate } from './microsoft/certificate.mjs';
import { applicationToken, CLIENT_ID, startTenant, TENANT_ID } from './processes.mjs';

const ADELE = 'adele@contoso.example';
/** The application that sends Microsoft's notifications. */
const SENDER = '0bf30f3b-4a52-48df-9a82-234910c4a086';
const { certificate, privateKey } = makeCertificate();
const der = new X509Certificate(certificate).raw;
let tenant;
let hook;
let headers;
/** What the hook was told, and who waits for it. */
const told = [];
let wake = () => {};

before(async () => {
  tenant = await startTenant();
  hook = createServer(async (request, response) => {
    const token = new URL(request.url, 'http://localhost').searchParams.get('validationToken');
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (token) return response.setHeader('content-type', 'text/plain').end(token);
    told.push(JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(202).end();
    wake();
  }).listen(0, '127.0.0.1');
  await once(hook, 'listening');
  headers = { authorization: `Bearer ${await applicationToken(tenant)}`, 'content-type': 'application/json' };
});
after(async () => {
  hook?.close();
  await tenant?.end();
});

async function post(path, body) {
  const answer = await fetch(`${tenant.url}/v1.0${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}

async function next() {
  while (told.length === 0) {
    await new Promise((resolve) => {
      wake = () => resolve(undefined);
    });
  }
  return told.shift();
}

const subscribe = (resource) =>
  post('/subscriptions', {
    changeType: 'created,updated',
    notificationUrl: `http://127.0.0.1:${hook.address().port}/hook`,
    resource,
    expirationDateTime: new Date(Date.now() + 3_600_000).toISOString(),
    clientState: 'state of the client',
    includeResourceData: true,
    encryptionCertificate: der.toString('base64'),
    encryptionCertificateId: 'first',
  });

/** Microsoft's steps: the key by RSA-OAEP, the signature by HMAC, the data by AES-256-CBC. */
function decrypt({ data, dataKey, dataSignature, encryptionCertificateId, encryptionCertificateThumbprint }) {
  assert.equal(encryptionCertificateId, 'first');
  assert.equal(encryptionCertificateThumbprint, createHash('sha1').update(der).digest('hex').toUpperCase());
  const key = privateDecrypt(
    { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
    Buffer.from(dataKey, 'base64'),
  );
  assert.equal(key.length, 32);
  const encrypted = Buffer.from(data, 'base64');
  assert.equal(createHmac('sha256', key).update(encrypted).digest('base64'), dataSignature);
  const cipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16));
  return JSON.parse(Buffer.concat([cipher.update(encrypted), cipher.final()]).toString());
}

/** Checks a validation token with the published keys. */
async function check(token) {
  const [head, claims, signature] = token.split('.');
  const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString());
  const { keys } = await (await fetch(`${tenant.url}/common/discovery/keys`)).json();
  const jwk = keys.find((one) => one.kid === kid);
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  assert.ok(verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url')));
  const { aud, appid, iss, tid, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  assert.deepEqual([aud, appid, tid], [CLIENT_ID, SENDER, TENANT_ID]);
  assert.equal(iss, `https://sts.windows.net/${TENANT_ID}/`);
  assert.ok(exp > Date.now() / 1000);
}

for (const { set, select, item } of [
  {
    set: 'messages',
    select: 'subject,bodyPreview',
    item: { subject: 'Grüße', body: { contentType: 'text', content: 'Hello' } },
  },
  {
    set: 'contacts',
    select: 'givenName,emailAddresses',
    item: { givenName: 'Ada', emailAddresses: [{ address: 'ada@litware.example' }] },
  },
  {
    set: 'events',
    select: 'subject,start',
    item: {
      subject: 'Lunch',
      start: { dateTime: '2026-12-24T12:00:00', timeZone: 'UTC' },
      end: { dateTime: '2026-12-24T13:00:00', timeZone: 'UTC' },
    },
  },
])
  test(`${set}: a notification has the selected properties, encrypted`, async () => {
    const { id } = await subscribe(`/users/${ADELE}/${set}?$select=${select}`);
    const made = await post(`/users/${ADELE}/${set}`, item);
    const { value, validationTokens } = await next();
    assert.equal(value[0].subscriptionId, id);
    assert.equal(value[0].clientState, 'state of the client');
    assert.equal(value[0].resourceData.id, made.id);
    const data = decrypt(value[0].encryptedContent);
    assert.equal(data.id, made.id);
    for (const name of select.split(',')) assert.deepEqual(data[name], made[name], name);
    assert.equal(data.createdDateTime, undefined);
    assert.equal(validationTokens.length, 1);
    await check(validationTokens[0]);
    const gone = await fetch(`${tenant.url}/v1.0/subscriptions/${id}`, { method: 'DELETE', headers });
    assert.equal(gone.status, 204);
  });
