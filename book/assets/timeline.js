// The server timeline: shows the run that the reader chooses. src/explorers/timeline.rs has computed all of them;
// this draws one, in the same words, and tests/browser/pictures.mjs compares them all.
'use strict';

(() => {
  const fill = (sentence, ...args) => sentence.replace(/\{(\d)\}/g, (_, number) => args[number]);
  const name = number => String.fromCharCode('A'.charCodeAt(0) + number);
  // What happened after the last thing that did is nothing.
  const trim = line => line.replace(/\.+$/, '');
  // The stretches of a trace in which one thing goes on: from, to, and what.
  const spans = line => [...trim(line).matchAll(/(.)\1*/g)].map(({ 0: run, 1: state, index }) => [index, index + run.length, state]);
  const reply = line => trim(line).length;

  function clientRow(line, number, words) {
    const parts = number === 0 ? [fill(words.connects, 0)] : [];
    const bars = [];
    for (const [from, to, kind] of spans(line)) {
      if (kind === '.') {
        parts.push(fill(words.connects, to));
        continue;
      }
      parts.push(fill(words.span, from, to, words[kind]));
      bars.push({ kind, from, to, label: '' });
    }
    parts.push(fill(words.reply, reply(line)));
    return { thread: false, name: name(number), text: parts.join(words.separator), bars };
  }

  function threadRow(line, name, words) {
    const bars = [];
    const parts = spans(line).map(([from, to, state]) => {
      const label = state.toUpperCase();
      if (state === '.') return fill(words.span, from, to, words.idle);
      const works = state === label;
      bars.push({ kind: works ? 'w' : 'r', from, to, label });
      return fill(words.span, from, to, fill(works ? words.works : words.held, label));
    });
    return { thread: true, name, text: parts.join(words.separator), bars };
  }

  function answer(server, { clients, threads }, words) {
    const rows = [
      ...clients.map((line, number) => clientRow(line, number, words)),
      ...threads.map((line, number) =>
        threadRow(line, threads.length === 1 ? words.one_thread : fill(words.thread, number + 1), words)),
    ];
    const replies = clients.map((line, number) => fill(words.replies, name(number), reply(line))).join(', ');
    const longest = Math.max(...clients.map(line => line.match(/[bq]/g)?.length ?? 0));
    const waited = longest === 0 ? words.no_units : longest === 1 ? words.unit : fill(words.units, longest);
    return { said: fill(words.said, replies, waited), note: words[server], rows };
  }

  function start(section) {
    const { words, traces, end } = JSON.parse(section.querySelector('script').textContent).tables;
    const element = (tag, className, text = '') => Object.assign(document.createElement(tag), { className, textContent: text });
    const percent = units => `${(100 * units / end).toFixed(3)}%`;
    const chosen = name => section.querySelector(`[name=timeline-${name}]:checked`).value;

    const draw = () => {
      const server = chosen('server');
      const { said, note, rows } = answer(server, traces[`${server}-${chosen('slow')}-${chosen('clients')}`], words);
      for (const [out, text] of Object.entries({ said, note })) {
        const place = section.querySelector(`[data-out=${out}]`);
        // Only what changes, so that a screen reader says nothing twice.
        if (place.textContent !== text) place.textContent = text;
      }
      section.querySelector('.timeline-rows').replaceChildren(...rows.map(({ thread, name, bars }) => {
        const track = element('span', 'timeline-track');
        track.append(...bars.map(({ kind, from, to, label }) => {
          const bar = element('span', `bar-${kind}`, label);
          bar.style.left = percent(from);
          bar.style.width = percent(to - from);
          return bar;
        }));
        const row = element('p', thread ? 'timeline-row thread' : 'timeline-row');
        row.append(element('b', '', name), ' ', track);
        return row;
      }));
      section.querySelector('.timeline-words tbody').replaceChildren(...rows.map(({ name, text }) => {
        const head = Object.assign(element('th', '', name), { scope: 'row' });
        const row = element('tr', '');
        row.append(head, element('td', '', text));
        return row;
      }));
    };
    section.addEventListener('change', draw);
    // To mdBook, some letters open its search or its help, and an arrow key may mean another chapter.
    section.addEventListener('keydown', event => event.stopPropagation());
    // A browser that comes back to the page may remember another choice.
    draw();
    section.querySelector('.picture-choice').hidden = false;
  }

  for (const section of document.querySelectorAll('[data-picture=timeline]')) start(section);
})();
