// The links of a folder of pages: each leads to a page of the folder and to a place in it, or is an address elsewhere.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parse } from 'parse5';

/** Every page below `dir`, as a path from there. */
export function pages(dir) {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.html'))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

/** Where rustdoc repeats what other crates say of their own traits, with links that lead nowhere from here. */
const FOREIGN = 'blanket-implementations-list';

/** What a page links to, and the places in it that can be linked to. */
function read(file) {
  const found = { links: [], places: new Set() };
  const walk = (node, foreign) => {
    const attributes = node.attrs ?? [];
    const inside = foreign || attributes.some(({ name, value }) => name === 'id' && value === FOREIGN);
    for (const { name, value } of attributes) {
      if (name === 'id' || (name === 'name' && node.nodeName === 'a')) found.places.add(value);
      if ((name === 'href' || name === 'src') && !inside) found.links.push(value);
    }
    for (const child of node.childNodes ?? []) walk(child, inside);
    if (node.content) walk(node.content, inside);
  };
  walk(parse(readFileSync(file, 'utf8')), false);
  return found;
}

/**
 * @param {string} dir the folder
 * @returns `links`, how many there are, and `wrong`, a sentence for each that leads nowhere
 */
export function broken(dir) {
  const cache = new Map();
  const of = (page) => cache.get(page) ?? cache.set(page, read(join(dir, page))).get(page);
  const wrong = new Set();
  let links = 0;
  for (const page of pages(dir)) {
    for (const link of of(page).links) {
      links += 1;
      const why = fault(page, link);
      if (why) wrong.add(`${page}: ${link}: ${why}`);
    }
  }
  return { links, wrong: [...wrong] };

  function fault(page, link) {
    if (/^[a-z][a-z+.-]*:/i.test(link)) return elsewhere(link);
    const [address, place] = link.split('#');
    const [path] = address.split('?');
    const file = path ? normalize(join(dirname(page), decodeURIComponent(path))) : page;
    if (file.startsWith('..')) return 'leads out of the folder';
    if (!existsSync(join(dir, file))) return 'there is no such file';
    if (statSync(join(dir, file)).isDirectory()) return 'is a folder, which file: does not open';
    if (!place || !file.endsWith('.html')) return undefined;
    // A browser looks for the place as it is written, then without its escapes.
    return hasPlace(file, place) || hasPlace(file, decodeURIComponent(place))
      ? undefined
      : 'the page has no such place';
  }

  /** A script numbers the lines of rustdoc's pages of sources. */
  function hasPlace(file, place) {
    return of(file).places.has(place) || (/^rust\/src\//.test(file) && /^\d+(?:-\d+)?$/.test(place));
  }
}

/** An address elsewhere is not asked for: it has to have the form of one. */
function elsewhere(link) {
  if (!URL.canParse(link)) return 'is no address';
  const { protocol, hostname } = new URL(link);
  if (/^(?:data|javascript|mailto):$/.test(protocol)) return undefined;
  if (/\.invalid$/.test(hostname)) return 'was left over';
  return protocol === 'https:' ? undefined : 'is not https';
}
