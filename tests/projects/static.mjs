// A plain server of static files that passes `/auth` on to the endpoint: what stands in front of many pages. It sets no
// Content Security Policy, unlike the endpoint.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** Serves `dir` on `port`, each file with `headers`; what begins with `/auth` is answered by `endpoint`, an origin. */
export async function serveStatic(dir, port, endpoint, headers = {}) {
  const server = createServer((incoming, outgoing) => {
    const { pathname } = new URL(incoming.url, 'http://localhost');
    if (pathname.startsWith('/auth')) {
      const { method, url, headers } = incoming;
      const passed = request(endpoint + url, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      });
      passed.on('error', () => outgoing.destroy());
      return incoming.pipe(passed);
    }
    const file = join(dir, normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname));
    if (!existsSync(file) || !statSync(file).isFile()) return outgoing.writeHead(404).end('not found');
    const type = TYPES[extname(file)] ?? 'text/plain';
    return outgoing.writeHead(200, { 'content-type': type, ...headers }).end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(Number(port), () => resolve(undefined)));
  return {
    async end() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
