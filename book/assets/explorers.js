// The explorers: makes their inputs usable, and computes what the page shows for them. Every table and every
// sentence comes from src/explorers.rs as JSON in the page; tests/browser/explorers.mjs compares the results.
'use strict';

(() => {
  const fill = (sentence, ...args) => sentence.replace(/\{(\d)\}/g, (_, number) => args[number]);
  const fail = (sentence, ...args) => { throw new RangeError(fill(sentence, ...args)); };
  const isDecimal = text => /^[0-9]+$/.test(text);
  const grouped = number => String(number).replace(/\B(?=(\d{3})+$)/g, ',');
  const hex = (number, digits) => number.toString(16).padStart(digits, '0');

  // ---- an address and its network

  // A block such as 10.0.0.0/8: its first and its last address, as numbers.
  const range = block => {
    const [address, prefix] = block.split('/');
    const first = address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
    return { first, last: first + 2 ** (32 - prefix) - 1 };
  };
  const contains = (outer, inner) => outer.first <= inner.first && inner.last <= outer.last;
  const dotted = number => [24, 16, 8, 0].map(shift => Math.floor(number / 2 ** shift) % 256).join('.');

  function parseAddress(input, words) {
    const checkDigits = text => {
      if (!isDecimal(text)) fail(words.not_decimal, text);
      if (text.length > 1 && text.startsWith('0')) fail(words.leading_zero, text);
    };
    const slash = input.indexOf('/');
    if (slash < 0) fail(words.no_prefix);
    const parts = input.slice(0, slash).split('.');
    const prefix = input.slice(slash + 1);
    if (parts.length !== 4) fail(words.parts, parts.length);
    let address = 0;
    parts.forEach((part, index) => {
      if (part === '') fail(words.empty, index + 1);
      checkDigits(part);
      if (Number(part) > 255) fail(words.too_big, part);
      address = address * 256 + Number(part);
    });
    if (prefix === '') fail(words.prefix_missing);
    checkDigits(prefix);
    if (Number(prefix) > 32) fail(words.prefix_too_big, prefix);
    return { address, prefix: Number(prefix) };
  }

  function address(input, { words, special, no_hosts: noHosts, classes }) {
    const { address: own, prefix } = parseAddress(input.trim(), words);
    const size = 2 ** (32 - prefix);
    const first = Math.floor(own / size) * size;
    const net = { first, last: first + size - 1 };
    const block = `${dotted(first)}/${prefix}`;
    const number = own - first;

    // Which sentences fit: those on /0, on blocks that have no hosts or not only, on the two longest prefixes, or on the rest.
    const hostless = noHosts.some(block => contains(range(block), net));
    const mixed = noHosts.some(block => contains(net, range(block)));
    const rule = prefix === 0 ? '_0' : hostless ? '_special' : mixed ? '_mixed' : prefix > 30 ? `_${prefix}` : '';
    const none = words[`none${rule}`];
    const count = words[`count${rule}`];
    const hosts = none ? [net.first, net.last] : [net.first + 1, net.last - 1];
    const host = hostless || mixed ? () => none : dotted;
    const place = size === 1 ? words.place_only
      : !none && number === 0 ? words.place_network
      : !none && number === size - 1 ? words.place_broadcast
      : words.place;

    const found = special.find(({ block }) => contains(range(block), { first: own, last: own }));
    const kind = found
      ? fill(contains(range(found.block), net) ? words.kind : words.kind_beyond, found.name, found.block, found.source)
      : special.some(({ block }) => contains(net, range(block))) ? words.public_mixed : words.public;
    const top = Math.floor(own / 2 ** 24);
    const old = classes.find(({ to }) => top <= to);

    return {
      bits: own.toString(2).padStart(32, '0'),
      network_part: fill(words.network_part, prefix),
      host_part: fill(words.host_part, 32 - prefix),
      block,
      mask: dotted(2 ** 32 - size),
      network: none ?? dotted(net.first),
      broadcast: none ?? dotted(net.last),
      first: host(hosts[0]),
      last: host(hosts[1]),
      count: fill(count, grouped(size), grouped(size - 2)),
      place: fill(place, grouped(number), grouped(size - 1)),
      kind,
      class: fill(old.prefix ? words.class : words.class_no_network, old.name, old.from, old.to, old.source, old.prefix),
      decimal: String(own),
      said: fill(words.said, dotted(own), block, found?.name ?? 'public'),
      prefix,
    };
  }

  function showBits(section, { bits, prefix }) {
    section.querySelectorAll('.octet').forEach((octet, index) => {
      const own = bits.slice(8 * index, 8 * index + 8);
      const network = Math.max(0, Math.min(8, prefix - 8 * index));
      octet.querySelector('span').textContent = parseInt(own, 2);
      octet.querySelector('b').textContent = own.slice(0, network);
      octet.querySelector('i').textContent = own.slice(network);
    });
  }

  // ---- a port

  function port(input, { words, ranges, services, unprivileged, ephemeral }) {
    const text = input.trim();
    if (text === '') fail(words.missing);
    if (!isDecimal(text)) fail(words.not_decimal, text);
    const number = Number(text);
    if (number > 65535) fail(words.too_big, text);
    const own = ranges.find(({ to }) => number <= to);
    const dynamic = own === ranges[2];
    const linux = ephemeral[0] <= number && number <= ephemeral[1];
    const found = services.find(([known]) => known === number);
    const [, name, transports, meaning] = found ?? [];
    const privileged = number !== 0 && number < unprivileged;
    const given = number === 0 ? words.given_zero
      : dynamic ? (linux ? words.given_both : words.given_dynamic)
      : (linux ? words.given_linux : words.given_never);
    return {
      range: fill(words.range, own.name, own.from, own.to, own.meaning),
      service: found ? fill(words.service, name, transports, meaning)
        : number === 0 ? words.service_zero
        : dynamic ? words.service_dynamic : words.service_unknown,
      meaning: number === 0 ? words.meaning_zero : words.meaning,
      given: fill(given, ...ephemeral),
      linux: privileged ? fill(words.linux_privileged, unprivileged) : words.linux_any,
      macos: privileged ? words.macos_privileged : words.macos_any,
      windows: words.windows_any,
      said: fill(words.said, number, own.name, found ? fill(words.said_service, name) : words.said_none),
    };
  }

  // ---- a message in its frame

  const parseHex = text => text.match(/../g)?.map(pair => parseInt(pair, 16)) ?? [];
  const hexOf = bytes => bytes.map(byte => hex(byte, 2)).join(' ');
  const word = (bytes, at) => bytes[at] * 256 + bytes[at + 1];
  const countBytes = (count, words) => count === 1 ? words.one_byte : fill(words.bytes, count);
  // The ones' complement sum of RFC 1071: what overflows on the left is added on the right.
  const sum = bytes => {
    let total = 0;
    for (let at = 0; at < bytes.length; at += 2) total += bytes[at] * 256 + (bytes[at + 1] ?? 0);
    while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
    return total;
  };

  function checksums(frame) {
    const check = (pseudo, bytes, at) => {
      const without = [...bytes.slice(0, at), 0, 0, ...bytes.slice(at + 2)];
      const holds = sum([...pseudo, ...bytes]) === 0xffff;
      return { is: word(bytes, at), right: 0xffff - sum([...pseudo, ...without]), holds };
    };
    const [ipv4, udp] = [frame.slice(14, 34), frame.slice(34)];
    const checked = {
      ipv4: check([], ipv4, 10),
      udp: check([...ipv4.slice(12), 0, ipv4[9], udp[4], udp[5]], udp, 6),
    };
    // Zero would say that there is no checksum; in this arithmetic ffff is the same number.
    checked.udp.right ||= 0xffff;
    return checked;
  }

  function wrap(message, { words, longest_message: longest, headers }) {
    const data = new TextEncoder().encode(message);
    if (data.length > longest) fail(words.too_long, data.length);
    const frame = [...parseHex(headers.replaceAll(' ', '')), ...data];
    const put = (at, number) => { frame[at] = number >> 8; frame[at + 1] = number & 0xff; };
    put(16, frame.length - 14);
    put(38, frame.length - 34);
    recompute(frame);
    return frame;
  }

  function recompute(frame) {
    const { ipv4, udp } = checksums(frame);
    [[24, ipv4.right], [40, udp.right]].forEach(([at, right]) => {
      frame[at] = right >> 8;
      frame[at + 1] = right & 0xff;
    });
  }

  const bytesOf = ({ at, length }, frame) => frame.slice(at, length ? at + length : frame.length);

  function fieldValue(kind, bytes, { ipv4, udp }, { words, ethertypes, protocols }) {
    const number = bytes.slice(0, 2).reduce((number, byte) => number * 256 + byte, 0);
    const broken = ({ is, right }) => fill(words.broken, hex(is, 4), hex(right, 4));
    switch (kind) {
      case 'mac': return bytes.map(byte => hex(byte, 2)).join(':');
      case 'ethertype':
        return ethertypes.find(([known]) => known === number)?.[1]
          ?? (number <= 1500 ? words.length_not_type : words.other);
      case 'version': return fill(words.version, number >> 4, number & 15, 4 * (number & 15));
      case 'dscp': return fill(words.dscp, number >> 2, number & 3);
      case 'fragment': {
        const flags = [[0x8000, 'reserved bit'], [0x4000, 'DF'], [0x2000, 'MF']];
        const set = flags.filter(([bit]) => number & bit).map(([, name]) => name).join(' and ');
        return fill(words.fragment, set || words.no_flags, number & 0x1fff);
      }
      case 'protocol':
        return `${number}, ${protocols.find(([known]) => known === number)?.[1] ?? words.other}`;
      case 'address': return bytes.join('.');
      case 'ip_checksum': return ipv4.holds ? words.holds : broken(ipv4);
      case 'udp_checksum': return udp.is === 0 ? words.unused : udp.holds ? words.holds : broken(udp);
      case 'data': {
        const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
        return bytes.length ? fill(words.data, countBytes(bytes.length, words), text) : words.no_data;
      }
      default: return String(number);
    }
  }

  function describe(frame, sent, tables) {
    const { words, layers } = tables;
    const checked = checksums(frame);
    const { ipv4, udp } = checked;
    const values = {};
    for (const field of layers.flatMap(layer => layer.fields)) {
      values[field.key] = fieldValue(field.kind, bytesOf(field, frame), checked, tables);
    }
    const misfits = Object.entries({
      'EtherType': word(frame, 12) === 0x0800,
      'Version and header length': frame[14] === 0x45,
      'Total length': word(frame, 16) === frame.length - 14,
      'Flags and fragment offset': (word(frame, 20) & ~0x4000) === 0,
      'Time to live': frame[22] !== 0,
      'Protocol': frame[23] === 17,
      'Length': word(frame, 38) === frame.length - 34,
    }).filter(([, fits]) => !fits).map(([name]) => name);
    const padding = tables.shortest_frame - frame.length;
    const card = padding > 0 ? fill(words.card_padding, countBytes(padding, words)) : words.card;
    const said = ({ holds }) => holds ? words.said_holds : words.said_broken;
    return {
      ...values,
      ip_verdict: ipv4.holds ? words.holds_ip : values.ip_checksum,
      udp_verdict: udp.is !== 0 && udp.holds ? words.holds_udp : values.udp_checksum,
      receiver: misfits.length ? fill(words.misfits, misfits.join(', ')) : words.fits,
      card: hexOf(frame) === hexOf(sent) ? card : fill(words.card_edited, card),
      said: fill(words.said, said(ipv4), udp.is === 0 ? words.said_unused : said(udp)),
    };
  }

  // ---- the page

  const show = (section, values) => {
    for (const place of section.querySelectorAll('[data-out]')) {
      const text = values[place.dataset.out];
      // Only what changes, so that a screen reader says nothing twice.
      if (place.textContent !== text) place.textContent = text;
    }
  };

  // Tells what is wrong with an input, next to it; or, without a message, that it is right again.
  const complain = (input, place, message = '') => {
    place.textContent = message;
    if (message) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  };

  // Calls `change` with what the reader types. When that fails, the last good result stays.
  const listen = (input, place, change) => input.addEventListener('input', () => {
    try {
      change(input.value);
      complain(input, place);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      complain(input, place, error.message);
    }
  });

  function startFrame(section, message, tables) {
    const { words, layers } = tables;
    const fields = layers.flatMap(layer => layer.fields);
    const inputs = new Map();
    const chunks = new Map();
    let sent = wrap(message.value, tables);
    let frame = [...sent];

    // Draws everything but the input that the reader is typing into.
    const draw = typing => {
      for (const field of fields) {
        const bytes = bytesOf(field, frame);
        const input = inputs.get(field.key);
        const edited = hexOf(bytes) !== hexOf(bytesOf(field, sent));
        chunks.get(field.key).textContent = hexOf(bytes);
        for (const part of [chunks.get(field.key), input.closest('li')]) part.classList.toggle('edited', edited);
        if (input !== typing) {
          input.value = hexOf(bytes);
          complain(input, input.nextElementSibling);
        }
      }
      for (const layer of layers) {
        const length = layer.fields.reduce((length, field) => length + bytesOf(field, frame).length, 0);
        section.querySelector(`[data-length=${layer.key}]`).textContent = countBytes(length, words);
      }
      const { ipv4, udp } = checksums(frame);
      const verdicts = { ip_verdict: ipv4.holds, udp_verdict: udp.holds || udp.is === 0 };
      for (const [key, good] of Object.entries(verdicts)) {
        section.querySelector(`[data-out=${key}]`).classList.toggle('broken', !good);
      }
      show(section, describe(frame, sent, tables));
    };

    const edit = (field, text, input) => {
      const length = bytesOf(field, frame).length;
      const digits = text.replace(/\s/g, '');
      if (!/^([0-9a-f]{2})*$/i.test(digits)) fail(words.not_hex, countBytes(length, words));
      const bytes = parseHex(digits);
      if (bytes.length !== length) {
        fail(words.hex_length, countBytes(length, words), countBytes(bytes.length, words));
      }
      frame.splice(field.at, length, ...bytes);
      draw(input);
    };

    // Marks a field in the list and its bytes in the frame, and says next to the frame what it is; or nothing.
    const detail = section.querySelector('.explorer-detail');
    detail.hidden = false;
    const mark = key => {
      for (const part of section.querySelectorAll('.marked')) part.classList.remove('marked');
      detail.textContent = words.no_detail;
      if (!key) return;
      const row = inputs.get(key).closest('li');
      chunks.get(key).classList.add('marked');
      row.classList.add('marked');
      const { name, meaning } = fields.find(field => field.key === key);
      detail.textContent = fill(words.detail, name, row.querySelector('.field-value').textContent, meaning);
    };
    const marks = (part, key) => {
      part.addEventListener('pointerenter', () => mark(key));
      part.addEventListener('focusin', () => mark(key));
      part.addEventListener('pointerleave', () => mark(null));
      part.addEventListener('focusout', () => mark(null));
    };

    for (const field of fields) {
      const row = section.querySelector(`[data-field=${field.key}]`);
      const input = document.createElement('input');
      const error = document.createElement('p');
      error.id = `explorer-field-${field.key}-error`;
      error.className = 'explorer-error';
      error.setAttribute('aria-live', 'polite');
      Object.assign(input, { type: 'text', className: 'field-bytes', autocomplete: 'off', spellcheck: false });
      input.dataset.bytes = field.key;
      input.setAttribute('aria-labelledby', `explorer-field-${field.key}`);
      input.setAttribute('aria-describedby', `${error.id} field-${field.key}-meaning`);
      if (field.length) input.size = 3 * field.length;
      row.querySelector('.field-bytes').replaceWith(input, error);
      inputs.set(field.key, input);
      listen(input, error, text => edit(field, text, input));
      // Left with something that is no value: back to what the frame holds.
      input.addEventListener('blur', () => draw());
      marks(row, field.key);

      // The bytes in the frame: one stop for the tab key, arrow keys inside, Enter goes to the field.
      const chunk = document.createElement('button');
      Object.assign(chunk, { type: 'button', tabIndex: field === fields[0] ? 0 : -1 });
      chunk.dataset.chunk = field.key;
      chunk.setAttribute('aria-describedby', `explorer-field-${field.key}`);
      section.querySelector(`[data-chunk=${field.key}]`).replaceWith(chunk);
      chunks.set(field.key, chunk);
      chunk.addEventListener('click', () => input.focus());
      chunk.addEventListener('keydown', event => {
        const all = [...chunks.values()];
        const at = all.indexOf(chunk);
        const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        const next = all[Math.max(0, Math.min(all.length - 1, to))];
        for (const other of all) other.tabIndex = other === next ? 0 : -1;
        next.focus();
      });
      marks(chunk, field.key);
    }

    const buttons = section.querySelector('.explorer-buttons');
    buttons.hidden = false;
    buttons.addEventListener('click', ({ target }) => {
      if (target.dataset.do === 'recompute') recompute(frame);
      else if (target.dataset.do === 'reset') frame = [...sent];
      draw();
    });
    draw();
    mark(null);
    return text => {
      sent = wrap(text, tables);
      frame = [...sent];
      draw();
    };
  }

  const starts = {
    address: (section, _, tables) => text => {
      const values = address(text, tables);
      show(section, values);
      showBits(section, values);
    },
    port: (section, _, tables) => text => show(section, port(text, tables)),
    encapsulation: startFrame,
  };
  for (const section of document.querySelectorAll('[data-explorer]')) {
    const { first, tables } = JSON.parse(section.querySelector('script').textContent);
    const input = section.querySelector('.explorer-input input');
    input.value = first;
    const change = starts[section.dataset.explorer](section, input, tables);
    listen(input, section.querySelector('.explorer-input .explorer-error'), change);
    // To mdBook, an arrow key on a button means another chapter, and some letters open its search or its help.
    section.addEventListener('keydown', event => event.stopPropagation());
    section.querySelector('.explorer-input').hidden = false;
  }
})();
