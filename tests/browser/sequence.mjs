// Goes through the sequence explorer of the static site, in Chromium: every loss, every step, by keyboard, without
// JavaScript, on paper. Arguments: the folder of the static site, the file with the runs (see tests/browser.rs).
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { check, finish, launch, problems, visit } from './reader.mjs';

const [site, runsFile] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const axe = fs.readFileSync(path.join(here, 'node_modules/axe-core/axe.min.js'), 'utf8');
const runs = JSON.parse(fs.readFileSync(runsFile, 'utf8'));
const url = pathToFileURL(path.join(site, 'robust/endings.html')).href;

const same = (what, want, seen) => {
  const [wanted, got] = [want, seen].map(value => JSON.stringify(value));
  check(wanted === got, `${what}: wanted ${wanted}, got ${got}`);
};

// What the page shows now.
const read = page => page.evaluate(() => {
  const section = document.querySelector('[data-sequence]');
  const all = selector => [...section.querySelectorAll(selector)];
  const lines = all('svg path.segment').filter(path => path.getAttribute('d').startsWith('M') && path.getAttribute('d').includes('L'));
  return {
    said: section.querySelector('.explorer-said').textContent,
    items: all('li').filter(item => !item.hidden).map(item => [...item.children].map(part => part.textContent)),
    marked: all('li').findIndex(item => item.classList.contains('marked')),
    labels: all('svg text.segment').map(text => text.textContent),
    lost: lines.filter(line => line.classList.contains('lost')).length,
    again: lines.filter(line => line.classList.contains('again')).length,
    arrows: lines.length,
    heads: all('svg path.head').length,
  };
});

// What it must show: the first `shown` segments of a run, or all.
function wanted(run, shown = null) {
  const rows = run.rows.slice(0, shown ?? run.rows.length);
  const lost = rows.filter(row => row.lost).length;
  return {
    said: shown === null ? run.said : rows.at(-1).step,
    items: rows.map(row => row.item),
    marked: shown === null ? -1 : shown - 1,
    labels: rows.map(row => (row.again ? `↻ ${row.label}` : row.label)),
    lost,
    again: rows.filter(row => row.again).length,
    arrows: rows.length,
    heads: rows.length - lost,
  };
}

const button = (page, name) => page.locator(`[data-sequence] [data-do=${name}]`);
const choose = (page, lost) => page.selectOption('[data-sequence] select', String(lost));

// Every loss, all at once and one by one.
async function checkRuns() {
  const browser = await launch();
  const page = await visit(browser, url, 'runs');
  const options = await page.locator('[data-sequence] option').allTextContents();
  same('the choice', runs.map(({ lost }, number) => (number ? `${number}: ${lost}` : lost)), options);
  for (const [number, run] of runs.entries()) {
    await choose(page, number);
    same(`lost ${number}`, wanted(run), await read(page));
    await button(page, 'all').click();
    for (let shown = 1; shown <= run.rows.length; shown += 1) {
      same(`lost ${number}, step ${shown}`, wanted(run, shown), await read(page));
      if (shown < run.rows.length) await button(page, 'next').click();
    }
    check(await button(page, 'next').isDisabled(), `lost ${number}: a step beyond the last`);
    await button(page, 'back').click();
    same(`lost ${number}, one back`, wanted(run, run.rows.length - 1), await read(page));
    await button(page, 'all').click();
    same(`lost ${number}, all again`, wanted(run), await read(page));
    check(await button(page, 'back').isDisabled(), `lost ${number}: a step before all`);
  }
  // Whoever goes one by one and chooses another loss begins anew.
  await button(page, 'next').click();
  await button(page, 'next').click();
  await choose(page, 4);
  same('another loss', wanted(runs[4], 1), await read(page));
  await browser.close();
}

