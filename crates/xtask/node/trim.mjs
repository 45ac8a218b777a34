// What wasm-bindgen writes for every browser that ever had WebAssembly, cut to those that have `AbortSignal.any` (2023
// and later): without it the package does not run anyway. Each rule says what it looks for; one that finds nothing ends
// the build.

const STRING = /passStringToWasm0\((\w+), wasm\.__wbindgen_malloc, wasm\.__wbindgen_realloc\)/g;

/** [what, instead]; a text is looked for as it is. */
const RULES = [
  // One frame around what may throw, made once and not at each call.
  [
    /: function\(\) \{ return handleError\(function \(([^)]*)\) \{(.*?)\n {8}\}, arguments\); \}/gs,
    ': handleError(($1) => {$2\n        })',
  ],
  [
    /function handleError\(f, args\) \{.*?^\}/ms,
    `const handleError = (f) => (...args) => {
    try {
        return f(...args);
    } catch (e) {
        wasm.__wbindgen_exn_store(addToExternrefTable0(e));
    }
};`,
  ],
  // None of them looks at \`this\`.
  [/^( {8}__wb\w+: )function\(([^)]*)\) \{/gm, '$1($2) => {'],
  [
    /let result;\s*try \{\s*result = (\w+ instanceof \w+);\s*\} catch \(_\) \{\s*result = false;\s*\}\s*const ret = result;/g,
    'const ret = $1;',
  ],
  [
    /(__wbg_static_accessor_GLOBAL_THIS_\w+: \(\) => \{).*?\n {8}\}/s,
    '$1 return addToExternrefTable0(globalThis);\n        }',
  ],
  [
    /(__wbg_static_accessor_(?:GLOBAL|SELF|WINDOW)_\w+: \(\) => \{)(?! return add).*?\n {8}\}/gs,
    '$1 return 0;\n        }',
  ],
  // Texts that go in are short: names, options, what endpoints answer.
  [STRING, 'passStringToWasm0($1)'],
  [
    /function passStringToWasm0\(.*?^\}/ms,
    `function passStringToWasm0(arg) {
    const buf = cachedTextEncoder.encode(arg);
    const ptr = wasm.__wbindgen_malloc(buf.length, 1) >>> 0;
    getUint8ArrayMemory0().set(buf, ptr);
    WASM_VECTOR_LEN = buf.length;
    return ptr;
}
function giveString(at, text) {
    const ptr = text == null ? 0 : passStringToWasm0(text);
    const view = getDataViewMemory0();
    view.setInt32((at >>> 0) + 4, WASM_VECTOR_LEN, true);
    view.setInt32(at >>> 0, ptr, true);
}`,
  ],
  [
    /(?:const|var) (ptr\d) = (?:isLikeNone\((\w+)\) \? 0 : )?passStringToWasm0\((\w+)\);\s*(?:const|var) (len\d) = WASM_VECTOR_LEN;\s*getDataViewMemory0\(\)\.setInt32\(\((\w+) >>> 0\) \+ 4 \* 1, \4, true\);\s*getDataViewMemory0\(\)\.setInt32\(\(\5 >>> 0\) \+ 4 \* 0, \1, true\);/g,
    'giveString($5, $3);',
  ],
  [/if \(!\('encodeInto' in cachedTextEncoder\)\) \{.*?^\}/ms, ''],
  [/\(typeof FinalizationRegistry === 'undefined'\)\s*\? \{[^\n]*\n\s*: new/g, 'new'],
  // Our own loader compiles.
  [
    /let wasmModule, wasmInstance, wasm;.*$/s,
    `let wasm;
export default async function init(module) {
    wasm = (await WebAssembly.instantiate(module, __wbg_get_imports())).exports;
    wasm.__wbindgen_start();
}
`,
  ],
  // What a script puts in their place after the package has loaded is not used.
  [/^(?=export class Core )/m, "import { crypto, fetch, Response } from '../platform.js';\n"],
  ['globalThis.crypto.getRandomValues', 'crypto.getRandomValues'],
  ['if (Symbol.dispose) Core.prototype[Symbol.dispose] = Core.prototype.free;', ''],
];

/** The glue without what no browser of ours needs. */
export function trim(glue) {
  let text = glue;
  for (const [what, instead] of RULES) {
    const after = text.replace(what, instead);
    if (after === text) throw new Error(`the glue is not written as it was: no ${what}`);
    text = after;
  }
  return text;
}
