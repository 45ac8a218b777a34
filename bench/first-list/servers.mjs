// The servers of the measured pages, all HTTP/2 over TLS: the page's own with the endpoint behind it, and Microsoft's,
// which the tenant plays. And the way of the endpoint to the API.
import { createServer, request } from 'node:http';
import { createSecureServer } from 'node:http2';
import { connect } from 'node:net';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { listen } from '../../tests/e2e/processes.mjs';

const TYPES = { js: 'text/javascript', wasm: 'application/wasm', html: 'text/html; charset=utf-8' };
/** Headers of HTTP/1.1 that HTTP/2 does not have (RFC 9113 §8.2.2). */
const HOPS = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'http2-settings'];

/** `modulepreload` links for the chunks that the script imports, as bundlers write them. */
const chunks = (names) =>
  names
    .filter((name) => name.endsWith('.js') && name !== 'app.js')
    .map((name) => `<link rel="modulepreload" href="/${name}">`);

/** The page. `shown` is the time at which the list appears, in milliseconds from the navigation's start. */
const html = (names, head) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Inbox</title>
<link rel="icon" href="data:,">
${[head, ...chunks(names)].filter(Boolean).join('\n')}
<script type="module" src="/app.js"></script>
<p id="state">loading</p>
<button id="signin">Sign in</button>
<ul id="inbox"></ul>
<script>new MutationObserver(() => { globalThis.shown = performance.now(); }).observe(document.querySelector('#inbox'), { childList: true });</script>
</html>`;

/** Forwards a request of a browser, whichever version of HTTP it has, to a server of this machine. */
function pass(port, incoming, outgoing) {
  const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !name.startsWith(':')));
  headers.host ??= incoming.authority;
  const { method, url: path } = incoming;
  const call = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
    const kept = Object.entries(answer.headers).filter(([name]) => !HOPS.includes(name));
    outgoing.writeHead(answer.statusCode, Object.fromEntries(kept));
    answer.pipe(outgoing);
  });
  call.on('error', () => outgoing.stream?.destroy() ?? outgoing.destroy());
  incoming.pipe(call);
}

/** A server and the connections that it has, over TLS. */
async function secure(tls, handler) {
  const open = new Set();
  const server = createSecureServer({ ...tls, allowHTTP1: true }, handler);
  server.on('secureConnection', (socket) => {
    socket.setNoDelay(true);
    open.add(socket);
    socket.once('close', () => open.delete(socket)).on('error', () => {});
  });
  const end = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return { port: await listen(server), end };
}

/**
 * Serves the app's files, compressed by brotli at quality 11 and cached by the browser, except for the page itself;
 * `/auth` is the endpoint.
 *
 * @param {import('node:tls').SecureContextOptions} tls
 * @param {{ dir: string, first: string[] }} bundle
 * @param {{ head?: string, link?: string, script?: string }} variant
 * @param {string} exo365 The folder of the package.
 * @param {() => { port: number }} endpoint
 */
export async function serveApp(tls, { dir, first }, { head, link, script }, exo365, endpoint) {
  const compressed = (data) => brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  const names = first.map((file) => relative(dir, file));
  // Also the parts that a page loads later.
  const all = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(?:js|wasm)$/.test(name));
  const files = new Map(all.map((name) => [`/${name}`, compressed(readFileSync(join(dir, name)))]));
  if (script) files.set('/exo365.start.js', compressed(readFileSync(join(exo365, script))));
  files.set('/', compressed(html(names, head)));
  let cookie = '';
  const server = await secure(tls, (incoming, outgoing) => {
    const { pathname } = new URL(incoming.url, 'https://localhost');
    if (pathname.startsWith('/auth/')) return pass(endpoint().port, incoming, outgoing);
    // An empty page of this origin. It sets the session's cookie, which scripts cannot (`HttpOnly`).
    if (pathname === '/empty')
      return outgoing.writeHead(200, { 'content-type': TYPES.html, ...(cookie && { 'set-cookie': cookie }) }).end();
    const file = files.get(pathname);
    if (!file) return outgoing.writeHead(404).end();
    const page = pathname === '/';
    const headers = {
      'content-type': TYPES[page ? 'html' : pathname.split('.').pop()],
      'content-encoding': 'br',
      'content-length': file.length,
      ...(page && link && { link }),
    };
    return outgoing
      .writeHead(200, { ...headers, 'cache-control': page ? 'no-cache' : 'public, max-age=31536000, immutable' })
      .end(file);
  });
  return {
    ...server,
    /** The cookie that `/empty` sets. */
    setCookie(value) {
      cookie = value;
    },
  };
}

/** Serves Graph and the sign-in service, by the tenant. A call takes `wait` milliseconds, a preflight takes none. */
export const serveMicrosoft = (tls, tenant, wait) =>
  secure(tls, (incoming, outgoing) => {
    if (incoming.method === 'OPTIONS') return pass(tenant.port, incoming, outgoing);
    setTimeout(() => pass(tenant.port, incoming, outgoing), wait);
  });

/** The proxy by which the endpoint goes out (`HTTPS_PROXY`): every host is the one behind the port `target()`. */
export async function startWayOut(target) {
  const open = new Set();
  const server = createServer().on('connect', (_, near) => {
    const far = connect({ port: target(), host: '127.0.0.1', noDelay: true }, () => {
      near.write('HTTP/1.1 200 OK\r\n\r\n');
      near.pipe(far).pipe(near);
    });
    for (const socket of [near, far]) {
      open.add(socket);
      socket
        .once('close', () => open.delete(socket))
        .on('error', () => {
          near.destroy();
          far.destroy();
        });
    }
  });
  const end = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return { url: `http://127.0.0.1:${await listen(server)}`, end };
}
