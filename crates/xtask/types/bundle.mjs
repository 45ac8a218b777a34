// One `index.d.ts` out of the sources: the declarations of all files, with their comments and without what is `@internal`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import ts from 'typescript';

/** Resource types come from here, wherever the sources lie. */
const GRAPH_TYPES = '@microsoft/microsoft-graph-types';
const graphTypes = fileURLToPath(new URL(`node_modules/${GRAPH_TYPES}`, import.meta.url));

/** Beside those of the sources' own tsconfig.json. */
const compilerOptions = {
  emitDeclarationOnly: true,
  noEmit: false,
  paths: { [GRAPH_TYPES]: [graphTypes] },
  stripInternal: true,
};

const BANNER = '// exo365: sign-in with Microsoft, and mail, calendar and contacts. For TypeScript 5.0 or newer.\n';

/** Interfaces that refer to each other lie in files that do so: of declarations no order of loading can come to harm. */
const HARMLESS = new Set(['CIRCULAR_DEPENDENCY', 'CYCLIC_CROSS_CHUNK_REEXPORT']);

/** The text of `index.d.ts` for the sources in `template`. */
async function declarations(template) {
  const bundle = await rollup({
    input: join(template, 'index.ts'),
    external: [GRAPH_TYPES],
    plugins: [dts({ compilerOptions, tsconfig: join(template, 'tsconfig.json') })],
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

/** Writes `index.d.ts` and the types of the script tag into `out`, a folder of the package's layout; the text of the first. */
export async function bundle(template, out) {
  const text = await declarations(template);
  mkdirSync(join(out, 'dist'), { recursive: true });
  writeFileSync(join(out, 'index.d.ts'), text);
  writeFileSync(join(out, 'dist/exo365.global.d.ts'), globals(exportsOf(text)));
  return text;
}
