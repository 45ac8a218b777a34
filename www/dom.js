// Functions that make and fill elements and move the focus, without a framework. Text is always inserted as text, never
// as HTML.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * An element: `h('button.primary', { onclick: send }, icon('sent'), 'Send')`, or without attributes `h('p', 'Sent')`.
 * Children that are null, undefined or false are left out.
 *
 * @param {string} name The tag, and classes after dots.
 * @param {...any} content Attributes and listeners as a plain object, if any; then the children.
 * @returns {any} An element of that tag.
 */
export function h(name, ...content) {
  const attributes = content[0]?.constructor === Object ? content.shift() : {};
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'value' || key === 'checked') element[key] = value;
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...content.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * A drawing of icons.svg. It is hidden from screen readers: the text beside it, or the label of its button, says the
 * same.
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `./icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A button that shows an icon only. */
export const iconButton = (name, label, onclick, props) =>
  h('button.icon-button', { type: 'button', 'aria-label': label, title: label, onclick, ...props }, icon(name));

/** A field with its label; `control` gets an id where it has none. */
export function field(label, control, hint) {
  control.id ||= `f-${crypto.randomUUID().slice(0, 8)}`;
  return h('p.field', h('label', { for: control.id }, label), control, hint && h('small', hint));
}

/** The initials of a person in a circle, whose colour is always the same for the same `key`. */
export function avatar(name, key = name) {
  const words = name
    .replace(/[^\p{L}\p{N}\s]/gu, ' ')
    .trim()
    .split(/\s+/);
  const letters = [words[0], words.length > 1 && words.at(-1)].map((word) => [...(word || '')][0] ?? '').join('');
  const hue = [...key].reduce((sum, char) => (sum * 31 + char.codePointAt(0)) % 997, 7) % 8;
  return h(`span.avatar.hue-${hue}`, { 'aria-hidden': 'true' }, letters.toUpperCase() || '?');
}

export const loading = (text = 'Loading') => h('p.loading', text);
export const empty = (name, text) => h('div.empty', icon(name), h('p', text));

let timer;
/** Shows a message for some seconds; screen readers read it out. */
export function say(text) {
  const status = document.getElementById('status');
  status.textContent = text;
  status.classList.add('shown');
  clearTimeout(timer);
  timer = setTimeout(() => status.classList.remove('shown'), 4000);
}

/** Moves the focus to an element that is not a control, such as the heading of a new view. */
export function focusOn(element) {
  element?.setAttribute('tabindex', '-1');
  element?.focus();
}

/** Makes a list one tab stop: arrows, Home and End move inside it. `keys` adds further keys of the list. */
export function arrows(list, selector, keys = {}) {
  const stop = (item) => {
    for (const other of list.querySelectorAll(selector)) other.tabIndex = other === item ? 0 : -1;
  };
  list.addEventListener('focusin', ({ target }) => target.matches(selector) && stop(target));
  list.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !event.target.matches(selector)) return;
    const items = [...list.querySelectorAll(selector)];
    const at = items.indexOf(event.target);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined && !keys[event.key]) return;
    event.preventDefault();
    if (keys[event.key]) keys[event.key](event.target);
    else items[Math.max(0, Math.min(next, items.length - 1))].focus();
  });
  /** To be called after items were added or removed. */
  const settle = () => stop(list.querySelector(`${selector}[aria-current]`) ?? list.querySelector(selector));
  return { settle };
}
