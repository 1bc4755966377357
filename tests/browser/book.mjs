// Opens every page of the book in Chromium, as a reader would see it, and says what is wrong with it.
// Arguments: the served book's address, the folder of the static site, a folder for screenshots.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { check, checkAxe, finish, launch, launchReader, step, until, visit } from './reader.mjs';

const [printed, site, shots] = process.argv.slice(2);
// Where the pages are; what was printed has the key behind it, too.
const address = new URL('/', printed).href;
const onDisk = name => pathToFileURL(path.join(site, name)).href;
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 360, height: 740 };
// All rules of axe.
const ALL = {};
// The page for printing opens the printer's window, and the other three hold no page of the book.
const pages = fs.readdirSync(site, { recursive: true }).filter(name =>
  name.endsWith('.html') && !['print.html', '404.html', 'toc.html', 'index.html'].includes(name));
check(pages.length >= 6, `only ${pages.length} pages: ${pages}`);

// The elements, classes and attributes that a page is made of.
function madeOf(name) {
  const text = fs.readFileSync(path.join(site, name), 'utf8');
  const parts = new Set();
  for (const [, tag, attributes] of text.slice(text.indexOf('<main')).matchAll(/<([a-z]\w*)((?:\s[^>]*)?)>/g)) {
    parts.add(tag);
    for (const [, attribute] of attributes.matchAll(/\s([a-z-]+)=/g)) parts.add(`${tag} ${attribute}`);
    for (const [, names] of attributes.matchAll(/class="([^"]*)"/g)) {
      for (const one of names.split(/\s+/)) parts.add(`${tag}.${one}`);
    }
  }
  return parts;
}

// As few pages as have, between them, all that any page is made of.
function everyKind() {
  const made = new Map(pages.map(name => [name, madeOf(name)]));
  const kinds = new Set();
  for (;;) {
    const most = [...made].reduce((one, other) => other[1].size > one[1].size ? other : one);
    if (most[1].size === 0) return kinds;
    kinds.add(most[0]);
    made.delete(most[0]);
    for (const parts of made.values()) for (const part of most[1]) parts.delete(part);
  }
}
const kinds = everyKind();

// What each address transfers when it comes anew; and all addresses that a page asks for.
const weights = new Map();
const asks = new Map();

// Counts what a page transfers from now on. Not the answers that go on as long as there is news.
async function countTransfers(browser, page) {
  const network = await browser.newCDPSession(page);
  const urls = new Map();
  const count = { bytes: 0, urls: new Set(), done: () => urls.size === 0 };
  network.on('Network.requestWillBeSent', ({ requestId, request: { url } }) => {
    if (/\/(builds|exercises)$/.test(url) || url.startsWith('data:')) return;
    urls.set(requestId, url);
    count.urls.add(url);
  });
  network.on('Network.loadingFailed', ({ requestId }) => urls.delete(requestId));
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const url = urls.get(requestId);
    if (!urls.delete(requestId)) return;
    count.bytes += encodedDataLength;
    weights.set(url, Math.max(weights.get(url) ?? 0, encodedDataLength));
  });
  await network.send('Network.enable');
  return count;
}

// What no page may have at any width.
async function checkLayout(page, what) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(wide <= 0, `${what}: ${wide} pixels wider than the window`);
  const broken = await page.$$eval('.lab-row', rows => rows.filter(row => row.getClientRects().length > 1).length);
  check(broken === 0, `${what}: ${broken} rows of a terminal's table are broken in two`);
}

