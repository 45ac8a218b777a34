// The body of a message, which is a stranger's HTML. Three walls, each of which would do:
//   1. what could run, load or navigate is taken out before the browser shows anything;
//   2. the frame has a sandbox without `allow-scripts` and `allow-forms`;
//   3. the frame's own CSP lets nothing be loaded but pictures that are already here.
// `allow-same-origin` is safe as no script runs in the frame; it lets this page measure the height and set styles
// through the CSSOM, because the page's CSP, which the frame inherits, forbids style attributes.
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

/** Text in an element of its own; HTML in the frame. `pictures` is a map of content ids to data URLs. */
export function bodyOf(message, pictures = new Map()) {
  if (!message.html) return h('pre.body-text', {}, message.body);
  const { content, blocked, coloured } = cleaned(message.body, pictures);
  return h(
    'div.body-html',
    {},
    blocked > 0 &&
      h(
        'p.hint',
        {},
        `Not loaded, as that would tell the sender that you read this: pictures from other servers (${blocked}).`,
      ),
    frame(content, coloured),
  );
}

/** Content ids that the HTML shows pictures of. */
export const contentIds = (html) => [...html.matchAll(/\bcid:([^"'\s>)]+)/gi)].map(([, id]) => id);

/**
 * Styles and handlers under other names. No wall, only manners: the page's CSP holds for a parsed document, too, and would
 * fill the console with what it refuses there.
 */
const quiet = (html) =>
  html
    .replace(/<(\/?)style\b/gi, '<$1template')
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/([\s"'/])(style|on[a-z]+)(?=\s*=)/gi, '$1data-$2'));

function cleaned(html, pictures) {
  // A document of DOMParser is inert: it runs nothing and loads nothing.
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
  // Mail that sets colours was made for white paper; the rest follows the theme of the page.
  reader.srcdoc = `<!doctype html><html class="${coloured ? 'paper' : 'themed'}"><head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${CSP}"><link rel="stylesheet" href="./css/reader.css">
    </head><body>${content}</body></html>`;
  reader.addEventListener('load', () => {
    const inner = reader.contentDocument;
    for (const element of inner.querySelectorAll('[data-style]')) {
      // Without addresses: a background picture is a remote picture, too.
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
