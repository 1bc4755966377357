// Shows a letter's way one hop at a time. Without this, the page lists all hops, one under the other.
'use strict';

(() => {
  for (const walk of document.querySelectorAll('.walk')) {
    const hops = [...walk.querySelectorAll('li')];
    const steps = document.createElement('div');
    steps.className = 'walk-steps';
    const button = (label, step) => {
      const made = document.createElement('button');
      made.type = 'button';
      made.textContent = label;
      made.addEventListener('click', () => step());
      steps.append(made);
      return made;
    };
    let shown = 0;
    const show = number => {
      const focused = document.activeElement;
      shown = number;
      hops.forEach((hop, index) => { hop.hidden = shown >= 0 && index !== shown; });
      back.disabled = shown === 0;
      next.disabled = shown === hops.length - 1;
      // A button that cannot be pressed any more gives the focus to the other, or it would be lost.
      if (focused === back && back.disabled) next.focus();
      if (focused === next && next.disabled) back.focus();
      where.textContent = shown < 0 ? `all ${hops.length} hops` : `hop ${shown + 1} of ${hops.length}`;
      all.textContent = shown < 0 ? 'One by one' : 'All at once';
    };
    const back = button('Hop before', () => show(Math.max(shown, 1) - 1));
    const next = button('Next hop', () => show(shown + 1));
    const all = button('All at once', () => show(shown < 0 ? 0 : -1));
    // mdBook takes the arrow keys for its own pages.
    steps.addEventListener('keydown', event => {
      if (event.key.startsWith('Arrow')) event.stopPropagation();
    });
    const where = document.createElement('span');
    where.setAttribute('role', 'status');
    steps.append(where);
    walk.querySelector('ol').before(steps);
    show(0);
  }
})();
