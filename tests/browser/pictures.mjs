// Cuts the stream of the slicer in many ways and makes every choice of the timeline, in Chromium, and compares all that
// the static site shows with what Rust computed.
// Arguments: the folder of the static site, the file with the cases (see tests/browser.rs), a folder for screenshots.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { check, checkAxe, finish, launch, problems, visit } from './reader.mjs';

const [site, casesFile, shots] = process.argv.slice(2);
const cases = JSON.parse(fs.readFileSync(casesFile, 'utf8'));

// The page that each picture is on; the page for printing has all of them once more.
const pages = {};
for (const name of fs.readdirSync(site, { recursive: true })) {
  if (!name.endsWith('.html') || name === 'print.html') continue;
  const html = fs.readFileSync(path.join(site, name), 'utf8');
  for (const [, picture] of html.matchAll(/data-picture="(\w+)"/g)) pages[picture] = pathToFileURL(path.join(site, name)).href;
}
const open = (browser, picture, what = picture) => visit(browser, pages[picture], what);

// These run in the page: make the choices of each case, and give back what is to be seen after each.
const play = {
  slicer: cases => {
    const section = document.querySelector('[data-picture=slicer]');
    // What is not laid out is changed some ten times as fast.
    section.style.display = 'none';
    return cases.map(({ framing, cuts }) => {
      const radio = section.querySelector(`[value=${framing}]`);
      if (!radio.checked) radio.click();
      const gaps = [...section.querySelectorAll('.slicer-stream button')];
      gaps.forEach((gap, index) => {
        if ((gap.getAttribute('aria-pressed') === 'true') !== cuts.includes(index + 1)) gap.click();
      });
      const cut = gaps.flatMap((gap, index) => gap.classList.contains('cut') ? [index + 1] : []);
      const rows = [...section.querySelectorAll('.slicer-reads tbody tr')].map((row, index) => {
        const [number, bytes, oneRead, framed] = [...row.cells].map(cell => cell.textContent);
        if (number !== String(index + 1)) return number;
        return { bytes, one_read: oneRead, right: !row.cells[2].classList.contains('broken'), framed };
      });
      return { framing, cuts: cut, shown: { said: section.querySelector('[data-out=said]').textContent, rows } };
    });
  },
  timeline: cases => {
    const section = document.querySelector('[data-picture=timeline]');
    const units = Number(section.querySelector('.timeline').style.getPropertyValue('--units'));
    const choose = (name, value) => section.querySelector(`[name=timeline-${name}][value="${value}"]`).click();
    // Two digits behind the point are as exact as the page is drawn.
    const time = percent => Math.round(parseFloat(percent) * units) / 100;
    return cases.map(({ server, slow, clients }) => {
      for (const [name, value] of Object.entries({ server, slow, clients })) choose(name, value);
      const words = [...section.querySelectorAll('.timeline-words tr')];
      const rows = [...section.querySelectorAll('.timeline-rows .timeline-row')].map((row, index) => ({
        thread: row.classList.contains('thread'),
        name: row.querySelector('b').textContent,
        text: words[index].cells[1].textContent,
        bars: [...row.querySelectorAll('.timeline-track span')].map(bar => ({
          kind: bar.className.replace('bar-', ''),
          from: time(bar.style.left),
          to: time(parseFloat(bar.style.left) + parseFloat(bar.style.width)),
          label: bar.textContent,
        })),
      }));
      const [said, note] = ['said', 'note'].map(out => section.querySelector(`[data-out=${out}]`).textContent);
      const same = words.length === rows.length && words.every((row, index) => row.cells[0].textContent === rows[index].name);
      return { server, slow, clients, shown: { said, note, rows: same ? rows : 'other rows in words than in the picture' } };
    });
  },
};

// A word on where two objects differ.
function difference(want, seen, at = '') {
  if (want && seen && typeof want === 'object' && typeof seen === 'object') {
    for (const key of new Set([...Object.keys(want), ...Object.keys(seen)])) {
      const found = difference(want[key], seen[key], `${at}.${key}`);
      if (found) return found;
    }
    return null;
  }
  return want === seen ? null : `${at}: Rust says ${JSON.stringify(want)}, the page ${JSON.stringify(seen)}`;
}

