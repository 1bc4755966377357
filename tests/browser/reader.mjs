// What a test in Chromium needs: a browser, a reader who was let in, and a list of what is wrong.
import { chromium } from 'playwright-core';
import fs from 'node:fs';
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

// One browser for all: starting it takes as long as reading a few pages.
const chromiumBrowser = chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

// A window of its own, with cookies and a cache that no other has.
export const launch = async options => (await chromiumBrowser).newContext({
  viewport: { width: 1280, height: 900 },
  ...options,
});

// A window that was let in by the printed address.
export async function launchReader(printed, options) {
  const browser = await launch(options);
  const page = await browser.newPage();
  await page.goto(printed);
  // The key does not stay in the address.
  await page.waitForURL(new URL('/', printed).href);
  await page.close();
  return browser;
}

// Opens a page, and notes what goes wrong on it; `prepare` has the page before anything is on it.
export async function visit(browser, url, what, prepare) {
  const page = await browser.newPage();
  await prepare?.(page);
  page.setDefaultTimeout(30_000);
  page.on('response', response => {
    if (response.status() >= 400) problems.push(`${what}: ${response.status()} for ${response.url()}`);
  });
  page.on('console', message => {
    if (message.type() === 'error') problems.push(`${what}: console: ${message.text()}`);
  });
  page.on('pageerror', error => problems.push(`${what}: ${error.message}`));
  // Pages from a disk have no host to ask, nor an origin.
  const own = new URL('/', url).href;
  page.on('request', request => {
    if (!request.url().startsWith(own) && !request.url().startsWith('data:')) problems.push(`${what}: requests ${request.url()}`);
  });
  await page.goto(url, { waitUntil: 'load' });
  return page;
}

// What axe finds on a page. On one from a disk it can't preload style sheets: `{ preload: false }`.
export async function checkAxe(page, what, options = {}) {
  // Some of mdBook's colours change slowly, and between two themes they have no contrast.
  await page.waitForFunction(() => document.getAnimations().every(one => one.playState !== 'running'));
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(axe);
  const { violations } = await page.evaluate(options => globalThis.axe.run(options), options);
  for (const { id, help, nodes } of violations) {
    const found = nodes.slice(0, 5).map(node => `${node.target.join(' ')} (${node.any[0]?.message ?? node.html})`);
    problems.push(`${what}: ${id}: ${help}: ${found.join(' | ')}`);
  }
  checks += 1;
}

// Waits until this is so, or notes that it never was.
export async function until(right, what, timeout = 30_000) {
  const end = Date.now() + timeout;
  let is = await right();
  while (!is && Date.now() < end) {
    await new Promise(done => { setTimeout(done, 50); });
    is = await right();
  }
  check(is, what);
  return is;
}

// Does this work; where it cannot be done, says why. Says how long it took.
export async function step(name, work) {
  const start = Date.now();
  try {
    await work();
  } catch (error) {
    problems.push(`${name}: ${error.stack}`);
  }
  console.log(`${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

// Says what is wrong, and how many checks there were; fewer than `least` are wrong as well.
export async function finish(least) {
  for (const problem of problems) console.log(problem);
  console.log(`${checks} checks, ${problems.length} problems`);
  await (await chromiumBrowser).close();
  process.exit(problems.length === 0 && checks >= least ? 0 : 1);
}
