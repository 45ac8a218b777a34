// A worker at the edge: it compiles nothing itself, and gets the module compiled.
import { createClient } from 'exo365';
import wasm from 'exo365/exo365_bg.wasm';

export default {
  async fetch(_request, { TOKEN: token, API: api }) {
    const client = await createClient({
      getToken: async () => ({ token, expiresIn: 3600, scopes: [] }),
      cloud: { login: api, api },
      allowInsecureLoopback: true,
      wasm,
    });
    const { subject } = await client.mail.messages.create({ subject: 'Draft of an edge' });
    const { items } = await client.mail.messages.list({ select: ['subject'], top: 5 });
    return Response.json({ subject, count: items.length });
  },
};
