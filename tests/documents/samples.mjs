// The samples in JavaScript and TypeScript, compiled against the packed types as a reader's project would be.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseFragment } from 'parse5';
import { root } from './documents.mjs';
import { run, SAMPLES } from './parsers.mjs';

export const out = process.env.EXO365_OUT ?? join(root, 'target/documents');
const types = join(root, 'tests/types');
const microsoft = join(root, 'tests/e2e/microsoft/node_modules');

/** The oldest compiler that reads the packed types, and today's. */
export const COMPILERS = ['typescript-5.0', 'typescript'];

/** For each framework, the compiler that knows its templates; they read the other samples of the project as well. */
export const FRAMEWORKS = {
  Angular: ['@angular/compiler-cli/bundles/src/bin/ngc.js', '--project', 'tsconfig.json'],
  Svelte: ['svelte-check/bin/svelte-check', '--tsconfig', './tsconfig.json', '--fail-on-warnings'],
  Vue: ['vue-tsc/bin/vue-tsc.js', '--project', 'tsconfig.json'],
};
const frameworks = join(root, 'tests/documents/frameworks/node_modules');
/** What a sample imports that needs a framework. */
const OF_A_FRAMEWORK = /from '(?:@angular|@azure|@tanstack)\//;

const installed = join(types, 'node_modules/exo365');
const own = {
  exo365: [join(installed, 'index.d.ts')],
  ...Object.fromEntries(
    ['full', 'inline', 'react', 'start', 'testing'].map((name) => [
      `exo365/${name}`,
      [join(installed, `${name}.d.ts`)],
    ]),
  ),
};
/** Where samples start from: the package, as a module and as the script tag's global; or Microsoft's own clients. */
const PROJECTS = {
  package: {
    include: ['examples.d.ts', '../documents/server.d.ts']
      .map((name) => join(types, name))
      .concat(join(installed, 'dist/exo365.global.d.ts')),
    paths: {
      ...own,
      react: [join(types, 'node_modules/@types/react/index.d.ts')],
      'react/jsx-runtime': [join(types, 'node_modules/@types/react/jsx-runtime.d.ts')],
    },
  },
  frameworks: {
    include: [],
    paths: {
      ...own,
      '@microsoft/microsoft-graph-types': [join(types, 'node_modules/@microsoft/microsoft-graph-types')],
    },
    // Their compilers need settings of their own.
    options: {
      module: 'esnext',
      moduleResolution: 'bundler',
      experimentalDecorators: true,
      exactOptionalPropertyTypes: false,
      verbatimModuleSyntax: true,
    },
    angularCompilerOptions: { strictTemplates: true, strictInjectionParameters: true },
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
  if (document === 'crates/tenant/README.md') return [{ project: 'microsoft', code }];
  const framework = ['svelte', 'vue'].includes(language) || OF_A_FRAMEWORK.test(code);
  return [{ project: framework ? 'frameworks' : 'package', code }];
}

/** Writes `samples` and a project for each kind of them. Their lines are those of the document. */
export function writeSamples(samples) {
  rmSync(out, { recursive: true, force: true });
  for (const [name, { include, paths, options, ...others }] of Object.entries(PROJECTS)) {
    const dir = join(out, name);
    mkdirSync(dir, { recursive: true });
    const settings = {
      extends: join(types, 'tsconfig.json'),
      // The types of React are not ours to check.
      compilerOptions: { paths, jsx: 'react-jsx', skipLibCheck: true, ...options },
      include: [...include, '*.mts', '*.tsx', '*.ts', '*.vue', '*.svelte'],
      exclude: [],
      ...others,
    };
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(settings));
  }
  // What is in JSX is a module as well.
  writeFileSync(join(out, 'package.json'), '{ "type": "module" }');
  symlinkSync(frameworks, join(out, 'frameworks/node_modules'), 'junction');
  for (const { document, line, language, project, code } of samples) {
    const component = language === 'svelte' || language === 'vue';
    const ending = component || language === 'tsx' ? language : project === 'frameworks' ? 'ts' : 'mts';
    const file = join(out, project, `${document.replaceAll('/', '-')}-${line}.${ending}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${'\n'.repeat(line - 1)}${code}${component ? '' : '\nexport {};\n'}`);
  }
}

/** What `compiler` says of the samples of `project`; empty where they hold. */
export function compile(compiler, project) {
  const tsc = join(types, 'node_modules', compiler, 'bin/tsc');
  const { status, output } = run(process.execPath, [tsc, '--project', join(out, project)]);
  return status === 0 ? '' : output || `exit code ${status}`;
}

/** What the compiler of a framework says of the samples for frameworks; empty where they hold. */
export function compileFramework(name) {
  const [script, ...args] = FRAMEWORKS[name];
  const done = run(process.execPath, [join(frameworks, script), ...args], { cwd: join(out, 'frameworks') });
  return done.status === 0 ? '' : done.output || `exit code ${done.status}`;
}