async function compare(browser, picture, least) {
  const page = await open(browser, picture);
  const seen = await page.evaluate(play[picture], cases[picture]);
  check(seen.length >= least, `${picture}: only ${seen.length} cases`);
  const found = cases[picture].map((want, index) => [want, difference(want, seen[index])]);
  const wrong = found.filter(([, difference]) => difference);
  for (const [{ shown, ...choice }, difference] of wrong.slice(0, 5)) {
    problems.push(`${picture}: ${JSON.stringify(choice)}${difference}`);
  }
  check(wrong.length <= 5, `${picture}: ${wrong.length} cases differ`);
  await page.close();
}

// The buttons with a name, and the one that cuts by chance.
async function checkPresets(browser) {
  const page = await open(browser, 'slicer', 'presets');
  const pressed = () => page.$$eval('.slicer-stream button', gaps =>
    gaps.flatMap((gap, index) => gap.getAttribute('aria-pressed') === 'true' ? [index + 1] : []).join());
  for (const { framing, key, cuts } of cases.presets) {
    await page.check(`[value=${framing}]`);
    await page.click(`[data-preset=${key}]`);
    check(await pressed() === cuts.join(), `presets: ${framing}, ${key} cuts at ${await pressed()}`);
  }
  // The other stream is cut in the same way.
  await page.click('[data-preset=frames]');
  await page.check('[value=lengths]');
  check(await pressed() === '6,14', `presets: the other stream is cut at ${await pressed()}`);
  const seen = new Set();
  for (let round = 0; round < 20; round += 1) {
    await page.click('[data-preset=chance]');
    seen.add(await pressed());
    const said = await page.locator('[data-picture=slicer] [role=status]').innerText();
    check(said.endsWith('The framed reader: 3 messages, all right.'), `by chance: ${await pressed()}: ${said}`);
  }
  check(seen.size > 10, `by chance, only ${[...seen].join(' | ')}`);
  await page.close();
}

// The keyboard alone: choose the stream, take a slicing with a name, go to a gap, cut, join.
async function checkKeyboard(browser) {
  const page = await open(browser, 'slicer', 'keyboard');
  const address = page.url();
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  const focused = () => page.evaluate(() => {
    const { ariaLabel, ariaPressed, dataset, value } = document.activeElement;
    return ariaLabel ? `${ariaLabel}, ${ariaPressed}` : dataset.preset ?? value;
  });
  const expect = async (what, want) => {
    const seen = await focused();
    check(seen === want, `keyboard: ${what}: wanted ${want}, got ${seen}`);
  };
  const says = async want => {
    const said = await page.locator('[data-picture=slicer] [role=status]').innerText();
    check(said.startsWith(want), `keyboard: wanted ${want}, got ${said}`);
  };
  await page.focus('[name=slicer-framing]:checked');
  await press('ArrowRight');
  await expect('the other stream', 'lines');
  await press('Tab');
  await expect('behind the streams', 'middle');
  await press('Tab', 'Enter');
  await expect('the next button', 'frames');
  await says('3 reads. One read, one message: 3 messages, all right.');
  await press('Tab', 'Tab', 'Tab', 'Tab');
  await expect('the first gap', 'cut behind byte 1: 68, h, false');
  await press('ArrowRight', 'ArrowRight');
  await expect('two gaps on', 'cut behind byte 3: 0a, LF, true');
  await press('Space');
  await expect('joined', 'cut behind byte 3: 0a, LF, false');
  await says('2 reads. One read, one message: 2 messages, 1 right.');
  await press('End');
  await expect('the last gap', 'cut behind byte 11: 65, e, false');
  await press('ArrowRight', 'Enter');
  await expect('the last gap still, cut', 'cut behind byte 11: 65, e, true');
  await says('3 reads. One read, one message: 3 messages, none right.');
  await press('Home', 'ArrowLeft');
  await expect('the first gap again', 'cut behind byte 1: 68, h, false');
  // None of these is for mdBook.
  await press('s', '/', '?');
  await press('Shift+Tab', 'Tab');
  await expect('one stop for all gaps', 'cut behind byte 1: 68, h, false');
  check(page.url() === address, `keyboard: another page, ${page.url()}`);
  await page.close();

  const timeline = await open(browser, 'timeline', 'keyboard');
  await timeline.focus('[name=timeline-server]:checked');
  await timeline.keyboard.press('ArrowRight');
  const said = await timeline.locator('[data-picture=timeline] [role=status]').innerText();
  check(said.startsWith('Replies: A at 14, B at 4, C at 5, D at 6.'), `keyboard: threads: ${said}`);
  check(timeline.url() === pages.timeline, `keyboard: another page, ${timeline.url()}`);
  await timeline.close();
}

