// The body of a message is HTML that a stranger wrote. Three protections, each sufficient on its own:
//   1. everything that could run, load or navigate is removed before the browser shows anything;
//   2. the frame has a sandbox without `allow-scripts` and `allow-forms`;
//   3. the frame's own CSP allows only pictures that are already in the page.
// `allow-same-origin` is safe because no script runs in the frame. This page needs it to measure the height and to set
// styles through the CSSOM: the frame inherits the page's CSP, which forbids style attributes.
import { h } from './dom.js';

const CSP = "default-src 'none'; img-src data: blob:; style-src 'self'";
const SANDBOX = 'allow-same-origin allow-popups allow-popups-to-escape-sandbox';
const OUT = `script, style, link, meta, base, title, template, noscript, iframe, frame, frameset, object, embed, applet,
  form, input, button, select, textarea, svg, math, audio, video, source`;
const KEPT = new Set([
  'alt',
  'title',
  'width',
  'height',
  'align',
  'valign',
  'bgcolor',
  'color',
  'face',
  'size',
  'border',
  'cellpadding',
  'cellspacing',
  'colspan',
  'rowspan',
  'dir',
  'lang',
  'start',
  'type',
  'data-style',
]);

/** The body as an element: plain text in a `pre`, HTML in the frame. `pictures` maps content ids to data URLs. */
export function bodyOf(message, pictures = new Map()) {
  if (!message.html) return h('pre.body-text', message.body);
  const { content, blocked, coloured } = cleaned(message.body, pictures);
  return h(
    'div.body-html',
    blocked > 0 &&
      h(
        'p.hint',
        `Pictures from other servers are blocked (${blocked}): `,
        'loading them would tell the sender that you read this message.',
      ),
    frame(content, coloured),
  );
}

/** The content ids of the pictures in the HTML. */
export const contentIds = (html) => [...html.matchAll(/\bcid:([^"'\s>)]+)/gi)].map(([, id]) => id);

/**
 * Renames styles and event handlers. This is no protection, it only keeps the console quiet: the page's CSP also
 * applies to a parsed document and would report each of them.
 */
const quiet = (html) =>
  html
    .replace(/<(\/?)style\b/gi, '<$1template')
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/([\s"'/])(style|on[a-z]+)(?=\s*=)/gi, '$1data-$2'));

function cleaned(html, pictures) {
  // A document of DOMParser runs no scripts and loads nothing.
  const page = new DOMParser().parseFromString(quiet(html), 'text/html');
  const coloured = page.querySelector('[bgcolor], [data-style*="color"], [data-style*="background"]') !== null;
  for (const element of page.querySelectorAll(OUT)) element.remove();
  let blocked = 0;
  for (const element of page.body.querySelectorAll('*')) {
    const [src, href] = [element.getAttribute('src'), element.getAttribute('href')];
    for (const { name } of [...element.attributes]) if (!KEPT.has(name)) element.removeAttribute(name);
    if (element.matches('a') && /^(https?|mailto|tel):/i.test(href?.trim() ?? '')) {
      for (const [name, value] of [
        ['href', href],
        ['target', '_blank'],
        ['rel', 'noopener noreferrer'],
      ])
        element.setAttribute(name, value);
    }
    if (!element.matches('img')) continue;
    const own = /^data:image\//i.test(src ?? '') ? src : pictures.get(/^cid:(.+)/i.exec(src ?? '')?.[1]);
    if (own) element.setAttribute('src', own);
    else if (/^(https?:)?\/\//i.test(src ?? '')) blocked += 1;
  }
  return { content: page.body.innerHTML, blocked, coloured };
}

/** The HTML as plain text, line by line: for quoting. */
export function textOf(html) {
  const page = new DOMParser().parseFromString(
    quiet(html).replace(/<(br|\/p|\/div|\/tr|\/li)\b/gi, '\n<$1'),
    'text/html',
  );
  for (const element of page.querySelectorAll(OUT)) element.remove();
  return page.body.textContent.replace(/\n\s*\n\s*\n+/g, '\n\n').trim();
}

function frame(content, coloured) {
  const reader = h('iframe.body-frame', { title: 'Message text', sandbox: SANDBOX, referrerpolicy: 'no-referrer' });
  if (coloured) reader.classList.add('paper');
  // Mail that sets colours expects a white background; other mail follows the theme of the page.
  reader.srcdoc = `<!doctype html><html class="${coloured ? 'paper' : 'themed'}"><head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${CSP}"><link rel="stylesheet" href="./css/reader.css">
    </head><body>${content}</body></html>`;
  reader.addEventListener('load', () => {
    const inner = reader.contentDocument;
    for (const element of inner.querySelectorAll('[data-style]')) {
      // Without URLs: a background picture would be loaded from another server, too.
      element.style.cssText = element.dataset.style
        .replace(/url\s*\([^)]*\)?/gi, 'none')
        .replace(/position\s*:\s*(fixed|sticky)/gi, '');
    }
    const fit = () => {
      reader.style.height = `${inner.documentElement.offsetHeight}px`;
    };
    fit();
    new ResizeObserver(fit).observe(inner.body);
  });
  return reader;
}
