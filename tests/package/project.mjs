// Makes a project outside of this repository, with the tarball installed.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newPage } from '../e2e/browser.mjs';
import { choose, ADELE } from '../e2e/harness.mjs';
import { root } from '../e2e/processes.mjs';

const out = process.env.EXO365_OUT ?? join(root, 'target/package');

/** The newest tarball of `cargo xtask pack`. */
export function tarball() {
  if (process.env.EXO365_TARBALL) return process.env.EXO365_TARBALL;
  const { version } = JSON.parse(readFileSync(join(root, 'target/pack/package/package.json'), 'utf8'));
  return join(root, `target/pack/exo365-${version}.tgz`);
}

const npm = (dir, ...args) =>
  execFileSync('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: dir,
    stdio: ['ignore', 'ignore', 'inherit'],
  });

/** Copies the project `name` under target/package, installs its own packages and the tarball; gives the folder. */
export function project(name) {
  const dir = join(out, name);
  const lock = join(dir, 'package-lock.json');
  const before = existsSync(lock) && readFileSync(lock, 'utf8');
  mkdirSync(dir, { recursive: true });
  cpSync(fileURLToPath(new URL(`./${name}/`, import.meta.url)), dir, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  if (!existsSync(join(dir, 'node_modules')) || before !== readFileSync(lock, 'utf8')) npm(dir, 'ci');
  rmSync(join(dir, 'node_modules/exo365'), { recursive: true, force: true });
  npm(dir, 'install', '--no-save', '--no-package-lock', tarball());
  return dir;
}

/** Signs in on a page that shows its state in #state and the subjects in #inbox; gives both at the end. */
export async function signInAndRead(browser, url) {
  const page = await newPage(browser);
  await page.goto(url);
  try {
    await page.waitForFunction(() => document.querySelector('#state').textContent === 'signed out');
    await page.click('#signin');
    await choose(page, ADELE);
    await page.waitForFunction(() => document.querySelectorAll('#inbox li').length > 0);
  } catch (error) {
    throw new Error(
      `${error.message}\nthe page says: ${await page.textContent('body').catch(() => '?')}\n${page.consoleMessages.join('\n')}`,
    );
  }
  return {
    state: await page.textContent('#state'),
    subjects: await page.locator('#inbox li').allTextContents(),
    consoleMessages: page.consoleMessages,
  };
}
