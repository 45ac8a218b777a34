// Runs schemathesis. `cargo xtask test` installs it and sets the folder of its packages, or an empty name where it
// cannot.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, scratch } from '../processes.mjs';

const packages = process.env.EXO365_SCHEMATHESIS ?? join(root, 'target/schemathesis/site-packages');
/** Why the tests are skipped, or false. */
export const skip =
  packages && existsSync(join(packages, 'schemathesis'))
    ? false
    : 'skipped: no schemathesis (Python 3.10 or newer with pip)';

const MARKER = 'zq7-marker-of-this-run';
const dir = scratch();
/** What every server is held to. */
const COMMON = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];
const ENDPOINT = [
  ...COMMON,
  'negative_data_rejection',
  'missing_required_header',
  'unsupported_method',
  'own_refusals',
  'no_reflection',
];

/**
 * Runs it over the description that the endpoint serves at `url`, with the same cases each time; gives
 * `{ code, words }`. `paths` are called in addition to `/proxy/{path}`: a path that is made up for `{path}` never exists
 * in the API.
 */
export function schemathesis(
  url,
  { origin = '', headers = {}, examples = 40, relays = false, paths = [], more = [] } = {},
) {
  const sent = Object.entries({ ...headers, 'X-Unknown': MARKER }).flatMap(([name, value]) => [
    '--header',
    `${name}: ${value}`,
  ]);
  return run(url, 'checks.py', {
    checks: ENDPOINT,
    phases: 'examples,coverage,fuzzing',
    examples,
    more: [...sent, ...more],
    env: {
      EXO365_MARKER: MARKER,
      EXO365_ORIGIN: origin,
      EXO365_RELAYS: relays ? '1' : '0',
      EXO365_PATHS: JSON.stringify(paths),
    },
  });
}

/**
 * Runs it over a description of Graph in a file, against the tenant at `url`. `setting` is what the hooks of
 * `tenant.py` read; `seed` decides the cases.
 */
export const schemathesisOfGraph = (file, url, setting, { examples, seed = 3650, more = [] }) =>
  run(file, 'tenant.py', {
    checks: [...COMMON, 'described_types', 'invalid_bodies_are_refused'],
    phases: 'fuzzing',
    examples,
    seed,
    more: ['--url', `${url}/v1.0`, '--continue-on-failure', ...more],
    env: { EXO365_TENANT_SETTING: JSON.stringify(setting) },
  });

async function run(location, hooks, { checks, phases, examples, seed = 3650, more, env }) {
  const child = spawn(
    'python3',
    [
      '-B',
      '-m',
      'schemathesis.cli',
      '--config-file',
      fileURLToPath(new URL('schemathesis.toml', import.meta.url)),
      'run',
      location,
      '--seed',
      String(seed),
      '--generation-database',
      'none',
      '--generation-with-security-parameters',
      'false',
      '--phases',
      phases,
      '--max-examples',
      String(examples),
      '--workers',
      '1',
      '--checks',
      checks.join(','),
      '--suppress-health-check',
      'all',
      '--warnings',
      'off',
      '--no-color',
      ...more,
    ],
    {
      cwd: dir,
      env: {
        ...process.env,
        PYTHONPATH: packages,
        // Tables of Unicode, made once for all runs.
        HYPOTHESIS_STORAGE_DIRECTORY: join(root, 'target/schemathesis/hypothesis'),
        SCHEMATHESIS_HOOKS: fileURLToPath(new URL(hooks, import.meta.url)),
        NO_PROXY: 'localhost',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const stop = () => child.kill();
  process.once('exit', stop);
  let words = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (words += text));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  process.off('exit', stop);
  return { code, words };
}
