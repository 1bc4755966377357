// How the other scripts talk to the program that serves the book. It puts a token into its pages; a page from a
// disk or from another host has none, and shows the recorded runs alone.
'use strict';

window.loopback = (() => {
  const token = document.querySelector('meta[name="loopback-token"]')?.content;

  const post = (path, body, signal) => fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-loopback-token': token },
    body,
    signal,
  });

  // What each line of an answer says, as soon as it has come.
  async function* lines(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const whole = (rest + value).split('\n');
      rest = whole.pop();
      for (const line of whole) if (line) yield JSON.parse(line);
    }
  }

  // Gives each line of an endless answer to `take`, until that says true: it has all that it needs. Only while the
  // page is seen, for a browser has six connections to one host, for all its windows together. `gone` is called
  // when the book is not served any more.
  function follow(path, take, gone) {
    let held;
    let finished = false;
    const leave = () => {
      held?.abort();
      held = undefined;
    };
    const hold = async () => {
      if (held || finished || document.hidden) return;
      const own = held = new AbortController();
      try {
        const response = await fetch(path, { signal: own.signal });
        if (!response.ok) throw new Error(await response.text());
        for await (const line of lines(response)) {
          finished = take(line) === true;
          if (finished) return leave();
        }
        throw new Error('the book was ended');
      } catch {
        // Not when it was this page that left.
        if (!own.signal.aborted) {
          finished = true;
          gone();
        }
      }
    };
    document.addEventListener('visibilitychange', () => document.hidden ? leave() : hold());
    window.addEventListener('pagehide', leave);
    window.addEventListener('pageshow', hold);
    hold();
  }

  // A button that does something; `words` is what stands on it.
  function button(words, act) {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = words;
    made.addEventListener('click', act);
    return made;
  }

  // A new element of this class with these words in it.
  function element(name, className, words = '') {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.textContent = words;
    return made;
  }

  return { token, post, lines, follow, button, element };
})();
