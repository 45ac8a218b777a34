// Comments of a public description: which members have one, and the examples in them.
import ts from 'typescript';

const MEMBERS = [
  ts.isPropertySignature,
  ts.isMethodSignature,
  ts.isPropertyDeclaration,
  ts.isMethodDeclaration,
  ts.isGetAccessorDeclaration,
  ts.isCallSignatureDeclaration,
  ts.isIndexSignatureDeclaration,
];
const DECLARATIONS = [
  ts.isInterfaceDeclaration,
  ts.isTypeAliasDeclaration,
  ts.isClassDeclaration,
  ts.isFunctionDeclaration,
  ts.isVariableStatement,
];

const parse = (text) => ts.createSourceFile('index.d.ts', text, ts.ScriptTarget.Latest, true);
const isPrivate = (node) => Boolean(ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private);
const commentsOf = (node) => ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
/** A comment that says something: tags alone do not. */
const said = (node) => commentsOf(node).some(({ comment }) => (ts.getTextOfJSDocComment(comment) ?? '').trim() !== '');

/** Where `node` is, by the names that it lies in: `Client.signIn`. */
function path(node, source) {
  const names = [];
  for (let at = node; at && at !== source; at = at.parent) {
    const name = at.name ?? (ts.isVariableStatement(at) ? at.declarationList.declarations[0].name : undefined);
    if (name) names.unshift(name.getText(source));
  }
  return names.join('.');
}

/** Every declaration and every member in `text`, a file of declarations: `{ name, said }`. */
export function members(text) {
  const source = parse(text);
  const found = [];
  const walk = (node) => {
    const counts = MEMBERS.some((is) => is(node)) || (node.parent === source && DECLARATIONS.some((is) => is(node)));
    if (counts && !isPrivate(node)) found.push({ name: path(node, source), said: said(node) });
    ts.forEachChild(node, walk);
  };
  for (const one of source.statements) walk(one);
  return found;
}

/** The examples in `text`: `{ name, code }`. */
export function examples(text) {
  const source = parse(text);
  const found = [];
  const walk = (node) => {
    for (const tag of commentsOf(node).flatMap(({ tags }) => tags ?? [])) {
      if (tag.tagName.text !== 'example') continue;
      const [, code] = /```ts\n([\s\S]*?)```/.exec(ts.getTextOfJSDocComment(tag.comment) ?? '') ?? [];
      if (!code) throw new Error(`the example of ${path(node, source)} is not in a block of \`\`\`ts`);
      found.push({ name: path(node, source), code });
    }
    ts.forEachChild(node, walk);
  };
  walk(source);
  return found;
}
