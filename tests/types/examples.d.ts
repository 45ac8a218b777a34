// What the examples in the comments, and the samples of the documents, start from: a page's client, and the exports.
import type * as exo365 from 'exo365';
import type { Message } from '@microsoft/microsoft-graph-types';

declare global {
  const client: exo365.Client;
  const createClient: typeof exo365.createClient;
  const filter: typeof exo365.filter;
  const Exo365Error: typeof exo365.Exo365Error;

  // What a reader has already.
  const bar: HTMLProgressElement;
  const controller: AbortController;
  const eventId: string;
  const file: File;
  const ids: string[];
  const saved: { token: string; items: Map<string, Partial<Message>> };
  const token: string;
  function show(message: exo365.Selected<Message, 'graph', 'subject' | 'from'>): void;
}
