// The stream slicer: a button in each gap between two bytes, and what two readers take for messages. It computes what
// src/explorers/slicer.rs computes; every sentence comes from there, and tests/browser/pictures.mjs compares the results.
'use strict';

(() => {
  const fill = (sentence, ...args) => sentence.replace(/\{(\d)\}/g, (_, number) => args[number]);
  const LENGTH = 4;
  const LINE_FEED = 10;

  // Bytes as text in quotes: what is no text replaced, what is no letter escaped.
  const escapes = { '\0': '\\0', '\n': '\\n', '\t': '\\t', '\r': '\\r', '"': '\\"', '\\': '\\\\' };
  const quote = bytes => {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
    const escape = c => escapes[c] ?? (c < ' ' ? `\\u{${c.charCodeAt(0).toString(16)}}` : c);
    return `"${[...text].map(escape).join('')}"`;
  };

  // What code takes for a message that believes one read to be one frame.
  const oneRead = {
    lengths: read => read.slice(LENGTH),
    lines: read => read.at(-1) === LINE_FEED ? read.slice(0, -1) : read,
  };

  // Where in the bytes kept the first message begins and ends, and where its frame ends; nothing while it is not whole.
  const firstFrame = {
    lengths: kept => {
      if (kept.length < LENGTH) return null;
      const end = LENGTH + kept.slice(0, LENGTH).reduce((length, byte) => length * 256 + byte, 0);
      return kept.length < end ? null : [LENGTH, end, end];
    },
    lines: kept => {
      const end = kept.indexOf(LINE_FEED);
      return end < 0 ? null : [0, end, end + 1];
    },
  };

  function answer(framing, bytes, cuts, words) {
    const count = (number, one, many) => number === 1 ? one : fill(many, number);
    const messages = number => count(number, words.one_message, words.messages);
    let kept = [];
    let given = 0;
    const rows = [0, ...cuts].map((start, index) => {
      const read = bytes.slice(start, cuts[index] ?? bytes.length);
      const beginsFrame = kept.length === 0;
      kept = [...kept, ...read];
      const whole = [];
      for (let frame; (frame = firstFrame[framing](kept));) {
        whole.push(quote(kept.slice(frame[0], frame[1])));
        kept = kept.slice(frame[2]);
      }
      given += whole.length;
      const gives = whole.length ? whole.join(', ') : words.no_message;
      return {
        bytes: read.map(byte => byte.toString(16).padStart(2, '0')).join(' '),
        one_read: quote(oneRead[framing](read)),
        right: beginsFrame && whole.length === 1 && kept.length === 0,
        framed: kept.length ? fill(words.keeps, gives, count(kept.length, words.one_byte, words.bytes)) : gives,
      };
    });
    const right = rows.filter(row => row.right).length;
    const verdict = right === 0 ? words.none_right : right === rows.length ? words.all_right : fill(words.some_right, right);
    const said = fill(words.said, count(rows.length, words.one_read, words.reads), messages(rows.length), verdict, messages(given));
    return { said, rows };
  }

  function start(section) {
    const { words, streams, presets } = JSON.parse(section.querySelector('script').textContent).tables;
    const strip = section.querySelector('.slicer-stream');
    const out = name => section.querySelector(`[data-out=${name}]`);
    let framing;
    let bytes;
    let gaps;
    // Behind how many bytes a read ends, and which button has last said so.
    let cuts;
    let last = presets[0].key;

    const element = (tag, className, text = '') => Object.assign(document.createElement(tag), { className, textContent: text });

    const draw = () => {
      gaps.forEach((gap, index) => {
        const cut = cuts.has(index + 1);
        gap.classList.toggle('cut', cut);
        gap.setAttribute('aria-pressed', cut);
      });
      const { said, rows } = answer(framing, bytes, [...cuts].sort((a, b) => a - b), words);
      // Only what changes, so that a screen reader says nothing twice.
      if (out('said').textContent !== said) out('said').textContent = said;
      section.querySelector('.slicer-reads tbody').replaceChildren(...rows.map((row, index) => {
        const line = element('tr', '');
        const number = element('th', '', index + 1);
        number.scope = 'row';
        line.append(number, ...[row.bytes, row.one_read, row.framed].map(text => {
          const cell = element('td', '');
          cell.append(element('code', '', text));
          return cell;
        }));
        line.cells[2].className = row.right ? '' : 'broken';
        return line;
      }));
    };

    // Another stream: its bytes, and a button in each gap. One stop for the tab key, arrow keys inside.
    const choose = name => {
      framing = name;
      const stream = streams.find(stream => stream.framing === name).bytes;
      bytes = stream.map(byte => parseInt(byte.hex, 16));
      gaps = [];
      strip.replaceChildren();
      stream.forEach(({ hex, label, message }, index) => {
        const byte = element('span', 'slicer-byte');
        if (message !== stream[index - 1]?.message) byte.dataset.message = message;
        byte.append(element('code', '', hex), ' ', element('span', '', label));
        strip.append(byte);
        if (index === stream.length - 1) return;
        const inside = stream[index + 1].message === message;
        const gap = element('button', inside ? 'slicer-gap inside' : 'slicer-gap');
        gap.type = 'button';
        gap.tabIndex = index === 0 ? 0 : -1;
        gap.setAttribute('aria-label', fill(words.cut, index + 1, hex, label));
        gap.addEventListener('click', () => {
          if (!cuts.delete(index + 1)) cuts.add(index + 1);
          reach(gap);
          draw();
        });
        gap.addEventListener('keydown', event => {
          const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: gaps.length - 1 }[event.key];
          if (to === undefined) return;
          event.preventDefault();
          reach(gaps[Math.max(0, Math.min(gaps.length - 1, to))]);
          document.activeElement.scrollIntoView({ block: 'nearest' });
        });
        gaps.push(gap);
        strip.append(gap);
      });
      out('one_read_rule').textContent = words[`one_read_${name}`];
      out('framed_rule').textContent = words[`framed_${name}`];
    };
    const reach = gap => {
      for (const other of gaps) other.tabIndex = other === gap ? 0 : -1;
      gap.focus();
    };

    const press = key => {
      last = key;
      const preset = presets.find(preset => preset.key === key);
      const chance = () => bytes.map((_, index) => index + 1).slice(0, -1).filter(() => Math.random() < 0.25);
      cuts = new Set(preset ? preset.cuts[framing] : chance());
      draw();
    };
    for (const radio of section.querySelectorAll('[name=slicer-framing]')) {
      radio.addEventListener('change', () => {
        choose(radio.value);
        press(last);
      });
    }
    for (const button of section.querySelectorAll('[data-preset]')) {
      button.addEventListener('click', () => press(button.dataset.preset));
    }
    // To mdBook, an arrow key on a button means another chapter, and some letters open its search or its help.
    section.addEventListener('keydown', event => event.stopPropagation());
    // A browser that comes back to the page may remember another choice.
    choose(section.querySelector('[name=slicer-framing]:checked').value);
    press(last);
    section.querySelector('.picture-choice').hidden = false;
  }

  for (const section of document.querySelectorAll('[data-picture=slicer]')) start(section);
})();
