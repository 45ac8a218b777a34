// `node types.mjs TEMPLATE OUT`: writes the types of all entries out of the sources. A member without a comment is an
// error. The packages are those of crates/xtask/types.
import { bundle } from '../types/bundle.mjs';
import { members } from '../types/comments.mjs';

const [template, out] = process.argv.slice(2);
const silent = (await bundle(template, out)).flatMap(members).filter(({ said }) => !said);
if (silent.length) {
  console.error(`${silent.length} public members have no comment:\n  ${silent.map(({ name }) => name).join('\n  ')}`);
  process.exitCode = 1;
}