// The keyboard alone: choose, step, and stay on the page.
async function checkKeyboard() {
  const browser = await launch();
  const page = await visit(browser, url, 'keyboard');
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  const focused = () => page.evaluate(() => document.activeElement.dataset.do ?? document.activeElement.id);
  await page.focus('[data-sequence] select');
  await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown');
  same('keyboard: the fourth is lost', wanted(runs[4]), await read(page));
  await press('Tab');
  same('keyboard: behind the choice', 'next', await focused());
  await press('Enter', 'Space', 'Enter');
  same('keyboard: three steps', wanted(runs[4], 3), await read(page));
  // To mdBook, these would be another chapter, or its search.
  await press('ArrowRight', 'ArrowLeft', 's', '/');
  same('keyboard: still on the page', url, page.url());
  await press('Shift+Tab', 'Enter');
  same('keyboard: one back', wanted(runs[4], 2), await read(page));
  await press('Tab', 'Tab');
  same('keyboard: behind both', 'all', await focused());
  await press('Enter');
  same('keyboard: all', wanted(runs[4]), await read(page));
  // At either end, the button that has no more to do gives the focus to the other.
  await press('Enter', 'Shift+Tab');
  for (let step = 1; step < runs[4].rows.length; step += 1) await press('Enter');
  same('keyboard: the end', wanted(runs[4], runs[4].rows.length), await read(page));
  same('keyboard: at the end', 'back', await focused());
  check(await page.locator('[data-sequence] svg .marked').count() > 0, 'the last segment is not marked');
  for (let step = 1; step < runs[4].rows.length; step += 1) await press('Enter');
  same('keyboard: at the beginning', 'next', await focused());
  await press('ArrowRight', 'ArrowLeft');
  same('keyboard: still here', url, page.url());
  const live = await page.locator('[data-sequence] .explorer-said').getAttribute('role');
  same('what is said is announced', 'status', live);
  const name = await page.locator('[data-sequence] svg').getAttribute('aria-label');
  check(name.includes('list below'), `the picture is called ${name}`);
  await browser.close();
}

async function checkLooks(colorScheme, width) {
  const browser = await launch({ colorScheme, viewport: { width, height: 740 } });
  const what = `${colorScheme}, ${width} wide`;
  const page = await visit(browser, url, what);
  await page.evaluate(axe);
  for (const [lost, steps] of [[0, 0], [5, 0], [16, 18]]) {
    await choose(page, lost);
    for (let step = 0; step < steps; step += 1) await button(page, 'next').click();
    // Preloading means requests for style sheets, which file: forbids.
    const { violations } = await page.evaluate(() => globalThis.axe.run({ preload: false }));
    for (const { id, help, nodes } of violations) {
      problems.push(`${what}, lost ${lost}: ${id}: ${help}: ${nodes.map(node => node.target.join(' ')).slice(0, 5).join(' | ')}`);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(wide <= 0, `${what}, lost ${lost}: ${wide} pixels wider than the window`);
    // Nothing in the picture is cut off, and no two names stand on each other.
    const bad = await page.evaluate(() => {
      const svg = document.querySelector('[data-sequence] svg');
      const frame = svg.getBoundingClientRect();
      const texts = [...svg.querySelectorAll('text')].map(text => [text, text.getBoundingClientRect()]);
      const cut = texts.filter(([, box]) => box.left < frame.left || box.right > frame.right || box.bottom > frame.bottom);
      const names = texts.filter(([text]) => !text.classList.contains('tick'));
      // A line of text is higher than its letters.
      const over = names.filter(([, a], index) => names.slice(index + 1).some(([, b]) =>
        a.left < b.right && b.left < a.right && a.top + 4 < b.bottom && b.top + 4 < a.bottom));
      return [...cut, ...over].map(([text]) => text.textContent);
    });
    same(`${what}, lost ${lost}: names cut off or one on another`, [], bad);
    if (steps) await button(page, 'all').click();
  }
  // A telephone is turned: the picture fits again.
  await page.setViewportSize({ width: 740, height: 360 });
  await page.waitForFunction(() => {
    const box = document.querySelector('.sequence-picture');
    return Number(box.firstChild.getAttribute('width')) === Math.min(box.clientWidth, 720);
  });
  same(`${what}: drawn anew`, wanted(runs[16]), await read(page));
  await browser.close();
}

// Without JavaScript, and on paper: the list is there to read, and nothing looks as if it could be used.
async function checkReading() {
  for (const [what, options, media] of [['without JavaScript', { javaScriptEnabled: false }, 'screen'], ['on paper', {}, 'print']]) {
    const browser = await launch(options);
    const page = await visit(browser, url, what);
    await page.emulateMedia({ media });
    const section = page.locator('[data-sequence]');
    const text = await section.innerText();
    for (const words of [runs[0].said, ...runs[0].rows.flatMap(row => row.item)]) {
      check(text.includes(words), `${what}: ${words} is not there`);
    }
    same(`${what}: controls that do nothing`, 0, await section.locator('select:visible, button:visible').count());
    await browser.close();
  }
}

try {
  await checkRuns();
  await checkKeyboard();
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 360]) await checkLooks(colorScheme, width);
  }
  await checkReading();
} catch (error) {
  problems.push(`the browser stopped: ${error.stack}`);
}
finish(500);
