// A reverse proxy in front of the tenant, on a host of its own: it logs requests, and links in responses name its host.
import { createServer, request } from 'node:http';
import { listen } from './processes.mjs';

const ended = (server) =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });

/**
 * Forwards everything to `target()`. `asked` has the requests; `change(json, request)` may replace the body of a JSON
 * response.
 */
export async function startGateway(name, target) {
  const gateway = {
    asked: [],
    change: (json, _request) => json,
    url: '',
    end: () => ended(server),
  };
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    gateway.asked.push({ method, url, headers });
    const { hostname, port } = new URL(target());
    const call = request(
      {
        hostname,
        port,
        method,
        path: url,
        headers: { ...headers, host: `${hostname}:${port}`, 'accept-encoding': 'identity' },
      },
      async (answer) => {
        const chunks = [];
        for await (const chunk of answer) chunks.push(chunk);
        let body = Buffer.concat(chunks);
        if (/json/.test(answer.headers['content-type'] ?? '')) {
          const renamed = JSON.parse(body.toString().replaceAll(target(), gateway.url));
          body = Buffer.from(JSON.stringify(gateway.change(renamed, { method, url })));
        }
        const { 'content-length': _, 'transfer-encoding': __, ...rest } = answer.headers;
        outgoing
          .writeHead(answer.statusCode, { ...rest, ...(body.length > 0 && { 'content-length': body.length }) })
          .end(body);
      },
    );
    call.on('error', () => outgoing.destroy());
    incoming.pipe(call);
  });
  gateway.url = `http://${name}:${await listen(server)}`;
  return gateway;
}

/** A host that accepts every request of every origin, and logs it. */
export async function startCollector(name) {
  const visits = [];
  const server = createServer(({ method, url, headers }, response) => {
    visits.push({ method, url, headers });
    const { origin = '*', 'access-control-request-headers': wanted = '*' } = headers;
    response
      .writeHead(200, {
        'content-type': 'application/json',
        'access-control-allow-origin': origin,
        'access-control-allow-headers': wanted,
        'access-control-allow-methods': '*',
      })
      .end('{"value":[]}');
  });
  const url = `http://${name}:${await listen(server)}`;
  return { url, visits, end: () => ended(server) };
}
