// The samples in JavaScript and TypeScript, compiled against the packed types as a reader's project would be.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseFragment } from 'parse5';
import { root } from './documents.mjs';
import { run, SAMPLES } from './parsers.mjs';

export const out = process.env.EXO365_OUT ?? join(root, 'target/documents');
const types = join(root, 'tests/types');
const microsoft = join(root, 'tests/e2e/microsoft/node_modules');

/** The oldest compiler that reads the packed types, and today's. */
export const COMPILERS = ['typescript-5.0', 'typescript'];

const installed = join(types, 'node_modules/exo365');
/** Where samples start from: the package, as a module and as the script tag's global; or Microsoft's own clients. */
const PROJECTS = {
  package: {
    include: [join(types, 'examples.d.ts'), join(installed, 'dist/exo365.global.d.ts')],
    paths: {
      exo365: [join(installed, 'index.d.ts')],
      ...Object.fromEntries(
        ['full', 'inline', 'react', 'testing'].map((name) => [`exo365/${name}`, [join(installed, `${name}.d.ts`)]]),
      ),
      react: [join(types, 'node_modules/@types/react/index.d.ts')],
      'react/jsx-runtime': [join(types, 'node_modules/@types/react/jsx-runtime.d.ts')],
    },
  },
  microsoft: {
    include: [join(root, 'tests/documents/microsoft.d.ts')],
    paths: {
      '@azure/msal-browser': [join(microsoft, '@azure/msal-browser')],
      '@microsoft/microsoft-graph-client': [join(microsoft, '@microsoft/microsoft-graph-client')],
    },
  },
};

/** The text of each `<script>` of a page, on the lines where it stands. */
function scripts(html) {
  const found = [];
  const walk = (node) => {
    const [text] = node.childNodes ?? [];
    if (node.nodeName === 'script' && text) {
      found.push('\n'.repeat(text.sourceCodeLocation.startLine - 1) + text.value);
    }
    node.childNodes?.forEach(walk);
  };
  walk(parseFragment(html, { sourceCodeLocationInfo: true }));
  return found;
}

/** The samples of a block, each with the project that it belongs to. */
export function samplesOf(document, { language, code }) {
  if (language === 'html') return scripts(code).map((script) => ({ project: 'package', code: script }));
  if (!SAMPLES.includes(language)) return [];
  return [{ project: document === 'crates/tenant/README.md' ? 'microsoft' : 'package', code }];
}

/** Writes `samples` and a project for each kind of them. Their lines are those of the document. */
export function writeSamples(samples) {
  rmSync(out, { recursive: true, force: true });
  for (const [name, { include, paths }] of Object.entries(PROJECTS)) {
    const dir = join(out, name);
    mkdirSync(dir, { recursive: true });
    const settings = {
      extends: join(types, 'tsconfig.json'),
      // The types of React are not ours to check.
      compilerOptions: { paths, jsx: 'react-jsx', skipLibCheck: true },
      include: [...include, '*.mts', '*.tsx'],
      exclude: [],
    };
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(settings));
  }
  // What is in JSX is a module as well.
  writeFileSync(join(out, 'package.json'), '{ "type": "module" }');
  for (const { document, line, language, project, code } of samples) {
    const ending = language === 'tsx' ? 'tsx' : 'mts';
    const file = join(out, project, `${document.replaceAll('/', '-')}-${line}.${ending}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${'\n'.repeat(line - 1)}${code}\nexport {};\n`);
  }
}

/** What `compiler` says of the samples of `project`; empty where they hold. */
export function compile(compiler, project) {
  const tsc = join(types, 'node_modules', compiler, 'bin/tsc');
  const { status, output } = run(process.execPath, [tsc, '--project', join(out, project)]);
  return status === 0 ? '' : output || `exit code ${status}`;
}
