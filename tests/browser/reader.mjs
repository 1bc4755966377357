// What a test in Chromium needs: a browser, a reader who was let in, and a list of what is wrong.
import { chromium } from 'playwright-core';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const axe = fs.readFileSync(path.join(here, 'node_modules/axe-core/axe.min.js'), 'utf8');
export const problems = [];
let checks = 0;
export const check = (right, what) => {
  checks += 1;
  if (!right) problems.push(what);
};

const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'loopback-chromium-'));
export const launch = options => chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  viewport: { width: 1280, height: 900 },
  ...options,
});

// A browser that was let in by the printed address.
export async function launchReader(printed, options) {
  const browser = await launch(options);
  const page = await browser.newPage();
  await page.goto(printed);
  await page.waitForURL(new URL('/', printed).href);
  await page.close();
  return browser;
}

// Opens a page, and notes what goes wrong on it.
export async function visit(browser, url, what) {
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  page.on('console', message => {
    if (message.type() === 'error') problems.push(`${what}: console: ${message.text()}`);
  });
  page.on('pageerror', error => problems.push(`${what}: ${error.message}`));
  const own = new URL('/', url).href;
  page.on('request', request => {
    if (!request.url().startsWith(own) && !request.url().startsWith('data:')) problems.push(`${what}: requests ${request.url()}`);
  });
  await page.goto(url, { waitUntil: 'load' });
  return page;
}

// What axe finds on a page. On one from a disk it can't preload style sheets: `{ preload: false }`.
export async function checkAxe(page, what, options = {}) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(options => globalThis.axe.run(options), options);
  for (const { id, help, nodes } of violations) {
    problems.push(`${what}: ${id}: ${help}: ${nodes.map(node => node.target.join(' ')).slice(0, 5).join(' | ')}`);
  }
  checks += 1;
}

// Says what is wrong, and how many checks there were; fewer than `least` are wrong as well.
export function finish(least) {
  for (const problem of problems) console.log(problem);
  console.log(`${checks} checks, ${problems.length} problems`);
  process.on('exit', () => fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 }));
  // A browser that a failed check has left open would keep this program waiting.
  process.exit(problems.length === 0 && checks >= least ? 0 : 1);
}
