// The documents of the project, and what is checked in them: code blocks, commands in the text, links.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import markdownIt from 'markdown-it';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const read = (path) => readFileSync(join(root, path), 'utf8');

/** Folders without documents: what is built, what is installed, what is hidden. */
const CLOSED = /^(?:\..*|node_modules|target|pkg)$/;
/** A comment right above a block: the block needs an account at a cloud, so that its commands cannot be tried here. */
const CLOUD = /^<!-- needs a cloud: (.+) -->\s*$/;

/** Every file below `dir` of the project, as a path from its root. */
export function files(dir = '') {
  return readdirSync(join(root, dir), { withFileTypes: true })
    .flatMap((entry) => {
      const path = dir + entry.name;
      if (entry.isDirectory()) return CLOSED.test(entry.name) ? [] : files(`${path}/`);
      return [path];
    })
    .sort();
}

/**
 * What is checked in the Markdown `text`.
 *
 * - `blocks`: `line` (of its first line of code, from 1), `language` (empty where none is named), `code`, `label` (the
 *   second word behind the fence: the name of a file, or `run`), and `cloud`, the reason why it cannot be tried here.
 * - `inline`: the code within sentences and tables.
 * - `links`: the targets of links and images.
 * - `anchors`: what a link may name behind `#`, as GitHub makes it of the headings.
 */
export function parse(text) {
  const found = { blocks: [], inline: [], links: [], anchors: [] };
  const tokens = markdownIt({ html: true }).parse(text, {});
  for (const [at, token] of tokens.entries()) {
    if (token.type === 'fence' || token.type === 'code_block') {
      const [, cloud] = CLOUD.exec(tokens[at - 1]?.content ?? '') ?? [];
      const [language = '', label = ''] = token.info.trim().split(/\s+/);
      const line = token.map[0] + (token.type === 'fence' ? 2 : 1);
      found.blocks.push({ line, language, label, code: token.content, cloud });
    }
    if (token.type === 'heading_open') found.anchors.push(anchor(tokens[at + 1].content));
    for (const child of token.children ?? []) {
      if (child.type === 'code_inline') found.inline.push({ line: (token.map?.[0] ?? 0) + 1, code: child.content });
      const target = child.attrGet('href') ?? child.attrGet('src');
      if (target) found.links.push(target);
    }
  }
  return found;
}

function anchor(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
