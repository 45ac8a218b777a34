// The sentence for each error code, as `cargo xtask` writes it out of crates/core/src/error.rs.
import { readFile } from 'node:fs/promises';

/** What esbuild puts in the place of the constant `REMEDIES`: the object in `file`, as an expression. */
export async function defineRemedies(file) {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new Error(
      `${file} is missing: run \`cargo xtask test --only face\` or \`cargo xtask pack\` once, which write it`,
      { cause },
    );
  });
  return { REMEDIES: text };
}
