// The page with MSAL.js, bundled by esbuild and served from an origin of its own.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CLIENT_ID, TENANT_ID, root, scratch } from '../processes.mjs';

// The bundler of the package's build is used here, too.
const { build } = createRequire(join(root, 'crates/xtask/node/package.json'))('esbuild');
const source = new URL('./page/', import.meta.url);
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8' };

/** Serves the page on `port`, for the tenant at `tenant` (an origin). */
export async function servePage(port, tenant) {
  const out = scratch();
  await build({
    entryPoints: ['app', 'bridge'].map((name) => new URL(`${name}.js`, source).pathname),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    outdir: out,
    define: {
      TENANT: JSON.stringify(tenant),
      CLIENT_ID: JSON.stringify(CLIENT_ID),
      TENANT_ID: JSON.stringify(TENANT_ID),
    },
    logLevel: 'warning',
  });
  const files = {
    '/app.html': readFileSync(new URL('app.html', source)),
    '/bridge.html': readFileSync(new URL('bridge.html', source)),
    '/app.js': readFileSync(join(out, 'app.js')),
    '/bridge.js': readFileSync(join(out, 'bridge.js')),
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const file = files[pathname];
    response.writeHead(file ? 200 : 404, {
      'content-type': TYPES[pathname.split('.').pop()] ?? 'text/plain',
      'cache-control': 'no-store',
    });
    response.end(file);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    end() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
