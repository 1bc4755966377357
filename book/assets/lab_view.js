// What a lab shows of a run, event by event: the terminals, what passed between them as a diagram, and the same as
// a table. src/lab_html.rs writes the recorded run in the same form; tests/browser/labs.mjs compares the two.
'use strict';

(() => {
  const { element } = window.loopback;
  const SHOWN_BYTES = 64;
  const SVG = 'http://www.w3.org/2000/svg';

  // Microseconds as milliseconds, rounded as Rust does it.
  const ms = us => {
    const tenths = Math.floor((us + 50) / 100);
    return `${Math.floor(tenths / 10)}.${tenths % 10}`;
  };
  const pairs = hex => hex.match(/../g) ?? [];
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  const names = { '\0': '\\0', '\t': '\\t', '\n': '\\n', '\r': '\\r', '"': '\\"', '\\': '\\\\' };

  // Bytes as the text that they are in UTF-8, with its control characters visible, as Rust's {:?} writes them.
  const text = hex => utf8.decode(Uint8Array.from(pairs(hex), pair => parseInt(pair, 16)))
    .replace(/[\p{C}\p{Z}\p{Grapheme_Extend}"\\]/gu, character => character === ' ' ? ' '
      : names[character] ?? `\\u{${character.codePointAt(0).toString(16)}}`);

  // What the relay saw, in words, and its bytes as hexadecimal digits.
  function wordsAndBytes(connection, seen) {
    const [[kind, value]] = typeof seen === 'string' ? [[seen]] : Object.entries(seen);
    switch (kind) {
      case 'connect': return [`connection ${connection + 1} is made`, ''];
      case 'data_connect': return ['made', ''];
      case 'datagram': return [`datagram, ${value.length / 2} bytes`, value];
      case 'read': return [`read, ${value.length / 2} bytes`, value];
      case 'encrypted': return [`encrypted, ${value} bytes`, ''];
      case 'end': return ['end of stream', ''];
      case 'reset': return ['reset', ''];
      default: return ['refused: nobody listens', ''];
    }
  }

  // ---- the terminals

  function terminals(section, data) {
    const place = section.querySelector('.lab-terminals');
    // The last one is that of no program in particular.
    const of = program => data.terminals[program] ?? data.terminals.length;
    const used = new Set(data.events.filter(event => 'program' in event).map(event => of(event.program)));
    const shown = [];
    const boxes = [...place.children];
    [...used].sort((a, b) => a - b).forEach((terminal, index) => { shown[terminal] = boxes[index]; });

    const screen = terminal => {
      if (!shown[terminal]) {
        shown[terminal] = element('div', 'lab-terminal');
        const pre = element('pre');
        pre.tabIndex = 0;
        shown[terminal].append(element('p'), pre);
        place.insertBefore(shown[terminal], shown.slice(terminal + 1).find(box => box) ?? null);
        [...place.children].forEach((box, index) => {
          box.firstChild.textContent = `Terminal ${index + 1}`;
          box.querySelector('pre').setAttribute('aria-label', `Terminal ${index + 1}`);
        });
      }
      return shown[terminal].querySelector('pre');
    };
    const line = ({ kind, command, error, line, code }) => {
      if (kind === 'started') return element('span', 'lab-command', `$ ${command}`);
      if (kind === 'ended') return code > 0 && element('span', 'lab-note', `(exit code ${code})`);
      if (error) return element('span', 'lab-error', line);
      // A row of a table: its columns stand apart.
      return line.trim().includes('  ') ? element('span', 'lab-row', line) : document.createTextNode(line);
    };
    return {
      clear() {
        for (const box of place.children) box.querySelector('pre').textContent = '';
      },
      show(event) {
        const said = line(event);
        if (!said) return;
        const pre = screen(of(event.program));
        if (pre.hasChildNodes()) pre.append('\n');
        pre.append(said);
        pre.scrollTop = pre.scrollHeight;
      },
    };
  }

  // ---- the table

  // All bytes of a datagram or read, sixteen in a row: where, in hexadecimal, as ASCII.
  function dump(hex) {
    const rows = [];
    const all = pairs(hex);
    for (let at = 0; at < all.length; at += 16) {
      const row = all.slice(at, at + 16);
      const ascii = row.map(pair => /[2-6][0-9a-f]|7[0-9a-e]/.test(pair) ? String.fromCharCode(parseInt(pair, 16)) : '.');
      rows.push(`${at.toString(16).padStart(4, '0')}  ${row.join(' ').padEnd(47)}  ${ascii.join('')}`);
    }
    return rows.join('\n');
  }

  // Offers all bytes where a row does not show them, or as text only.
  function offerDump(row, hex, asTextOnly) {
    const count = hex.length / 2;
    if (count === 0 || (count <= SHOWN_BYTES && !asTextOnly)) return;
    const details = element('details', 'lab-dump');
    const pre = element('pre');
    pre.tabIndex = 0;
    details.append(element('summary', '', count > 1 ? `all ${count} bytes` : 'its byte'), pre);
    details.addEventListener('toggle', () => { pre.textContent = dump(hex); }, { once: true });
    [...row.cells].findLast(cell => cell.hasChildNodes()).append(details);
  }

  function wireTable(section, data) {
    const body = section.querySelector('.lab-wire tbody');
    let dataConnections = [];
    // As mdBook marks all code of a page.
    const code = words => element('code', 'hljs', words);
    const bytesCell = hex => {
      if (!hex) return [];
      const first = hex.slice(0, 2 * SHOWN_BYTES);
      const more = hex.length > first.length ? ' …' : '';
      return [code(pairs(first).join(' ') + more), document.createElement('br'), code(`"${text(first)}"${more}`)];
    };
    // Which data connection of FTP it is, from 0; -1 for the control connection.
    const dataConnection = ({ connection, seen }) => {
      if (seen === 'data_connect') dataConnections.push(connection);
      return dataConnections.indexOf(connection);
    };
    const cells = (event, words, hex) => {
      const toServer = event.direction === 'to_server';
      if (!data.two_lanes) {
        const [from, to] = toServer ? [data.client, data.server] : [data.server, data.client];
        return [[`${from} → ${to}`], [words], bytesCell(hex)];
      }
      const arrow = toServer ? '→' : '←';
      const own = dataConnection(event);
      if (own >= 0) {
        return [[], [`${arrow} data connection ${own + 1}: ${words}`, document.createElement('br'), ...bytesCell(hex)]];
      }
      return [event.seen.read ? [`${arrow} `, code(`"${text(hex)}"`)] : [`${arrow} ${words}`], []];
    };
    const asTextOnly = row => data.two_lanes && row.cells[1].hasChildNodes();
    data.events.filter(event => event.kind === 'wire').forEach((event, index) => {
      const row = body.rows[index];
      offerDump(row, wordsAndBytes(event.connection, event.seen)[1], asTextOnly(row));
    });
    return {
      clear() {
        body.replaceChildren();
        dataConnections = [];
      },
      show(event) {
        const [words, hex] = wordsAndBytes(event.connection, event.seen);
        const row = body.insertRow();
        row.insertCell().append(ms(event.at_us));
        for (const content of cells(event, words, hex)) row.insertCell().append(...content);
        offerDump(row, hex, asTextOnly(row));
      },
    };
  }

  // ---- the diagram

  function svg(name, attributes, words) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (words !== undefined) made.textContent = words;
    return made;
  }

  function diagram(section, data) {
    const [left, right, step] = ['17%', '96%', 40];
    const figure = element('figure', 'lab-diagram');
    const scroll = element('div', 'lab-diagram-scroll');
    scroll.tabIndex = 0;
    scroll.setAttribute('role', 'region');
    scroll.setAttribute('aria-label', `Sequence diagram: ${data.title}`);
    const drawing = svg('svg', { role: 'img', width: '100%' });
    drawing.setAttribute('aria-label', `What passed between ${data.client} and ${data.server}, from top to bottom. The table below says the same in words.`);
    scroll.append(drawing);
    const caption = element('figcaption', '', 'From top to bottom, with the time in ms. An arrow is one datagram, or what one read of the relay gave: a read is not a segment, for TCP may split and join what is sent.');
    figure.append(scroll, caption);
    section.querySelector('.lab-wire').before(figure);

    const arrowId = `${section.id}-arrow`;
    let y;
    let dataConnections;
    let lives;
    const grow = () => {
      drawing.style.height = `${y + 22}px`;
      for (const life of lives) life.setAttribute('y2', y + 18);
    };
    const clear = () => {
      y = 28;
      dataConnections = [];
      const marker = svg('marker', { id: arrowId, orient: 'auto', refX: 8, refY: 4, markerWidth: 9, markerHeight: 9 });
      marker.append(svg('path', { d: 'M0 0 L8 4 L0 8 Z', class: 'lab-arrow-head' }));
      lives = [left, right].map(x => svg('line', { x1: x, x2: x, y1: 22, class: 'lab-life' }));
      drawing.replaceChildren(marker, ...lives,
        svg('text', { x: 0, y: 14, class: 'lab-peer' }, data.client),
        svg('text', { x: '100%', y: 14, class: 'lab-peer', 'text-anchor': 'end' }, data.server));
      grow();
    };
    const show = event => {
      const { connection, seen } = event;
      const [words, hex] = wordsAndBytes(connection, seen);
      if (seen === 'data_connect') dataConnections.push(connection);
      const lane = dataConnections.indexOf(connection);
      const which = lane >= 0 ? `data connection ${lane + 1}: ` : connection > 0 && seen !== 'connect' ? `${connection + 1}: ` : '';
      y += step;
      const [from, to] = event.direction === 'to_server' ? [left, right] : [right, left];
      const said = text(hex.slice(0, 64));
      const preview = said.length > 24 || hex.length > 64 ? `${said.slice(0, 23)}…` : said;
      const line = { x1: from, x2: to, y1: y, y2: y, 'marker-end': `url(#${arrowId})` };
      drawing.append(
        svg('text', { x: 0, y: y + 4, class: 'lab-time' }, ms(event.at_us)),
        svg('line', { ...line, class: hex ? 'lab-arrow' : 'lab-arrow lab-arrow-empty' }),
        svg('text', { x: '56%', y: y - 6, 'text-anchor': 'middle', class: 'lab-preview' }, preview),
        svg('text', { x: '56%', y: y + 14, 'text-anchor': 'middle' }, which + words));
      grow();
      scroll.scrollTop = scroll.scrollHeight;
    };
    clear();
    data.events.filter(event => event.kind === 'wire').forEach(show);
    scroll.scrollTop = 0;
    return { clear, show };
  }

  // The places of a lab that a run fills.
  window.loopback.labView = (section, data) => {
    const screens = terminals(section, data);
    const wires = section.querySelector('.lab-wire') ? [diagram(section, data), wireTable(section, data)] : [];
    return {
      clear() {
        for (const part of [screens, ...wires]) part.clear();
      },
      show(event) {
        for (const part of event.kind === 'wire' ? wires : [screens]) part.show(event);
      },
    };
  };
})();
