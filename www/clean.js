// Cleans HTML that a stranger wrote: DOMPurify removes what could run, submit, load or navigate.
import DOMPurify from './vendor/dompurify/index.js';

/** Besides what DOMPurify removes by itself: controls, media, and what takes part in the page around. */
const FORBIDDEN = [
  ...['form', 'input', 'button', 'select', 'option', 'optgroup', 'textarea', 'fieldset', 'legend', 'label', 'output'],
  ...[
    'audio',
    'video',
    'source',
    'track',
    'picture',
    'map',
    'area',
    'dialog',
    'details',
    'summary',
    'slot',
    'template',
  ],
  ...['style', 'meter', 'progress', 'datalist', 'menu', 'nav', 'main'],
];
const CONFIG = {
  USE_PROFILES: { html: true }, // neither SVG nor MathML
  FORBID_TAGS: FORBIDDEN,
  FORBID_ATTR: [
    'id',
    'name',
    'tabindex',
    'srcset',
    'sizes',
    'usemap',
    'ping',
    'popover',
    'role',
    'autofocus',
    'accesskey',
  ],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ADD_ATTR: ['data-style', 'background'],
  ADD_URI_SAFE_ATTR: ['data-style'], // its text is no address
  WHOLE_DOCUMENT: true, // mail sets its colours at `body`
  RETURN_DOM: true,
};
const REMOTE = /^(https?:)?\/\//i;
const URLS = /(?:url|image-set|image|cross-fade|src)\s*\((?:"[^"]*"|'[^']*'|[^)"'])*\)?/gi;

/**
 * Sets style sheets aside and renames styles, event handlers and `base`. This is no protection, DOMPurify is: the
 * page's CSP also applies to a parsed document, and would report each of them on the console.
 */
function quiet(html) {
  const sheets = [];
  const text = html
    .replace(/<style\b[^>]*>([\s\S]*?)<\/style\s*>/gi, (_, sheet) => {
      sheets.push(sheet.replace(/<!--|-->/g, ''));
      return '';
    })
    .replace(/<(\/?)base\b/gi, '<$1x-base')
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/([\s"'/])(style|on[a-z]+)(?=\s*=)/gi, '$1data-$2'));
  return { text, sheets };
}

/** A style without pictures from other servers, and without parts that stay in place while the rest is scrolled. */
const styleOf = (css, remote) =>
  (remote ? css : css.replace(URLS, 'none')).replace(/position\s*:\s*(fixed|sticky)/gi, 'position:static');

/**
 * The cleaned message.
 *
 * @param {string} html
 * @param {{ pictures?: Map<string, string>, remote?: boolean }} [options] `pictures`: data URLs by content id.
 *   `remote`: pictures of other servers stay.
 * @returns `body`, an element; `sheets`, the texts of the style sheets; `blocked`, how many pictures were left out;
 *   `coloured`, whether the message sets colours of its own.
 */
export function clean(html, { pictures = new Map(), remote = false } = {}) {
  const { text, sheets } = quiet(html);
  /** @type {HTMLElement} */
  const body = DOMPurify.sanitize(text, CONFIG).querySelector('body') ?? document.createElement('body');
  const elements = [body, .../** @type {NodeListOf<HTMLElement>} */ (body.querySelectorAll('*'))];
  const coloured =
    sheets.some((sheet) => /color|background/i.test(sheet)) ||
    elements.some((one) => one.hasAttribute('bgcolor') || /color|background/i.test(one.dataset.style ?? ''));
  let blocked = 0;
  const refuse = (element, name) => {
    blocked += 1;
    element.removeAttribute(name);
  };
  for (const element of elements) {
    const { style } = element.dataset;
    if (style && !remote && REMOTE.test(/url\s*\(\s*["']?\s*([^"')]*)/i.exec(style)?.[1] ?? '')) blocked += 1;
    if (style) element.dataset.style = styleOf(style, remote);
    if (element.hasAttribute('background') && !remote) refuse(element, 'background');
    if (element.matches('a')) link(element);
    if (!element.matches('img')) continue;
    const src = element.getAttribute('src')?.trim() ?? '';
    const own = /^data:image\//i.test(src) ? src : pictures.get(/^cid:(.+)/i.exec(src)?.[1]);
    if (own) element.setAttribute('src', own);
    else if (!REMOTE.test(src)) element.removeAttribute('src');
    else if (!remote) refuse(element, 'src');
  }
  return { body, sheets: sheets.map((sheet) => styleOf(sheet, remote)), blocked, coloured };
}

/** A link opens a new tab, which learns nothing of this one. Only links of web, mail and telephone lead anywhere. */
function link(element) {
  if (!/^(https?|mailto|tel):/i.test(element.getAttribute('href')?.trim() ?? ''))
    return element.removeAttribute('href');
  element.setAttribute('target', '_blank');
  return element.setAttribute('rel', 'noopener noreferrer');
}

/** The content ids of the pictures in the HTML. */
export const contentIds = (html) => [...html.matchAll(/\bcid:([^"'\s>)]+)/gi)].map(([, id]) => id);

/** The HTML as plain text, line by line: for quoting. */
export function textOf(html) {
  const lines = html.replace(/<(br|\/p|\/div|\/tr|\/li|\/h[1-6])\b/gi, '\n<$1');
  return clean(lines)
    .body.textContent.replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
