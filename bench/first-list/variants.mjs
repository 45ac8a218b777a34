// The pages whose first list is measured.
import { join } from 'node:path';

/**
 * @typedef {object} Variant
 * @property {string} title As the results name it.
 * @property {string} app The app of `apps/` that it loads.
 * @property {'cookie' | 'msal' | 'ended' | 'oidc' | 'bare'} session Where its session is.
 * @property {string} [head] Further lines of the page's head.
 * @property {string} [link] The page's header `Link`, as the endpoint writes it for a page that it serves.
 * @property {string} [script] A file of the package that the page loads as well.
 */

/** What the browser may begin with before it has read the page, as the endpoint writes it for a page that it serves. */
const LINK = [
  '</exo365.start.js>; rel=preload; as=script',
  '<https://graph.microsoft.com>; rel=preconnect; crossorigin',
].join(', ');
const LIST = JSON.stringify([['messages', [], { select: ['subject'], top: 10 }]]);
const START = '<script src="/exo365.start.js" data-endpoint="/auth"';

/** The script for the page's head. */
const script = join('dist', 'exo365.start.js');

/** @type {Record<string, Variant>} */
export const VARIANTS = {
  msal: { title: 'MSAL.js + Graph client, best hour', app: 'msal', session: 'msal' },
  ended: { title: 'MSAL.js + Graph client, token ended', app: 'msal', session: 'ended' },
  oidc: { title: 'oidc-client-ts + Graph client', app: 'oidc', session: 'oidc' },
  bare: { title: 'bare fetch, token in storage', app: 'bare', session: 'bare' },
  exo365: { title: 'exo365', app: 'exo365', session: 'cookie' },
  preload: { title: 'exo365, preload', app: 'exo365-preload', session: 'cookie' },
  start: {
    title: 'exo365, exo365/start in the head',
    app: 'exo365',
    session: 'cookie',
    head: `${START}></script>`,
    link: LINK,
    script,
  },
  both: {
    title: 'exo365, exo365/start and preload',
    app: 'exo365',
    session: 'cookie',
    head: `${START} data-preload='${LIST}'></script>`,
    link: LINK,
    script,
  },
  handSession: {
    title: 'by hand: session and preconnect',
    app: 'by-hand-session',
    session: 'cookie',
    head: '<link rel="preconnect" href="https://graph.microsoft.com" crossorigin>',
  },
  handPreload: { title: 'by hand: preload', app: 'by-hand-preload', session: 'cookie' },
};
