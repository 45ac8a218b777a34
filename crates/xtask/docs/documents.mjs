// The documents of the site: which there are, and what becomes of their links.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');

/** The page that the site begins with. */
export const FIRST = 'docs/guide/README.md';
/** Where links to the crates' own pages lead, until the site is written: `site.mjs` puts the folder in place of it. */
export const RUST = 'https://rust.invalid/';
const GROUPS = {
  Guides: guides(read(FIRST)).map((name) => `docs/guide/${name}`),
  Operators: ['docs/deployment.md', 'crates/endpoint/README.md', 'SECURITY.md', 'docs/security-tests.md'],
  Reference: ['pkg-template/README.md', 'pkg-template/CHANGELOG.md', 'crates/tenant/README.md'].concat(
    readmes('programs'),
  ),
  Examples: readmes('examples'),
  'The project': ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
};
/** Titles that differ from the heading of the document. */
const TITLES = {
  'CHANGELOG.md': 'Changes of the project',
  'README.md': 'The project',
  'SECURITY.md': 'Security requirements',
  'pkg-template/CHANGELOG.md': 'Changes of the package',
  'pkg-template/README.md': 'The package',
};

/** The files README.md in `dir` and in its folders. */
function readmes(dir) {
  const inside = readdirSync(join(root, dir)).map((name) => `${dir}/${name}/README.md`);
  return [`${dir}/README.md`, ...inside].filter((path) => existsSync(join(root, path)));
}

/** The guides, in the order of the table in their index. */
function guides(index) {
  return [...index.matchAll(/^\| \[[^\]]*\]\(([\w.-]+\.md)\)/gm)].map(([, name]) => name);
}

/** Every document: `path` from the root of the project, `name` of its file in the site, `group` and `title`. */
export const documents = Object.entries(GROUPS).flatMap(([group, paths]) =>
  paths.map((path) => ({ path, name: nameOf(path), group, title: TITLES[path] ?? /^# (.+)$/m.exec(read(path))[1] })),
);

/** Those of `docs` have the names of their files, the others the folder before it. */
function nameOf(path) {
  const file = path.includes('/') ? path : `project/${path}`;
  const short = file.replace(/^docs\/(?:guide\/)?/, '');
  return short.replaceAll('/', '-').replace(/\.md$/, '').toLowerCase();
}

const repository = JSON.parse(read('pkg-template/package.json')).repository.url.replace(/^git\+|\.git$/g, '');

/**
 * Where a link of the document `from` leads in the site: to a document, to the pages of a crate, or to the file in the
 * repository. Throws where the project does not have it.
 *
 * @param {string} from path of the document
 * @param {string} link as it stands there
 */
export function target(from, link) {
  if (/^(?:[a-z]+:|#)/.test(link)) return link;
  const [path, anchor] = link.split('#');
  const file = normalize(join(dirname(from), path)).replace(/\/$/, '');
  const behind = anchor ? `#${anchor}` : '';
  if (!existsSync(join(root, file))) throw new Error(`${from}: there is no ${link}`);
  const found = documents.find((one) => one.path === file);
  if (found) return `./${found.name}.md${behind}`;
  if (file === FIRST) return `https://first.invalid/${behind}`;
  const [, crate] = /^crates\/(\w+)\/src\/lib\.rs$/.exec(file) ?? [];
  if (crate) return `${RUST}exo365_${crate}/index.html`;
  const kind = statSync(join(root, file)).isDirectory() ? 'tree' : 'blob';
  return `${repository}/${kind}/main/${file}${behind}`;
}

/** A document as TypeDoc takes it: its links lead to where they lead in the site. Code is left as it is. */
export function staged({ path, title, group }) {
  const front = title ? `---\ntitle: ${JSON.stringify(title)}\ngroup: ${JSON.stringify(group)}\n---\n\n` : '';
  return front + relinked(path, read(path));
}

/**
 * A text whose links lead to where they lead in the site. A link that is called by its file is called by its title.
 *
 * @param {string} from path of the document
 * @param {string} text Markdown
 */
export function relinked(from, text) {
  const link = (called, to) => {
    const led = target(from, to);
    const found = /^[\w./-]+\.md$/.test(called) && documents.find(({ name }) => led.split('#')[0] === `./${name}.md`);
    return `[${found ? found.title : called}](${led})`;
  };
  const links = (part) => part.replaceAll(/\[([^\]\n]*)\]\(([^()\s]+)\)/g, (_, called, to) => link(called, to));
  const parts = text.split(/(^ *```[\s\S]*?^ *```$)/m);
  return parts.map((part, at) => (at % 2 === 1 ? part : links(part))).join('');
}
