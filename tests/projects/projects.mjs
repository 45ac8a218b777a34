// The projects: how each is built and started, and what it needs beside `npm install exo365`.

/**
 * @typedef {object} PageProject
 * @property {string} name What it is.
 * @property {string} [folder] The folder, where another project has it too.
 * @property {string[]} [build] Command, found in node_modules/.bin, that builds the page into `dist`.
 * @property {string[]} [copied] Files that go into `dist` as they are.
 * @property {(port: string) => string[]} [serve] Command of the development server.
 * @property {boolean} [inline] The bundler writes inline scripts: the page is served without the endpoint's CSP.
 * @property {boolean} [own] It has a page of its own, in place of the one in `page`.
 * @property {string} needs What the guide asks for.
 * @property {boolean} [short] Runs in `cargo xtask test` as well.
 */

const vite = (version) => ({
  name: `vite${version}`,
  build: ['vite', 'build', '--logLevel', 'warn'],
  serve: (port) => ['vite', '--port', port, '--strictPort', '--host', 'localhost'],
});

/** @type {PageProject[]} */
export const pages = [
  { ...vite(5), needs: 'nothing' },
  { ...vite(6), needs: 'nothing' },
  { ...vite(7), needs: 'nothing', short: true },
  { ...vite(8), needs: 'nothing' },
  {
    name: 'web-worker',
    own: true,
    build: ['vite', 'build', '--logLevel', 'warn'],
    serve: (port) => ['vite', '--port', port, '--strictPort', '--host', 'localhost'],
    needs: '`exo365/inline` in the worker',
  },
  {
    name: 'webpack5',
    build: ['webpack', '--entry', './main.js', '--output-path', 'dist', '--mode', 'production'],
    copied: ['index.html'],
    needs: 'nothing',
    short: true,
  },
  {
    name: 'rspack',
    build: ['rspack', 'build', '--entry', './main.js', '--output-path', 'dist', '--mode', 'production'],
    copied: ['index.html'],
    needs: 'nothing',
  },
  {
    name: 'rollup',
    build: ['rollup', 'main.js', '--dir', 'dist', '--plugin', 'node-resolve'],
    copied: ['index.html'],
    needs: 'nothing',
  },
  {
    name: 'esbuild',
    build: ['esbuild', 'main.js', '--bundle', '--format=esm', '--splitting', '--outdir=dist'],
    copied: ['index.html'],
    needs: 'nothing',
    short: true,
  },
  {
    name: 'esbuild, one classic script',
    folder: 'esbuild',
    build: ['esbuild', 'main.js', '--bundle', '--outdir=dist'],
    copied: ['index.html'],
    needs: 'nothing',
  },
  {
    name: 'parcel2',
    build: ['parcel', 'build', 'index.html', '--public-url', './'],
    inline: true,
    needs: 'a CSP that allows its inline script',
  },
  {
    name: 'sveltekit',
    own: true,
    build: ['vite', 'build', '--logLevel', 'warn'],
    serve: (port) => ['vite', 'dev', '--port', port, '--strictPort', '--host', 'localhost'],
    inline: true,
    needs: 'a CSP that allows its inline script',
  },
  {
    name: 'react-router',
    own: true,
    serve: (port) => ['react-router', 'dev', '--port', port, '--strictPort', '--host', 'localhost'],
    needs: '`optimizeDeps.entries` for the first start of its development server',
  },
  {
    name: 'angular',
    own: true,
    build: ['ng', 'build'],
    serve: (port) => ['ng', 'serve', '--port', port],
    needs: 'nothing',
  },
];
