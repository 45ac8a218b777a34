// For each language of a code block, the parser of its tool.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllRedirects } from '@netlify/redirect-parser';
import { getTransformedRoutes } from '@vercel/routing-utils';
import csp from 'csp_evaluator/dist/evaluator.js';
import cspParser from 'csp_evaluator/dist/parser.js';
import cspFinding from 'csp_evaluator/dist/finding.js';
import { parseFragment } from 'parse5';
import { parse as parseToml, stringify } from 'smol-toml';
import { parseAllDocuments } from 'yaml';
import { read, root } from './documents.mjs';

/** Runs a program; gives its exit code and what it wrote, or null where it is not installed. */
export function run(program, args, options = {}) {
  const { error, status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8', ...options });
  if (/** @type {NodeJS.ErrnoException} */ (error)?.code === 'ENOENT') return null;
  if (error) throw error;
  return { status, output: `${stdout}${stderr}` };
}

/** Calls `use` with a folder that is gone afterwards, also after a promise of it. */
function within(use) {
  const dir = mkdtempSync(join(tmpdir(), 'exo365-documents-'));
  const end = () => rmSync(dir, { recursive: true, force: true });
  let used;
  try {
    used = use(dir);
  } catch (error) {
    end();
    throw error;
  }
  if (used instanceof Promise) return used.finally(end);
  end();
  return used;
}

/** Has a program look at the code, in a file of that name. Where it is not installed, the block is skipped. */
const by = (program, file, args) => (code) =>
  within((dir) => {
    const path = join(dir, file);
    writeFileSync(path, code);
    const done = run(program, args(path), { cwd: dir });
    if (done === null) return `${program} is not installed`;
    assert.equal(done.status, 0, done.output);
    return undefined;
  });

const bash = by('bash', 'block.sh', (path) => ['-n', path]);

/** Shell: read by bash. A file that it writes (`cat > NAME <<'END'`) is read by the parser of that file's language. */
function sh(code) {
  for (const [, name, content] of code.matchAll(/^cat > (\S+) <<'END'\n([\s\S]*?)^END$/gm)) {
    PARSERS[name.split('.').at(-1)]?.(content);
  }
  for (const [, json] of code.matchAll(/\s-d '(\{.*?\})'/g)) JSON.parse(json);
  return bash(code);
}

const endpoint = process.env.EXO365_ENDPOINT_BIN ?? join(root, 'target/debug/exo365-endpoint');
/** How the endpoint ends where its configuration is good, but it has no client secret. */
const NO_SECRET = 3;

/**
 * TOML. Without tables it is a configuration of the endpoint, and the endpoint reads it: together with the required keys
 * of the example file where the block shows a part. It gets no secret, so that it starts nothing.
 */
function toml(code) {
  const keys = parseToml(code);
  if (Object.values(keys).some((value) => typeof value === 'object' && !Array.isArray(value))) return;
  const example = parseToml(read('crates/endpoint/deploy/endpoint.toml'));
  const whole = { ...('client_id' in keys ? {} : example), ...keys };
  const command = 'origins' in whole || 'cross_origins' in whole ? [] : ['app-token'];
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('EXO365_'));
  within((dir) => {
    mkdirSync(join(dir, 'page'));
    writeFileSync(join(dir, 'endpoint.toml'), stringify(whole));
    const done = run(endpoint, [...command, '--config', 'endpoint.toml'], {
      cwd: dir,
      env: Object.fromEntries(inherited),
    });
    assert.ok(done, `${endpoint} is not built: run cargo xtask test --only documents`);
    assert.equal(done.status, NO_SECRET, done.output);
  });
}

function html(code) {
  const errors = [];
  parseFragment(code, { sourceCodeLocationInfo: true, onParseError: (error) => errors.push(error) });
  assert.deepEqual(
    errors.map(({ code, startLine }) => `line ${startLine}: ${code}`),
    [],
  );
}

/** A Content Security Policy: Google's evaluator knows the directives and finds what is unsafe. */
function policy(code) {
  const parsed = new cspParser.CspParser(code.replaceAll('\n', ' ')).csp;
  const serious = [cspFinding.Severity.HIGH, cspFinding.Severity.SYNTAX];
  assert.deepEqual(
    new csp.CspEvaluator(parsed).evaluate().filter(({ severity }) => serious.includes(severity)),
    [],
  );
}

