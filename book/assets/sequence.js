// The sequence explorer: draws a connection's segments as arrows, lets the reader choose which one gets lost, and shows
// one after the other. All runs and all words come from src/explorers/sequence.rs as JSON in the page;
// tests/browser/sequence.mjs compares what the page shows with what Rust wrote.
'use strict';

(() => {
  const fill = (sentence, ...args) => sentence.replace(/\{(\d)\}/g, (_, number) => args[number]);

  // Pixels for each millisecond, except where nothing happens for long: a pause is as high as its words need.
  const SCALE = 1.45;
  const LONG = 150;
  const PAUSE = 46;
  const TOP = 40;
  // How far a lost segment gets, in milliseconds.
  const HALF = 25;
  // From here on, there is room for the states beside the names.
  const WIDE = 520;

  const texts = ({ from, segment, left, arrived, again, client, server, why }, words) => ({
    name: `${from}: ${segment}`,
    time: arrived === null ? fill(words.time_lost, left)
      : fill(again ? words.time_again : words.time, left, arrived),
    changes: Object.entries({ client, server }).filter(([, change]) => change)
      .map(([side, change]) => fill(words.change, side, ...change)).join(', '),
    why,
  });

  // Where each time of a run is, from top to bottom, and where the pauses and the hundreds are.
  function heights(rows) {
    const times = rows.flatMap(({ left, arrived }) => [left, arrived ?? left + HALF]);
    const heights = new Map();
    const [pauses, ticks] = [[], []];
    let [y, before] = [TOP, 0];
    for (const time of [...new Set(times)].sort((a, b) => a - b)) {
      const wait = time - before;
      if (wait > LONG) pauses.push({ y, wait });
      else {
        const tick = Math.floor(time / 100) * 100;
        if (tick > before) ticks.push({ y: y + (tick - before) * SCALE, time: tick });
      }
      y += wait > LONG ? PAUSE : wait * SCALE;
      heights.set(time, y);
      before = time;
    }
    return { at: time => heights.get(time), bottom: y + 24, pauses, ticks };
  }

  // When a side got into which state.
  function states(rows, side, shown) {
    const changes = rows.slice(0, shown).filter(row => row[side]).map(row => ({
      time: row.from === side ? row.left : row.arrived,
      state: row[side][1],
    }));
    const [first] = rows.find(row => row[side])[side];
    return [{ time: null, state: first }, ...changes];
  }

  // `marked` is the segment that was added last, counted from 1.
  function draw(box, rows, shown, marked, words) {
    const width = Math.min(box.clientWidth, 720);
    const { at, bottom, pauses, ticks } = heights(rows);
    const parts = [];
    const add = (name, attributes, text) => {
      const part = document.createElementNS('http://www.w3.org/2000/svg', name);
      for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
      if (text !== undefined) part.textContent = text;
      parts.push(part);
    };
    const line = (name, x1, y1, x2, y2) => add('path', { class: name, d: `M${x1} ${y1} L${x2} ${y2}` });
    const wide = width >= WIDE;
    const margin = wide ? 190 : 104;
    const ends = { client: margin, server: width - margin };
    for (const [side, x] of Object.entries(ends)) {
      add('text', { class: 'end', x, y: 18, 'text-anchor': 'middle' }, side);
      line('lifeline', x, 28, x, bottom);
    }
    for (const { y } of ticks) line('tick', ends.client, y, ends.server, y);
    for (const { y, wait } of pauses) {
      add('rect', { class: 'pause', x: 0, y: y + 10, width, height: PAUSE - 20 });
      add('text', { x: width / 2, y: y + PAUSE / 2 + 4, 'text-anchor': 'middle' }, fill(words.pause, wait));
    }
    // Names stand outside of the two lines, each on its sender's side; states, where there is room, at the very edge.
    const beside = side => (side === 'client'
      ? { near: ends.client - 8, nearAnchor: 'end', far: 2, farAnchor: 'start' }
      : { near: ends.server + 8, nearAnchor: 'start', far: width - 2, farAnchor: 'end' });
    const visible = rows.slice(0, shown);
    for (const side of wide ? ['client', 'server'] : []) {
      const { far, farAnchor } = beside(side);
      for (const { time, state } of states(rows, side, shown)) {
        const y = time === null ? TOP - 12 : at(time) + 4;
        add('text', { class: 'state', x: far, y, 'text-anchor': farAnchor }, state);
      }
    }
    visible.forEach(({ from, left, arrived, again, label }, index) => {
      const lost = arrived === null;
      const to = ends[from === 'client' ? 'server' : 'client'];
      const [x1, y1, y2] = [ends[from], at(left), at(lost ? left + HALF : arrived)];
      const x2 = lost ? (x1 + to) / 2 : to;
      const kind = ['segment', again && 'again', lost && 'lost', index + 1 === marked && 'marked'];
      const name = kind.filter(Boolean).join(' ');
      line(name, x1, y1, x2, y2);
      const back = from === 'client' ? -1 : 1;
      if (lost) add('path', { class: name, d: `M${x2 - 5} ${y2 - 5} l10 10 m0 -10 l-10 10` });
      else add('path', { class: `${name} head`, d: `M${x2} ${y2} l${8 * back} -6 l${2 * back} 7.5 z` });
      const { near, nearAnchor } = beside(from);
      add('text', { class: name, x: near, y: y1 + 4, 'text-anchor': nearAnchor }, again ? `↻ ${label}` : label);
    });
    for (const { y, time } of ticks) {
      add('text', { class: 'tick', x: width / 2, y: y + 4, 'text-anchor': 'middle' }, fill(words.tick, time));
    }
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const attributes = { class: wide ? '' : 'narrow', viewBox: `0 0 ${width} ${bottom + 6}`, width, height: bottom + 6, role: 'img', 'aria-label': words.picture };
    for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
    svg.append(...parts);
    box.replaceChildren(svg);
  }

  function list(rows, words) {
    return rows.map(row => {
      const item = document.createElement('li');
      for (const [name, text] of Object.entries(texts(row, words))) {
        if (!text) continue;
        const part = document.createElement('span');
        part.className = `segment-${name}`;
        part.textContent = text;
        item.append(part, ' ');
      }
      return item;
    });
  }

  for (const section of document.querySelectorAll('[data-sequence]')) {
    const { words, runs } = JSON.parse(section.querySelector('script').textContent).tables;
    const choice = section.querySelector('select');
    const said = section.querySelector('.explorer-said');
    const picture = section.querySelector('.sequence-picture');
    const segments = section.querySelector('.segments');
    const [back, next, all] = ['back', 'next', 'all'].map(name => section.querySelector(`[data-do=${name}]`));
    let run = runs[0];
    // How many segments are to be seen, one by one; or all.
    let shown = null;

    const show = () => {
      const { rows } = run;
      const focused = document.activeElement;
      const count = shown ?? rows.length;
      draw(picture, rows, count, shown, words);
      [...segments.children].forEach((item, index) => {
        item.hidden = index >= count;
        item.classList.toggle('marked', shown === index + 1);
      });
      const { name, time, changes, why } = texts(rows[count - 1], words);
      const step = [fill(words.step, count, rows.length, time), name, changes, why];
      said.textContent = shown === null ? run.said : step.filter(Boolean).join('. ');
      back.disabled = shown === null || shown === 1;
      next.disabled = count === rows.length && shown !== null;
      // A button that cannot be pressed any more gives the focus to the other, or it would be lost.
      if (focused === back && back.disabled) next.focus();
      if (focused === next && next.disabled) back.focus();
      all.textContent = shown === null ? words.one_by_one : words.all;
    };
    const go = number => {
      shown = number;
      show();
    };
    choice.addEventListener('change', () => {
      run = runs[choice.value];
      segments.replaceChildren(...list(run.rows, words));
      go(shown === null ? null : 1);
    });
    back.addEventListener('click', () => go(shown - 1));
    next.addEventListener('click', () => go((shown ?? 0) + 1));
    all.addEventListener('click', () => go(shown === null ? 1 : null));
    // To mdBook, an arrow key on a button means another chapter, and some letters open its search or its help.
    section.addEventListener('keydown', event => event.stopPropagation());
    for (const part of section.querySelectorAll('[hidden]')) part.hidden = false;
    choice.value = '0';
    let width = 0;
    new ResizeObserver(() => {
      if (picture.clientWidth === width) return;
      width = picture.clientWidth;
      show();
    }).observe(picture);
    show();
  }
})();
