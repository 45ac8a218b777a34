// The body of a message is HTML that a stranger wrote. Three protections, each sufficient on its own:
//   1. DOMPurify removes what could run, submit, load or navigate (clean.js);
//   2. the frame has a sandbox without `allow-scripts` and `allow-forms`;
//   3. the frame's own CSP allows pictures only: those that are in the page already, and after "Load pictures" those of
//      other servers.
// `allow-same-origin` is safe because no script runs in the frame. This page needs it to measure the height and to set
// styles through the CSSOM, as the policies of page and frame forbid style attributes and `style` elements. The style
// sheet of the frame comes the same way: browsers differ in what `style-src 'self'` means in a frame without address.
import { clean } from './clean.js';
import { h, icon } from './dom.js';

const SANDBOX = 'allow-same-origin allow-popups allow-popups-to-escape-sandbox';
const cspFor = (remote) => `default-src 'none'; img-src data: blob:${remote ? ' https: http:' : ''}`;
const READER = fetch('./css/reader.css').then(
  (response) => response.text(),
  () => '', // without it the text is plainer
);

/** The body as an element: plain text in a `pre`, HTML in the frame. `pictures` are data URLs by content ids. */
export function bodyOf(message, pictures = new Map()) {
  if (!message.html) return h('pre.body-text', message.body);
  const node = h('div.body-html');
  const show = (remote) => {
    const cleaned = clean(message.body, { pictures, remote });
    const hint = h('p.hint.pictures', { role: 'status' });
    if (cleaned.blocked > 0)
      hint.append(
        icon('shield'),
        h('span', 'Pictures from other servers are not loaded: the sender would learn that you read this message.'),
        h('button', { type: 'button', onclick: () => show(true) }, 'Load pictures'),
      );
    const refused = () => hint.replaceChildren(h('span', 'This site does not allow pictures from other servers.'));
    node.replaceChildren(hint, frame(cleaned, { remote, refused }));
  };
  show(false);
  return node;
}

/** The cleaned message in its frame. `refused` is called where the policy of the page blocks a picture. */
function frame({ body, sheets, coloured }, { remote, refused }) {
  const reader = h('iframe.body-frame', { title: 'Message text', sandbox: SANDBOX, referrerpolicy: 'no-referrer' });
  if (coloured) reader.classList.add('paper');
  // Mail that sets colours expects a white background; other mail follows the theme of the page.
  reader.srcdoc = `<!doctype html><html class="${coloured ? 'paper' : 'themed'}"><head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${cspFor(remote)}"></head><body></body></html>`;
  reader.addEventListener('load', async () => {
    const inner = reader.contentDocument;
    const view = reader.contentWindow;
    inner.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
      if (remote && effectiveDirective === 'img-src') refused();
    });
    const texts = [await READER, ...sheets];
    if (!reader.isConnected) return;
    inner.adoptedStyleSheets = texts.map((text) => {
      const sheet = new view.CSSStyleSheet();
      sheet.replaceSync(text);
      return sheet;
    });
    const content = inner.importNode(body, true);
    for (const element of [content, ...content.querySelectorAll('[data-style]')]) {
      if (element.dataset.style) element.style.cssText = element.dataset.style;
      delete element.dataset.style;
    }
    inner.body.replaceWith(content);
    const fit = () => {
      const { offsetHeight, scrollWidth, clientWidth } = inner.documentElement;
      reader.style.height = `${offsetHeight + (scrollWidth > clientWidth ? 20 : 0)}px`; // 20: a scroll bar
    };
    fit();
    new ResizeObserver(fit).observe(content);
  });
  return reader;
}
