// The site: the guides and the API of the package, by TypeDoc, and the crates' pages beside them.
// `node site.mjs PACKAGE RUSTDOC OUT`: the unpacked package, what rustdoc wrote, and the folder that is written.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { Application, LogLevel } from 'typedoc';
import { documents, FIRST, RUST, staged } from './documents.mjs';
import { broken, pages } from './links.mjs';

const [packed, rustdoc, out] = argv.slice(2).map((path) => resolve(path));
const stage = join(dirname(out), 'docs-stage');
const here = fileURLToPath(new URL('.', import.meta.url));

/** What the entries of the package are. */
const WHAT = {
  index: 'The client: what a page imports. `exo365/full` and `exo365/inline` have the same.',
  react: 'A provider and hooks for React 18 and newer.',
  start: 'For the head of a page: begins what the client needs before the app is there.',
  testing: 'A client on a local tenant, and a client over a mailbox in memory, for tests in Node.',
};
/** The entries with declarations of their own: the names of their files. */
const ENTRIES = entries();

function entries() {
  const { exports } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8'));
  const types = Object.values(exports).map((one) => one.import?.types ?? one.types ?? '');
  const names = types.map((path) => /^\.\/(\w+)\.d\.ts$/.exec(path)?.[1]).filter(Boolean);
  const own = (name) => !/^export \* from '[^']+';\s*$/.test(readFileSync(join(packed, `${name}.d.ts`), 'utf8'));
  return [...new Set(names)].filter(own);
}
const isCrate = (name) => existsSync(join(rustdoc, name, 'all.html'));
/** The crates of the project: rustdoc's folder may have others, from another command. */
const CRATES = readdirSync(rustdoc).filter((name) => name.startsWith('exo365_') && isCrate(name));

/** Writes the documents and the declarations where TypeDoc reads them. */
function write() {
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  for (const document of documents) writeFileSync(join(stage, `${document.name}.md`), staged(document));
  writeFileSync(join(stage, 'first.md'), staged({ path: FIRST, title: '', group: '' }));
  for (const file of ENTRIES) {
    const text = readFileSync(join(packed, `${file}.d.ts`), 'utf8');
    const name = file === 'index' ? 'exo365' : `exo365/${file}`;
    writeFileSync(join(stage, `${file}.d.ts`), `/**\n * ${WHAT[file] ?? ''}\n * @module ${name}\n */\n${text}`);
  }
  const modules = join(here, 'node_modules');
  const settings = {
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable', 'esnext.disposable'],
      strict: true,
      skipLibCheck: true,
      types: [],
      paths: {
        exo365: [join(stage, 'index.d.ts')],
        react: [join(modules, '@types/react/index.d.ts')],
        '@microsoft/microsoft-graph-types': [join(modules, '@microsoft/microsoft-graph-types')],
      },
    },
    files: ENTRIES.map((file) => `${file}.d.ts`),
  };
  writeFileSync(join(stage, 'tsconfig.json'), JSON.stringify(settings));
  writeFileSync(join(stage, 'package.json'), '{ "name": "exo365", "type": "module" }');
}

/** Has TypeDoc write the site. Fails on a warning. */
async function build() {
  const app = await Application.bootstrapWithPlugins({
    name: 'exo365',
    entryPoints: ENTRIES.map((file) => join(stage, `${file}.d.ts`)),
    tsconfig: join(stage, 'tsconfig.json'),
    readme: join(stage, 'first.md'),
    projectDocuments: documents.map(({ name }) => join(stage, `${name}.md`)),
    sort: ['documents-first', 'source-order'],
    groupOrder: [...new Set(documents.map(({ group }) => group)), 'Modules', '*'],
    navigation: { includeGroups: true, includeCategories: false },
    navigationLinks: { Rust: `${RUST}index.html` },
    markdownItOptions: { html: true, linkify: false },
    searchInDocuments: true,
    excludePrivate: true,
    disableSources: true,
    disableGit: true,
    githubPages: false,
    hideGenerator: true,
    customCss: join(here, 'site.css'),
    externalSymbolLinkMappings: {
      '@microsoft/microsoft-graph-types': { '*': 'https://learn.microsoft.com/graph/api/overview' },
      '@types/react': { '*': 'https://react.dev/reference/react' },
    },
    // Helpers of types, which nobody names.
    intentionallyNotExported: ['Changed', 'Either', 'Field', 'IdOf', 'IsDirectoryObject', 'Pascal', 'Short', 'Value'],
    validation: { notExported: true, invalidLink: true, rewrittenLink: true, notDocumented: true },
    highlightLanguages: [
      'html',
      'javascript',
      'json',
      'nginx',
      'sh',
      'svelte',
      'systemd',
      'toml',
      'tsx',
      'typescript',
    ].concat(['vue', 'yaml', 'python', 'docker', 'jsonc', 'rust', 'bash', 'powershell']),
    ignoredHighlightLanguages: ['caddyfile', 'csp', 'text'],
    logLevel: LogLevel.Warn,
  });
  const project = await app.convert();
  if (!project) throw new Error('TypeDoc could not read the declarations');
  app.validate(project);
  rmSync(out, { recursive: true, force: true });
  await app.generateDocs(project, out);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error("TypeDoc's warnings are above");
}

/** Puts the crates' pages beside, and leads links there. */
function addCrates() {
  const wanted = (name) => !name.startsWith('.') && (CRATES.includes(name) || !isCrate(name));
  for (const name of readdirSync(rustdoc).filter(wanted)) {
    cpSync(join(rustdoc, name), join(out, 'rust', name), { recursive: true });
  }
  // rustdoc writes no page that lists the crates, but links to it.
  const items = CRATES.map((name) => `<li><a href="${name}/index.html">${name}</a></li>`).join('');
  const head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>exo365: crates</title>';
  const style = '<style>:root { color-scheme: light dark; font: 1.1rem/1.6 sans-serif; margin: 2rem }</style>';
  const body = `<h1>Crates</h1><ul>${items}</ul><p><a href="../index.html">Guides and the API of the package</a></p>`;
  writeFileSync(join(out, 'rust/index.html'), `${head}${style}${body}</html>`);
  for (const page of pages(out).filter((page) => !page.startsWith('rust/'))) {
    const up = relative(dirname(page), '.') || '.';
    const text = readFileSync(join(out, page), 'utf8');
    const led = text.replaceAll(RUST, `${up}/rust/`).replaceAll('https://first.invalid/', `${up}/index.html`);
    writeFileSync(join(out, page), led);
  }
}

write();
await build();
addCrates();
const { links, wrong } = broken(out);
for (const one of wrong) console.log(`FAIL ${one}`);
if (wrong.length > 0) process.exitCode = 1;
else console.log(`PASS ${links} links of ${pages(out).length} pages lead somewhere`);
