// Types into each explorer of the static site, in Chromium, and compares all that it shows with what Rust computed.
// Arguments: the folder of the static site, the file with the cases (see tests/browser.rs).
import { chromium } from 'playwright-core';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [site, casesFile] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const axe = fs.readFileSync(path.join(here, 'node_modules/axe-core/axe.min.js'), 'utf8');
const cases = JSON.parse(fs.readFileSync(casesFile, 'utf8'));
const problems = [];
let compared = 0;

// The page that each explorer is on; the page for printing has all of them once more.
const pages = {};
for (const name of fs.readdirSync(site, { recursive: true })) {
  if (!name.endsWith('.html') || name === 'print.html') continue;
  const html = fs.readFileSync(path.join(site, name), 'utf8');
  for (const [, explorer] of html.matchAll(/data-explorer="(\w+)"/g)) {
    if (pages[explorer]) problems.push(`the ${explorer} explorer is on ${pages[explorer]} and on ${name}`);
    pages[explorer] = pathToFileURL(path.join(site, name)).href;
  }
}

const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'loopback-chromium-'));
const launch = options => chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  viewport: { width: 1280, height: 900 },
  ...options,
});

async function open(browser, explorer) {
  const page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  page.on('console', message => {
    if (message.type() === 'error') problems.push(`${explorer}: console: ${message.text()}`);
  });
  page.on('pageerror', error => problems.push(`${explorer}: ${error.message}`));
  await page.goto(pages[explorer], { waitUntil: 'load' });
  return page;
}