function yaml(code) {
  assert.deepEqual(
    parseAllDocuments(code).flatMap(({ errors }) => errors.map(({ message }) => message)),
    [],
  );
}

/** nginx creates these folders when it reads its configuration: in the folder of the block, and not in the system's. */
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${of};`).join(' ');

/** `nginx -t` over the part that is shown, in a server block where it needs one. It listens on a socket there. */
function nginx(code) {
  const server = /^\s*(?:server|upstream|http)\b/.test(code) ? code : `server { listen unix:nginx.sock; ${code} }`;
  const http = /^\s*http\b/.test(code) ? code : `http { access_log off; ${TEMPORARY} ${server} }`;
  return by('nginx', 'nginx.conf', (path) => ['-t', '-q', '-e', 'stderr', '-p', join(path, '..'), '-c', path])(
    `pid nginx.pid; events {}\n${http}`,
  );
}

const PYTHON = 'import ast, sys; ast.parse(open(sys.argv[1]).read())';
const dockerfile = by('hadolint', 'Containerfile', (path) => ['--failure-threshold', 'error', path]);
const verify = by('systemd-analyze', 'block.service', (path) => ['verify', '--recursive-errors=no', path]);

/** A systemd unit. Its program need not be installed here. */
function unit(code) {
  return verify(code.replaceAll(/^(Exec\w+=[-@:+!]*)\/\S+/gm, '$1/bin/true'));
}

/**
 * A parser throws where the code is broken, and gives a sentence where its tool is not installed. TypeScript reads the
 * languages that are not here (`SAMPLES`), all their blocks together.
 *
 * @type {Record<string, (code: string) => string | undefined | void>}
 */
export const PARSERS = {
  caddyfile: by('caddy', 'Caddyfile', (path) => ['validate', '--adapter', 'caddyfile', '--config', path]),
  csp: policy,
  dockerfile,
  html,
  json: (code) => void JSON.parse(code),
  nginx,
  python: by('python3', 'block.py', (path) => ['-c', PYTHON, path]),
  sh,
  systemd: unit,
  // A drawing, or the output of a program.
  text: () => undefined,
  toml,
  yaml,
};

/** Settings of Azure Static Web Apps: its names, and a policy that holds. */
function staticWebApp(code) {
  const known = [
    'auth',
    'forwardingGateway',
    'globalHeaders',
    'mimeTypes',
    'navigationFallback',
    'networking',
    'platform',
  ];
  const settings = JSON.parse(code);
  for (const name of Object.keys(settings)) {
    assert.ok([...known, 'responseOverrides', 'routes', 'trailingSlash'].includes(name), name);
  }
  policy(settings.globalHeaders['content-security-policy']);
}

/** Settings of Vercel: its own routes are made of them. */
function vercel(code) {
  const { routes, error } = getTransformedRoutes(JSON.parse(code));
  assert.equal(error, null, error?.message);
  assert.ok(
    routes?.some(({ dest }) => dest?.startsWith('https://')),
    'a route leads to another host',
  );
}

/** Settings of Netlify: its own redirects are read from them. */
const netlify = (code) =>
  within(async (dir) => {
    const file = join(dir, 'netlify.toml');
    writeFileSync(file, code);
    const { redirects, errors } = await parseAllRedirects({
      netlifyConfigPath: file,
      redirectsFiles: [],
      configRedirects: [],
      minimal: true,
    });
    assert.deepEqual(errors, []);
    assert.ok(redirects.length > 0 && redirects.every(({ status }) => status === 200), 'rewrites, and no redirects');
  });

/**
 * Files that have a parser of their own, by the name behind the fence.
 *
 * @type {Record<string, (code: string) => void | Promise<void>>}
 */
export const FILES = {
  'netlify.toml': netlify,
  'staticwebapp.config.json': staticWebApp,
  'vercel.json': vercel,
};

/** The languages that TypeScript compiles, all samples of a project together, and those of components. */
export const SAMPLES = ['js', 'ts', 'tsx', 'svelte', 'vue'];
