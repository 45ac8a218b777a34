// Runs schemathesis. `cargo xtask test` installs it and sets the folder of its packages, or an empty name where it
// cannot.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, scratch } from '../processes.mjs';

const packages = process.env.EXO365_SCHEMATHESIS ?? join(root, 'target/schemathesis');
/** Why the tests are skipped, or false. */
export const skip =
  packages && existsSync(join(packages, 'schemathesis'))
    ? false
    : 'skipped: no schemathesis (Python 3.10 or newer with pip)';

export const MARKER = 'zq7-marker-of-this-run';
const dir = scratch();
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'missing_required_header',
  'unsupported_method',
  'own_refusals',
  'no_reflection',
];

/**
 * Runs it over the description at `url`, with the same cases each time; gives `{ code, words }`. `paths` are called in
 * addition to `/proxy/{path}`: a path that is made up for `{path}` never exists in the API.
 */
export async function schemathesis(
  url,
  { origin = '', headers = {}, examples = 40, relays = false, paths = [], more = [] } = {},
) {
  const sent = Object.entries({ ...headers, 'X-Unknown': MARKER }).flatMap(([name, value]) => [
    '--header',
    `${name}: ${value}`,
  ]);
  const child = spawn(
    'python3',
    [
      '-B',
      '-m',
      'schemathesis.cli',
      '--config-file',
      fileURLToPath(new URL('schemathesis.toml', import.meta.url)),
      'run',
      url,
      '--seed',
      '3650',
      '--generation-database',
      'none',
      '--generation-with-security-parameters',
      'false',
      '--phases',
      'examples,coverage,fuzzing',
      '--max-examples',
      String(examples),
      '--workers',
      '1',
      '--checks',
      CHECKS.join(','),
      '--suppress-health-check',
      'all',
      '--warnings',
      'off',
      '--no-color',
      ...sent,
      ...more,
    ],
    {
      cwd: dir,
      env: {
        ...process.env,
        PYTHONPATH: packages,
        SCHEMATHESIS_HOOKS: fileURLToPath(new URL('checks.py', import.meta.url)),
        EXO365_MARKER: MARKER,
        EXO365_ORIGIN: origin,
        EXO365_RELAYS: relays ? '1' : '0',
        EXO365_PATHS: JSON.stringify(paths),
        NO_PROXY: 'localhost',
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