// A finger needs 24 pixels.
async function checkTouch(page, what) {
  const small = await page.$$eval('[data-picture] button, [data-picture] label', parts => parts
    .map(part => [part.ariaLabel ?? part.textContent, part.getBoundingClientRect()])
    .filter(([, { width, height }]) => width < 24 || height < 24)
    .map(([name, { width, height }]) => `${name}: ${width} × ${height}`));
  check(small.length === 0, `${what}: too small to touch: ${small.slice(0, 3).join(' | ')}`);
}

async function checkLooks(colorScheme, width) {
  const browser = await launch({ colorScheme, viewport: { width, height: 740 } });
  for (const [picture, states] of Object.entries({
    slicer: { first: [], bytes: ['[data-preset=bytes]'], lines: ['[value=lines]', '[data-preset=joined]'] },
    timeline: { first: [], threads: ['[value=threads]', '[name=timeline-clients][value="5"]'], tasks: ['[value=tasks]'] },
  })) {
    const page = await open(browser, picture, `${picture}, ${colorScheme}, ${width} wide`);
    for (const details of await page.locator('[data-picture] summary').all()) await details.click();
    for (const [state, clicks] of Object.entries(states)) {
      const what = `${picture}, ${state}, ${colorScheme}, ${width} wide`;
      for (const click of clicks) await page.click(`[data-picture] ${click}`);
      await checkAxe(page, what, { preload: false });
      await checkTouch(page, what);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      check(wide <= 0, `${what}: ${wide} pixels wider than the window`);
      const file = `${picture}-${state}-${colorScheme}-${width}.png`;
      if (shots) await page.locator('[data-picture]').screenshot({ path: path.join(shots, file) });
    }
    await page.close();
  }
  await browser.close();
}

// Runs in the page: all that a picture shows, but for the marks in the gaps, which are buttons with JavaScript only.
const shape = () => [...document.querySelectorAll(
  '.slicer-byte, .slicer-gap, .slicer-reads tr, .timeline-row, .timeline-track span, [data-out]')]
  .map(({ className, dataset, style, textContent }) =>
    [className, dataset.message, style.left, style.width, className.includes('gap') ? '' : textContent].join());

// Without JavaScript, what Rust has written is there to read, and no control. JavaScript draws just the same.
async function checkWritten() {
  const plain = await launch({ javaScriptEnabled: false });
  const written = {};
  for (const picture of Object.keys(play)) {
    const page = await open(plain, picture, `${picture}, without JavaScript`);
    written[picture] = await page.evaluate(shape);
    const text = await page.locator('[data-picture]').textContent();
    const first = cases[picture].find(({ framing, server, slow, clients }) =>
      framing === 'lengths' || (server === 'sequential' && slow === 12 && clients === 4));
    for (const { bytes, one_read: oneRead, framed, name, text: words } of first.shown.rows) {
      for (const part of [bytes, oneRead, framed, name, words].filter(part => part !== undefined)) {
        check(text.includes(part), `${picture}: without JavaScript, ${part} is not there`);
      }
    }
    const usable = await page.locator('[data-picture] input:visible, [data-picture] button:visible').count();
    check(usable === 0, `${picture}: without JavaScript, ${usable} controls that do nothing`);
    await page.close();
  }
  await plain.close();
  const browser = await launch();
  for (const picture of Object.keys(play)) {
    const page = await open(browser, picture);
    const [want, seen] = [written[picture], await page.evaluate(shape)];
    const other = seen.filter((part, index) => part !== want[index]);
    check(want.length > 10 && want.length === seen.length && other.length === 0,
      `${picture}: ${want.length} parts written and ${seen.length} drawn, such as ${other.slice(0, 3).join(' | ')}`);
    await page.emulateMedia({ media: 'print' });
    check(await page.locator('[data-picture] input:visible').count() === 0, `${picture}: choices on paper`);
    await page.close();
  }
  await browser.close();
}

try {
  for (const picture of Object.keys(play)) check(pages[picture], `no page has the ${picture}`);
  const browser = await launch();
  await compare(browser, 'slicer', 2300);
  await compare(browser, 'timeline', 48);
  await checkPresets(browser);
  await checkKeyboard(browser);
  await browser.close();
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 360]) await checkLooks(colorScheme, width);
  }
  await checkWritten();
} catch (error) {
  problems.push(`the browser stopped: ${error.stack}`);
}
finish(80);
