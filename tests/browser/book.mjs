// Opens every page of the book in Chromium, as a reader would see it, and says what is wrong with it.
// Arguments: the served book's address, the folder of the static site, a folder for screenshots.
import { chromium } from 'playwright-core';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [printed, site, shots] = process.argv.slice(2);
// Where the pages are; what was printed has the key behind it, too.
const address = new URL('/', printed).href;
const here = path.dirname(fileURLToPath(import.meta.url));
const axe = fs.readFileSync(path.join(here, 'node_modules/axe-core/axe.min.js'), 'utf8');
const problems = [];
// The page for printing opens the printer's window, and the other three hold no page of the book.
const pages = fs.readdirSync(site, { recursive: true }).filter(name =>
  name.endsWith('.html') && !['print.html', '404.html', 'toc.html', 'index.html'].includes(name));
if (pages.length < 6) problems.push(`only ${pages.length} pages: ${pages}`);

const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'loopback-chromium-'));
const launch = options => chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  ...options,
});

// A browser that was let in by the printed address.
async function launchReader(options) {
  const browser = await launch(options);
  const page = await browser.newPage();
  await page.goto(printed);
  // The key does not stay in the address.
  await page.waitForURL(address);
  await page.close();
  return browser;
}

// Visits a page, and notes what it requests and what goes wrong on it.
async function visit(browser, url, what) {
  const page = await browser.newPage();
  const seen = { page, requests: [] };
  page.on('request', request => seen.requests.push(request.url()));
  page.on('response', response => {
    if (response.status() >= 400) problems.push(`${what}: ${response.status()} for ${response.url()}`);
  });
  page.on('console', message => {
    if (message.type() === 'error') problems.push(`${what}: console: ${message.text()}`);
  });
  page.on('pageerror', error => problems.push(`${what}: ${error.message}`));
  await page.goto(url, { waitUntil: 'load' });
  return seen;
}

async function checkServed(colorScheme, viewport) {
  const browser = await launchReader({ colorScheme, viewport });
  for (const name of pages) {
    const what = `${name}, ${colorScheme}, ${viewport.width} wide`;
    const { page, requests } = await visit(browser, address + name, what);
    for (const url of requests) {
      if (!url.startsWith(address) && !url.startsWith('data:')) problems.push(`${what}: requests ${url}`);
    }
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const violation of violations) {
      const where = violation.nodes.map(node => node.target.join(' ')).slice(0, 5).join(' | ');
      problems.push(`${what}: ${violation.id}: ${violation.help}: ${where}`);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) problems.push(`${what}: ${wide} pixels wider than the window`);
    const broken = await page.$$eval('.lab-row', rows => rows.filter(row => row.getClientRects().length > 1).length);
    if (broken > 0) problems.push(`${what}: ${broken} rows of a terminal's table are broken in two`);
    const file = `${name.replaceAll('/', '-')}-${colorScheme}-${viewport.width}.png`;
    if (shots) await page.screenshot({ path: path.join(shots, file), fullPage: true });
    await page.close();
  }
  await browser.close();
}

// The keyboard alone opens hints and answers, and hides and shows the sidebar.
async function checkKeyboard() {
  const browser = await launchReader({ viewport: { width: 1280, height: 900 } });
  const { page } = await visit(browser, `${address}sockets/udp.html`, 'keyboard');
  const hint = page.locator('details.hint').first();
  await hint.locator('summary').first().focus();
  await page.keyboard.press('Enter');
  if (!await hint.evaluate(details => details.open)) problems.push('keyboard: a hint does not open');
  const inner = hint.locator('details.hint').first();
  if (await inner.evaluate(details => details.open)) problems.push('the second hint opens with the first');

  const toggle = page.locator('#mdbook-sidebar-toggle');
  const before = await toggle.getAttribute('aria-expanded');
  await toggle.focus();
  await page.keyboard.press('Enter');
  const after = await toggle.getAttribute('aria-expanded');
  if (before === after) problems.push(`keyboard: the sidebar's toggle stays ${before}`);
  await browser.close();
}

// What a first visit to a page transfers, with all that is on it; and that a second one transfers next to nothing.
async function checkWeight() {
  const browser = await launchReader({});
  for (const name of pages) {
    const page = await browser.newPage();
    const network = await browser.newCDPSession(page);
    await network.send('Network.enable');
    let bytes = 0;
    network.on('Network.loadingFinished', event => { bytes += event.encodedDataLength; });
    await network.send('Network.clearBrowserCache');
    // Not until the network is idle: a page goes on hearing how builds and exercises stand.
    const quiet = () => new Promise(done => { setTimeout(done, 700); });
    await page.goto(address + name, { waitUntil: 'load' });
    await quiet();
    if (bytes > 300_000) problems.push(`${name}: transfers ${bytes} bytes`);
    bytes = 0;
    await page.reload({ waitUntil: 'load' });
    await quiet();
    if (bytes > 20_000) problems.push(`${name}: transfers ${bytes} bytes again`);
    await page.close();
  }
  await browser.close();
}

// The static site from a disk, without JavaScript: complete as text.
async function checkStatic() {
  const browser = await launch({ javaScriptEnabled: false });
  const { page, requests } = await visit(browser, pathToFileURL(path.join(site, 'sockets/udp.html')).href, 'static');
  const text = await page.locator('main').innerText();
  for (const words of ['received 20 bytes', 'What passed between them', 'cargo exercise udp_echo']) {
    if (!text.includes(words)) problems.push(`static: without JavaScript, ${words} is not on the page`);
  }
  for (const url of requests) {
    if (!url.startsWith('file:') && !url.startsWith('data:')) problems.push(`static: requests ${url}`);
  }
  await browser.close();
}

try {
  for (const colorScheme of ['light', 'dark']) {
    await checkServed(colorScheme, { width: 1280, height: 900 });
    await checkServed(colorScheme, { width: 360, height: 740 });
  }
  await checkKeyboard();
  await checkWeight();
  await checkStatic();
} finally {
  fs.rmSync(profile, { recursive: true, force: true });
}
for (const problem of problems) console.log(problem);
console.log(`${pages.length} pages, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