// Runs in the page: types each case's inputs, and gives back what is on the page after each.
function play({ explorer, cases }) {
  const section = document.querySelector(`[data-explorer=${explorer}]`);
  const type = (input, text) => {
    input.value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const main = section.querySelector('.explorer-input input');
  const read = places => Object.fromEntries([...places].map(place => [place.dataset.out, place.textContent]));
  return cases.map(({ input, edits = [], press = [] }) => {
    type(main, input);
    let field = main;
    for (const [key, text] of edits) {
      field = section.querySelector(`[data-field=${key}] input`);
      type(field, text);
    }
    for (const button of press) section.querySelector(`[data-do=${button}]`).click();
    const seen = { values: read(section.querySelectorAll('[data-out]')) };
    const error = document.getElementById(field.getAttribute('aria-describedby').split(' ')[0]).textContent;
    if (error) seen.error = error;
    // An input is marked as wrong exactly when a message says why.
    if (field.hasAttribute('aria-invalid') !== (error !== '')) seen.invalid = field.getAttribute('aria-invalid');
    if (explorer === 'address') {
      const octets = [...section.querySelectorAll('.octet')];
      const all = selector => octets.map(octet => octet.querySelector(selector).textContent);
      seen.values.bits = all('code').join('');
      seen.network = all('b').join('');
      seen.decimal = all('span').join('.');
    }
    if (explorer === 'encapsulation') {
      const chunks = [...section.querySelectorAll('[data-chunk]')];
      seen.frame = chunks.map(chunk => chunk.textContent).join(' ').trim();
      seen.edited = chunks.filter(chunk => chunk.classList.contains('edited')).map(chunk => chunk.dataset.chunk);
      seen.broken = [...section.querySelectorAll('.broken')].map(place => place.dataset.out);
      // Every field but the one that is being typed into shows its own bytes.
      const fields = [...section.querySelectorAll('[data-field] input')];
      const shown = fields.map(field => field.value.replaceAll(' ', '').toLowerCase()).join('');
      if (!error && shown !== seen.frame.replaceAll(' ', '')) seen.fields = shown;
    }
    return seen;
  });
}

// A word on where two objects differ.
function difference(want, seen, at = '') {
  if (want && seen && typeof want === 'object' && typeof seen === 'object') {
    for (const key of new Set([...Object.keys(want), ...Object.keys(seen)])) {
      const found = difference(want[key], seen[key], `${at}.${key}`);
      if (found) return found;
    }
    return null;
  }
  compared += 1;
  return want === seen ? null : `${at}: Rust says ${JSON.stringify(want)}, the page ${JSON.stringify(seen)}`;
}

async function compare(browser, explorer) {
  const page = await open(browser, explorer);
  const all = cases[explorer];
  const seen = await page.evaluate(play, { explorer, cases: all });
  const differences = [];
  all.forEach(({ input, edits, press, shown }, index) => {
    const found = difference(shown, seen[index]);
    const what = JSON.stringify([input.slice(0, 60), edits, press]).slice(0, 200);
    if (found) differences.push(`${explorer}: ${what}${found}`);
  });
  problems.push(...differences.slice(0, 8));
  if (differences.length > 8) problems.push(`${explorer}: ${differences.length - 8} more`);
  if (all.length < 100) problems.push(`${explorer}: only ${all.length} cases`);
  await page.close();
}

async function checkAxe(page, what) {
  // Preloading means requests for style sheets, which file: forbids.
  const { violations } = await page.evaluate(() => globalThis.axe.run({ preload: false }));
  for (const violation of violations) {
    const where = violation.nodes.map(node => node.target.join(' ')).slice(0, 5).join(' | ');
    problems.push(`${what}: ${violation.id}: ${violation.help}: ${where}`);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) problems.push(`${what}: ${wide} pixels wider than the window`);
}

// What a reader does in each explorer to see another result, and to see an error.
const states = {
  address: { edited: [['.explorer-input input', '10.200.3.7/21']], error: [['.explorer-input input', '10.010.3.7/21']] },
  port: { edited: [['.explorer-input input', '8080']], error: [['.explorer-input input', '80800']] },
  encapsulation: {
    edited: [['.explorer-input input', 'x'.repeat(1472)], ['[data-field=ttl] input', '3f']],
    error: [['[data-field=ip_to] input', 'c0 00'], ['.explorer-input input', 'x'.repeat(1473)]],
  },
};

async function checkLooks(colorScheme, width) {
  const browser = await launch({ colorScheme, viewport: { width, height: 740 } });
  for (const [explorer, { edited, error }] of Object.entries(states)) {
    const page = await open(browser, explorer);
    await page.evaluate(axe);
    const steps = async (what, inputs) => {
      for (const [selector, text] of inputs) await page.fill(`.explorer ${selector}`, text);
      await checkAxe(page, `${explorer}, ${what}, ${colorScheme}, ${width} wide`);
    };
    await steps('as it is', []);
    await steps('edited', edited);
    await steps('with an error', error);
    await page.close();
  }
  await browser.close();
}

// The keyboard alone: type, hear what changed, go from the bytes to a field, break a checksum, mend it, undo.
async function checkKeyboard(browser) {
  const expect = (what, want, seen) => {
    if (want !== seen) problems.push(`keyboard: ${what}: wanted ${want}, got ${seen}`);
  };
  const status = page => page.locator('.explorer [role=status]').innerText();
  const focused = page => page.evaluate(() => document.activeElement.dataset.chunk ?? document.activeElement.dataset.bytes
    ?? document.activeElement.dataset.do ?? document.activeElement.id);
  const press = async (page, ...keys) => { for (const key of keys) await page.keyboard.press(key); };

  for (const [explorer, text, said] of [
    ['address', '10.1.2.3/8', '10.1.2.3 is in 10.0.0.0/8 and is private.'],
    ['port', '25', 'Port 25 is a System port: registered for smtp.'],
  ]) {
    const page = await open(browser, explorer);
    await page.focus(`#explorer-${explorer}-input`);
    await press(page, 'Control+A');
    await page.keyboard.type(text);
    expect(`${explorer} says`, said, await status(page));
    await page.keyboard.type('x');
    expect(`${explorer} keeps the last good result`, said, await status(page));
    const error = page.locator(`#explorer-${explorer}-error`);
    if (!(await error.innerText()).includes('x” is not a number')) problems.push(`${explorer}: no word on the x`);
    expect('the error is announced', 'polite', await error.getAttribute('aria-live'));
    // None of these is for mdBook while the reader types.
    await press(page, 'ArrowRight', 's', '/', 'ArrowLeft', 'ArrowLeft', 'Delete', 'Delete', 'Backspace');
    expect(`${explorer} has what was typed`, text, await page.inputValue(`#explorer-${explorer}-input`));
    expect(`${explorer} forgets its complaint`, '', await error.innerText());
    await page.close();
  }

  const page = await open(browser, 'encapsulation');
  await page.focus('#explorer-encapsulation-input');
  await press(page, 'Tab');
  expect('behind the message', 'mac_to', await focused(page));
  await press(page, 'End');
  expect('the last bytes', 'data', await focused(page));
  await press(page, 'Home', ...Array(8).fill('ArrowRight'));
  expect('eight fields on', 'ttl', await focused(page));
  expect('its field is marked', 'ttl', await page.locator('li.marked').getAttribute('data-field'));
  const detail = await page.locator('.explorer-detail').innerText();
  if (!detail.startsWith('Time to live: 64. ')) problems.push(`keyboard: the bytes are explained as ${detail}`);
  await press(page, 'Enter');
  expect('Enter goes to its field', 'INPUT', await page.evaluate(() => document.activeElement.tagName));
  expect('which is marked', 'ttl', await page.locator('[data-chunk].marked').getAttribute('data-chunk'));
  await press(page, 'Control+A');
  await page.keyboard.type('3f');
  expect('a router took off 1', 'IPv4 header checksum is broken. UDP checksum holds.', await status(page));
  await page.focus('[data-do=recompute]');
  await press(page, 'Enter');
  expect('recomputed', 'IPv4 header checksum holds. UDP checksum holds.', await status(page));
  await press(page, 'Tab');
  expect('the next button', 'reset', await focused(page));
  await press(page, 'Space');
  expect('undone', '40', await page.locator('[data-field=ttl] input').inputValue());
  // A value that was left half typed goes, and its complaint with it.
  const field = page.locator('[data-field=ttl] input');
  await field.fill('4');
  expect('half a byte', 'true', await field.getAttribute('aria-invalid'));
  await press(page, 'Tab');
  expect('left', '40', await field.inputValue());
  expect('left, no complaint', null, await field.getAttribute('aria-invalid'));
  // The pointer marks too, from either side.
  await page.hover('[data-chunk=port_to]');
  expect('bytes mark their field', 'port_to', await page.locator('li.marked').getAttribute('data-field'));
  await page.hover('[data-field=ip_from]');
  expect('a field marks its bytes', 'ip_from', await page.locator('[data-chunk].marked').getAttribute('data-chunk'));
  await page.close();
}

// Without JavaScript the first result is there to read, and nothing looks as if it could be used.
async function checkWithoutJavaScript() {
  const browser = await launch({ javaScriptEnabled: false });
  for (const explorer of Object.keys(states)) {
    const page = await open(browser, explorer);
    const section = page.locator(`[data-explorer=${explorer}]`);
    const text = await section.innerText();
    const { values } = cases[explorer][0].shown;
    for (const [key, value] of Object.entries(values)) {
      if (key !== 'bits' && !text.includes(value)) problems.push(`${explorer}: without JavaScript, ${value} is not there`);
    }
    const usable = await section.locator('input:visible, button:visible').count();
    if (usable > 0) problems.push(`${explorer}: without JavaScript, ${usable} controls that do nothing`);
    await page.close();
  }
  await browser.close();
}

try {
  for (const explorer of Object.keys(states)) {
    if (!pages[explorer]) problems.push(`no page has the ${explorer} explorer`);
  }
  if (problems.length === 0) {
    const browser = await launch();
    for (const explorer of Object.keys(states)) await compare(browser, explorer);
    await checkKeyboard(browser);
    await browser.close();
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [1280, 360]) await checkLooks(colorScheme, width);
    }
    await checkWithoutJavaScript();
  }
} catch (error) {
  problems.push(`the browser stopped: ${error.stack}`);
} finally {
  fs.rmSync(profile, { recursive: true, force: true });
}
for (const problem of problems) console.log(problem);
console.log(`${compared} values compared, ${problems.length} problems`);
// A browser that is still open would keep this waiting.
process.exit(problems.length === 0 ? 0 : 1);
