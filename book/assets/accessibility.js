// Mends what mdBook 0.5's stock page lacks for keyboards and screen readers.
'use strict';

(() => {
  // The sidebar's toggle is a <label>, which no keyboard reaches and which may carry no
  // aria-expanded. A real button takes its place and passes each click on.
  const label = document.getElementById('mdbook-sidebar-toggle');
  const box = document.getElementById('mdbook-sidebar-toggle-anchor');
  if (label && box) {
    const button = document.createElement('button');
    for (const attribute of label.attributes) {
      if (attribute.name !== 'for') button.setAttribute(attribute.name, attribute.value);
    }
    button.type = 'button';
    button.append(...label.childNodes);
    label.replaceWith(button);
    button.addEventListener('click', () => {
      const sidebar = document.getElementById('mdbook-sidebar');
      if (sidebar && !box.checked) {
        // book.js shows the sidebar in a listener of the label that is gone now.
        sidebar.style.display = '';
        void sidebar.offsetHeight;
      }
      box.click();
    });
    const tell = () => button.setAttribute('aria-expanded', String(box.checked));
    box.addEventListener('change', tell);
    tell();
    box.tabIndex = -1;
    box.setAttribute('aria-hidden', 'true');
  }
  // What scrolls sideways must be reachable by keyboard, or its right end is not.
  for (const part of document.querySelectorAll('main pre > code, main .table-wrapper')) {
    part.tabIndex = 0;
  }
  document.getElementById('mdbook-menu-bar')?.setAttribute('role', 'banner');
})();
