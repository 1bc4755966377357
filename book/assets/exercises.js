// How it stands with the exercises, while the book is served: in each one's box, and on the page with all of them.
'use strict';

(() => {
  const { token, post, follow, button, element } = window.loopback;
  const words = {
    waiting: 'not checked yet',
    checking: 'being checked …',
    unsolved: 'unsolved',
    does_not_compile: 'does not compile',
    failed: 'the check failed',
    hangs: 'did not come to an end, and was ended',
    solved: 'solved',
  };

  // Whether its verdict is still to come.
  const isOpen = ({ state }) => state === 'waiting' || state === 'checking';

  function box(section) {
    const name = section.dataset.exercise;
    const place = element('div', 'exercise-live');
    const said = element('p');
    said.setAttribute('role', 'status');
    const state = element('span', 'exercise-state');
    said.append('State: ', state);
    const message = element('pre', 'exercise-message');
    message.tabIndex = 0;
    message.setAttribute('aria-label', 'What the check says');
    message.hidden = true;
    const file = element('p', 'exercise-file');
    const path = element('code');
    const answer = element('span');
    answer.setAttribute('role', 'status');
    const open = button('Open the file in my editor', async () => {
      try {
        const response = await post(`/open/${name}`);
        answer.textContent = response.ok ? 'Handed to your editor.' : await response.text();
      } catch {
        answer.textContent = 'The book does not answer. Is it still being served?';
      }
    });
    const copy = button('Copy its path', async () => {
      try {
        await navigator.clipboard.writeText(path.textContent);
        answer.textContent = 'Copied.';
      } catch {
        getSelection().selectAllChildren(path);
        answer.textContent = 'Selected; copy it by your keyboard.';
      }
    });
    file.append(open, copy, path, answer);
    place.append(said, message, file);
    section.querySelector(':scope > details.hint, :scope > p:last-child').before(place);
    place.addEventListener('keydown', event => event.stopPropagation());
    return standing => {
      set(state, standing.state);
      // While it is checked again, what the last check said stays to be read.
      if (!isOpen(standing)) {
        message.textContent = standing.message;
        message.hidden = !standing.message || standing.state === 'solved';
      }
      path.textContent = standing.path ?? path.textContent;
    };
  }

  function set(place, state) {
    place.dataset.state = state;
    place.textContent = words[state] ?? state;
  }

  const shown = new Map();
  const add = (name, show) => shown.set(name, [...shown.get(name) ?? [], show]);
  const states = new Map();

  // The page with all of them: a list for each part, and how many are solved.
  function overview(list) {
    const sum = element('p', 'progress-sum');
    sum.setAttribute('role', 'status');
    list.prepend(sum);
    for (const place of list.querySelectorAll('[data-exercise-state]')) {
      add(place.dataset.exerciseState, standing => {
        set(place, standing.state);
        const solved = [...states.values()].filter(state => state === 'solved').length;
        const told = `${solved} of ${states.size} exercises solved.`;
        if (sum.textContent !== told) sum.textContent = told;
      });
    }
  }

  if (!token) return;
  for (const section of document.querySelectorAll('section.exercise')) add(section.dataset.exercise, box(section));
  document.querySelectorAll('.progress').forEach(overview);
  if (shown.size === 0) return;
  follow('/exercises', standing => {
    // A new check leaves what is known until it has its verdict.
    if (!isOpen(standing) || !states.has(standing.exercise)) states.set(standing.exercise, standing.state);
    for (const show of shown.get(standing.exercise) ?? []) show(standing);
  }, () => {
    for (const [name, places] of shown) {
      for (const show of places) show({ exercise: name, state: 'not known: the book is not served any more', message: '' });
    }
  });
})();
