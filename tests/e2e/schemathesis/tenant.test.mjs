// schemathesis tests the tenant against Microsoft's description of Graph: no 5xx, every answer as described, no invalid
// body taken. `EXO365_EXAMPLES` is the number of requests for each of the 403 operations, `EXO365_SEED` their seed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Control } from '../control.mjs';
import { CLIENT_ID, CLIENT_SECRET, scratch, startTenant, TENANT_ID } from '../processes.mjs';
import { codeFlow, signInByForms } from '../microsoft/tenant.mjs';
import { description, skip as undescribed } from '../prism-client.mjs';
import { schemathesisOfGraph, skip } from './run.mjs';

const ADELE = 'adele@contoso.example';
const GRAPH = 'https://graph.microsoft.com';
const SCOPES = [
  'User.Read',
  'User.ReadBasic.All',
  'Mail.ReadWrite',
  'Mail.Send',
  'Calendars.ReadWrite',
  'Calendars.Read.Shared',
  'Contacts.ReadWrite',
  'MailboxSettings.ReadWrite',
  'People.Read',
  'Place.Read.All',
].map((name) => `${GRAPH}/${name}`);
/** Requests for each operation where `EXO365_EXAMPLES` names no number: a minute of them. */
const EXAMPLES = Number(process.env.EXO365_EXAMPLES ?? 3);
const SEED = Number(process.env.EXO365_SEED ?? 3650);
/** With so many requests for each operation a third of the operations has to succeed. */
const OFTEN = 5;
const METHODS = ['get', 'post', 'patch', 'put', 'delete'];
const differences = JSON.parse(
  readFileSync(new URL('../../../crates/tenant/tests/differences.json', import.meta.url), 'utf8'),
);

/** Redeems a code, or asks for a token of the application. */
async function token(tenant, fields, authority = TENANT_ID) {
  const body = new URLSearchParams({ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, ...fields });
  const answer = await fetch(`${tenant.url}/${authority}/oauth2/v2.0/token`, { method: 'POST', body });
  const { access_token: accessToken, error_description: why } = await answer.json();
  assert.ok(accessToken, why);
  return accessToken;
}

async function userToken(tenant) {
  await new Control(tenant.url).consent(ADELE, SCOPES);
  const flow = codeFlow(tenant, 'http://localhost/', { scope: SCOPES.join(' ') });
  const back = await signInByForms(tenant, flow.authorize, ADELE);
  const grant = {
    grant_type: 'authorization_code',
    code: new URL(back).searchParams.get('code'),
    redirect_uri: 'http://localhost/',
    code_verifier: flow.codeVerifier,
  };
  return token(tenant, grant, 'organizations');
}

/** The ids that the seed has, by the names of the path parameters. */
async function ids(tenant, authorization) {
  const list = async (path, name = 'id') => {
    const answer = await fetch(`${tenant.url}/v1.0${path}`, { headers: { authorization } });
    assert.equal(answer.status, 200, path);
    return (await answer.json()).value.map((one) => one[name]);
  };
  const messages = await list('/me/messages?$top=60&$select=id');
  const [withFile] = await list('/me/messages?$top=1&$filter=hasAttachments eq true&$select=id');
  return {
    'message-id': [...messages, withFile],
    'attachment-id': await list(`/me/messages/${withFile}/attachments?$select=id`),
    'mailFolder-id': ['inbox', ...(await list('/me/mailFolders?$top=50'))],
    'mailFolder-id1': await list('/me/mailFolders/inbox/childFolders'),
    'messageRule-id': await list('/me/mailFolders/inbox/messageRules'),
    'event-id': await list('/me/events?$top=30&$select=id'),
    'calendar-id': await list('/me/calendars'),
    'calendarGroup-id': await list('/me/calendarGroups'),
    'calendarPermission-id': await list('/me/calendar/calendarPermissions'),
    'contact-id': await list('/me/contacts?$top=30&$select=id'),
    'contactFolder-id': await list('/me/contactFolders'),
    'outlookCategory-id': await list('/me/outlook/masterCategories'),
    'person-id': await list('/me/people'),
    'profilePhoto-id': ['48x48', '240x240'],
    'place-id': ['harbour@contoso.example'],
    'user-id': [ADELE, 'ben@contoso.example', 'guest@fabrikam.example'],
    'extension-id': ['com.contoso.example.note'],
    User: ['ben@contoso.example'],
    StartDateTime: ['2026-01-01T00:00:00Z'],
    EndDateTime: ['2026-03-01T00:00:00Z'],
    TimeZoneStandard: ['Windows', 'Iana', "microsoft.graph.timeZoneStandard'Iana'"],
  };
}

const queries = {
  startDateTime: ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00'],
  endDateTime: ['2026-03-01T00:00:00Z'],
  changeType: ['created', 'updated', 'deleted'],
};

/** The operations in two halves, each at a tenant of its own, so that neither depends on what the other deleted. */
const HALVES = [
  ['--include-path-regex', '^/me'],
  ['--exclude-path-regex', '^/me'],
];

/** Runs one half; gives the statuses by operation. */
async function held(half) {
  const tenant = await startTenant();
  try {
    const user = await userToken(tenant);
    const setting = {
      user,
      application: await token(tenant, { grant_type: 'client_credentials', scope: `${GRAPH}/.default` }),
      ids: await ids(tenant, `Bearer ${user}`),
      queries,
      differences,
      counts: join(scratch(), 'counts.json'),
    };
    const { code, words } = await schemathesisOfGraph(description, tenant.url, setting, {
      examples: EXAMPLES,
      seed: SEED,
      more: half,
    });
    assert.equal(code, 0, words);
    return Object.entries(JSON.parse(readFileSync(setting.counts, 'utf8')));
  } finally {
    await tenant.end();
  }
}

describe('schemathesis: the tenant', { skip: skip || undescribed }, () => {
  test('schemathesis: every operation of Graph answers as Microsoft describes it', async () => {
    const { paths } = JSON.parse(readFileSync(description, 'utf8'));
    const operations = Object.values(paths).flatMap((path) => METHODS.filter((method) => method in path)).length;
    const halves = await Promise.allSettled(HALVES.map(held));
    // The requests were really processed: each operation was called, and a tenth of the requests succeeded, writes among
    // them. Most made-up ids and bodies lack something. Where each operation was called often, a third of them succeeded.
    const counts = halves.flatMap((half) => {
      if (half.status === 'rejected') throw half.reason;
      return half.value;
    });
    const sum = (entries, counted) =>
      entries
        .flatMap(([, one]) => Object.entries(one))
        .reduce((all, [status, n]) => all + (counted(status) ? n : 0), 0);
    const succeeded = (status) => Number(status) < 300;
    const requests = sum(counts, () => true);
    const successes = sum(counts, succeeded);
    const writes = sum(
      counts.filter(([operation]) => !operation.startsWith('GET ')),
      succeeded,
    );
    const working = counts.filter(([, one]) => Object.keys(one).some(succeeded)).length;
    const found = `${successes} of ${requests} requests succeeded, ${writes} writes; ${working} of ${counts.length} operations`;
    console.log(found);
    assert.equal(counts.length, operations, found);
    assert.ok(successes * 10 > requests, found);
    assert.ok(writes > 0, found);
    assert.ok(EXAMPLES < OFTEN || working * 3 > operations, found);
  });
});