// In the other theme, colours may be wrong that were right; a page that has something new is looked at as a whole.
async function checkPage(browser, name) {
  const isNew = kinds.has(name);
  let transfers;
  const page = await visit(browser, address + name, name, async page => {
    await page.setViewportSize(WIDE);
    transfers = await countTransfers(browser, page);
  });
  const look = async (colorScheme, width, rules) => {
    const what = `${name}, ${colorScheme}, ${width} wide`;
    await page.emulateMedia({ colorScheme });
    await page.waitForFunction(([theme, colours]) => document.documentElement.classList.contains(theme)
      && [...document.styleSheets].some(sheet => sheet.href?.includes(colours) && !sheet.disabled),
    colorScheme === 'light' ? ['light', '/highlight-'] : ['navy', '/tomorrow-night-']);
    await checkLayout(page, what);
    if (rules) await checkAxe(page, what, isNew ? ALL : rules);
    const file = `${name.replaceAll('/', '-')}-${colorScheme}-${width}.png`;
    if (shots) await page.screenshot({ path: path.join(shots, file), fullPage: true });
  };
  await look('light', WIDE.width, ALL);
  await look('dark', WIDE.width, { runOnly: ['color-contrast', 'link-in-text-block'] });
  await until(transfers.done, `${name}: something of it never comes`);
  asks.set(name, new Set(transfers.urls));

  transfers.bytes = 0;
  await page.setViewportSize(NARROW);
  await page.reload({ waitUntil: 'load' });
  await look('dark', NARROW.width, isNew && ALL);
  await look('light', NARROW.width, isNew && ALL);
  await until(transfers.done, `${name}: something of it never comes again`);
  check(transfers.bytes < 20_000, `${name}: transfers ${transfers.bytes} bytes again`);
  await page.close();
}

// As if this window had never seen the book: what it was let in by has much in it that every page has.
async function forget(browser) {
  const page = await browser.newPage();
  const network = await browser.newCDPSession(page);
  await network.send('Network.clearBrowserCache');
  await page.close();
}

// As many pages at a time as there are processors, but no more than a small machine bears.
async function checkPages() {
  const left = [...pages];
  const workers = Array.from({ length: Math.min(4, os.availableParallelism()) }, async () => {
    const browser = await launchReader(printed, { colorScheme: 'light' });
    await forget(browser);
    for (let name = left.shift(); name; name = left.shift()) {
      await step(name, () => checkPage(browser, name));
    }
    await browser.close();
  });
  await Promise.all(workers);
  // With all that a page asks for, as if a reader came to it first.
  for (const [name, urls] of asks) {
    const bytes = [...urls].reduce((sum, url) => sum + weights.get(url), 0);
    check(bytes > 50_000 && bytes <= 300_000, `${name}: transfers ${bytes} bytes`);
  }
  check(asks.size === pages.length, `only ${asks.size} of ${pages.length} pages were weighed`);
}

// The keyboard alone opens hints and answers, and hides and shows the sidebar.
async function checkKeyboard() {
  const browser = await launchReader(printed);
  const page = await visit(browser, `${address}sockets/udp.html`, 'keyboard');
  const hint = page.locator('details.hint').first();
  await hint.locator('summary').first().focus();
  await page.keyboard.press('Enter');
  check(await hint.evaluate(details => details.open), 'keyboard: a hint does not open');
  const inner = hint.locator('details.hint').first();
  check(!await inner.evaluate(details => details.open), 'the second hint opens with the first');

  const toggle = page.locator('#mdbook-sidebar-toggle');
  const before = await toggle.getAttribute('aria-expanded');
  await toggle.focus();
  await page.keyboard.press('Enter');
  const after = await toggle.getAttribute('aria-expanded');
  check(before !== after, `keyboard: the sidebar's toggle stays ${before}`);
  await browser.close();
}

// The search, by keyboard: from an open page to the page that is looked for.
async function checkSearch(url, browser) {
  const page = await visit(browser, url, 'search');
  await page.keyboard.press('/');
  await page.locator('#mdbook-searchbar').pressSequentially('datagram');
  const first = page.locator('#mdbook-searchresults a').first();
  await first.waitFor();
  await first.press('Enter');
  await page.waitForURL(/highlight=datagram/);
  check((await page.locator('main').innerText()).toLowerCase().includes('datagram'), `search: ${page.url()} has no datagram`);
  await browser.close();
}

// The static site from a disk, without JavaScript: complete as text.
async function checkStatic() {
  const browser = await launch({ javaScriptEnabled: false });
  const page = await visit(browser, onDisk('sockets/udp.html'), 'static');
  const text = await page.locator('main').innerText();
  for (const words of ['received 20 bytes', 'What passed between them', 'cargo exercise udp_echo']) {
    check(text.includes(words), `static: without JavaScript, ${words} is not on the page`);
  }
  await browser.close();
}

await step('all pages', checkPages);
await step('keyboard', checkKeyboard);
await step('search, served', async () => checkSearch(`${address}sockets/sockets.html`, await launchReader(printed)));
await step('search, from a disk', async () => checkSearch(onDisk('sockets/sockets.html'), await launch()));
await step('without JavaScript', checkStatic);
await finish(4 * pages.length);
