// How a sign-in that began in one tab ends in another: by a channel of the origin that is named by its `state`.
import type { Api } from '../calls/api.ts';
import type { Address } from './page.ts';

/** How long other tabs have for an answer, in milliseconds. */
const PATIENCE = 1_000;

interface Message {
  /** Of who asks: several tabs may. */
  from?: unknown;
  to?: unknown;
  record?: unknown;
}

/**
 * Asks the tab where the sign-in began for its record. In a window of its own (`address`), that page completes the
 * sign-in: it is told the address, and this window closes.
 */
export function askTabs(channel: BroadcastChannel, address?: Address): Promise<string | undefined> {
  const from = crypto.randomUUID();
  return new Promise((resolve) => {
    const end = (record?: string) => {
      clearTimeout(timer);
      channel.close();
      resolve(record);
    };
    const timer = setTimeout(end, PATIENCE);
    channel.onmessage = ({ data }: { data: Message | null }) => {
      if (data?.to === from && typeof data.record === 'string') end(data.record);
    };
    channel.postMessage(address ? JSON.stringify(address) : { from });
    if (address) close();
  });
}

/** A record whose time begins now. */
const restarted = (record: string): string =>
  JSON.stringify({ ...JSON.parse(record), created: Math.floor(Date.now() / 1000) });

/**
 * Looks after the sign-in of a link, whose record this tab keeps under `name`: its time begins when the page is left,
 * and another tab that asks by the channel gets it, once.
 */
export function offer(_: Api, name: string, Channel: typeof BroadcastChannel): void {
  let channel: BroadcastChannel | undefined;
  const listen = () => {
    channel = new Channel(name);
    channel.onmessage = ({ data }: { data: Message | null }) => {
      if (typeof data?.from !== 'string') return;
      const record = sessionStorage.getItem(name);
      // First it is gone here, then it is given.
      sessionStorage.removeItem(name);
      if (record) channel?.postMessage({ to: data.from, record: restarted(record) });
      end();
    };
  };
  // A page in the back/forward cache is not open, and its channel would keep it out of there.
  const hide = () => {
    channel?.close();
    const record = sessionStorage.getItem(name);
    if (record) sessionStorage.setItem(name, restarted(record));
  };
  const show = ({ persisted }: PageTransitionEvent) => persisted && listen();
  const end = () => {
    channel?.close();
    removeEventListener('pagehide', hide);
    removeEventListener('pageshow', show);
  };
  listen();
  addEventListener('pagehide', hide);
  addEventListener('pageshow', show);
}
