// One `index.d.ts` out of the sources: the declarations of all files, with their comments and without what is `@internal`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import ts from 'typescript';

/** Resource types come from here, wherever the sources lie. */
const GRAPH_TYPES = '@microsoft/microsoft-graph-types';
const packageDir = (name) => fileURLToPath(new URL(`node_modules/${name}`, import.meta.url));
const [graphTypes, reactTypes] = [GRAPH_TYPES, '@types/react'].map(packageDir);

/** Beside those of the sources' own tsconfig.json. */
const compilerOptions = {
  emitDeclarationOnly: true,
  noEmit: false,
  paths: { [GRAPH_TYPES]: [graphTypes], react: [reactTypes] },
  stripInternal: true,
};

const BANNER = '// exo365: sign-in with Microsoft, and mail, calendar and contacts. For TypeScript 5.0 or newer.\n';

/** Interfaces that refer to each other lie in files that do so: of declarations no order of loading can come to harm. */
const HARMLESS = new Set(['CIRCULAR_DEPENDENCY', 'CYCLIC_CROSS_CHUNK_REEXPORT']);

/** In declarations of other entries: the types of the package itself come from its own declarations. */
const ownTypes = {
  name: 'own types',
  resolveId: (source, importer) =>
    importer && /\/index\.ts$/.test(source) ? { id: './index.js', external: true } : null,
};

/** The declarations of the entry `name`, out of the sources in `template`. */
async function declarations(template, name = 'index') {
  const bundle = await rollup({
    input: join(template, `${name}.ts`),
    external: [GRAPH_TYPES, 'exo365', 'react'],
    plugins: [ownTypes, dts({ compilerOptions, tsconfig: join(template, 'tsconfig.json') })],
    onwarn(warning) {
      if (!HARMLESS.has(warning.code)) throw new Error(`types: ${warning.message}`);
    },
  });
  const { output } = await bundle.generate({ format: 'es', banner: BANNER });
  await bundle.close();
  // In declarations `export` is enough for types, and an alias (`Exo365.Client`) can refer to it.
  return output[0].code.replace(/^export type \{/m, 'export {');
}

/** Names that `text`, an `index.d.ts`, exports. */
export function exportsOf(text) {
  const source = ts.createSourceFile('index.d.ts', text, ts.ScriptTarget.Latest, true);
  const clauses = source.statements.filter(ts.isExportDeclaration).map(({ exportClause }) => exportClause);
  return clauses
    .filter(ts.isNamedExports)
    .flatMap(({ elements }) => elements.map(({ name }) => name.text))
    .sort();
}

/** Types for pages that load the script by a tag: the global `Exo365`, with the values and the types of the module. */
function globals(names) {
  const aliases = names.map((name) => `    export import ${name} = exo365.${name};`);
  return `// The global that \`exo365.global.js\` makes: /// <reference types="exo365/script" />
import * as exo365 from '../index.js';

declare global {
  namespace Exo365 {
${aliases.join('\n')}
  }
}
`;
}

/** Entries with types of their own, and their sources. */
const OTHER_ENTRIES = { react: 'react', start: 'start', testing: 'testing/index' };

/** Writes the types of all entries into `out`, a folder of the package's layout; gives the texts of those with declarations. */
export async function bundle(template, out) {
  const write = (file, text) => writeFileSync(join(out, file), text);
  const text = await declarations(template);
  const all = [text];
  mkdirSync(join(out, 'dist'), { recursive: true });
  write('index.d.ts', text);
  write('inline.d.cts', text);
  for (const name of ['full', 'inline']) write(`${name}.d.ts`, "export * from './index.js';\n");
  for (const [name, source] of Object.entries(OTHER_ENTRIES)) {
    const own = await declarations(template, source);
    all.push(own);
    write(`${name}.d.ts`, own);
    // A declaration of CommonJS refers to one of CommonJS.
    write(`${name}.d.cts`, own.replaceAll("'./index.js'", "'./inline.cjs'"));
  }
  write('dist/exo365.global.d.ts', globals(exportsOf(text)));
  return all;
}
