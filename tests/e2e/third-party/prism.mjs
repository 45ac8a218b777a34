// Prism, a mock server that validates each request against Microsoft's OpenAPI description, behind a reverse proxy that
// notes its results.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import { fileURLToPath } from 'node:url';
import { freePort, listen } from '../processes.mjs';

const CLI = fileURLToPath(new URL('./node_modules/@stoplight/prism-cli/dist/index.js', import.meta.url));

/** Starts both. `calls` has every call with its status and the violations that Prism found in the request. */
export async function startPrism(description) {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [CLI, 'mock', '--errors', '--host', '127.0.0.1', '--port', String(port), description],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const stop = () => child.kill();
  process.once('exit', stop);
  await listening(child);

  const calls = [];
  const proxy = createServer((incoming, outgoing) => forward(port, incoming, outgoing, calls));
  return {
    origin: `http://localhost:${await listen(proxy)}`,
    calls,
    async end() {
      proxy.close();
      proxy.closeAllConnections();
      process.off('exit', stop);
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

/** @returns {Promise<void>} Prism is listening. */
function listening(child) {
  return new Promise((resolve, reject) => {
    let words = '';
    child.once('exit', () => reject(new Error(`prism ended:\n${words}`)));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        words += data;
        if (words.includes('is listening on')) resolve();
      });
    }
  });
}

/**
 * The mock's findings about a call: the violations of the request, and whether the response that it made up is invalid
 * itself (it cuts recursive types at some depth).
 */
function violationsOf(header) {
  // Long lists come after a sentence, and may be cut.
  const list = header.slice(header.indexOf('['));
  try {
    const all = JSON.parse(list);
    const of = (side) => all.filter(({ location }) => location[0] === side);
    return { inRequest: of('request'), inResponse: of('response').length > 0 };
  } catch {
    return {
      inRequest: list.match(/\{"location":\["request"[^}]*/g) ?? [],
      inResponse: list.includes('"location":["response"'),
    };
  }
}

/**
 * Forwards a call; the description's paths have no `/v1.0`. Made-up next links are removed, as they are not valid URLs.
 */
function forward(port, incoming, outgoing, calls) {
  const path = incoming.url.replace(/^\/v1\.0(?=\/)/, '');
  const inner = send(
    {
      host: '127.0.0.1',
      port,
      path,
      method: incoming.method,
      headers: { ...incoming.headers, host: `127.0.0.1:${port}` },
    },
    async (answer) => {
      const chunks = [];
      for await (const chunk of answer) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      const { inRequest, inResponse } = violationsOf(answer.headers['sl-violations'] ?? '[]');
      calls.push({
        method: incoming.method,
        path,
        status: answer.statusCode,
        violations: inRequest,
        invalidResponse: inResponse && inRequest.length === 0,
        body: text,
      });
      const { 'content-length': _, 'transfer-encoding': __, ...headers } = answer.headers;
      outgoing.writeHead(answer.statusCode, headers);
      outgoing.end(text.replace(/"@odata\.nextLink":"string"/, '"@odata.nextLink":null'));
    },
  );
  incoming.pipe(inner);
}
