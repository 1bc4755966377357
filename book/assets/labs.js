// The labs: runs one on this machine where the book is served, and replays its recorded run everywhere.
'use strict';

(() => {
  const { token, post, lines, follow, button, element, labView } = window.loopback;
  // Between two events of a replay, and for all of it, in milliseconds.
  const SLOWEST_STEP = 350;
  const LONGEST_REPLAY = 12_000;

  function start(section) {
    const name = section.dataset.lab;
    const data = JSON.parse(section.querySelector('script').textContent);
    const view = labView(section, data);
    const title = section.querySelector('.lab-title');
    const bar = element('div', 'lab-bar');
    const said = element('p', 'lab-said');
    said.setAttribute('role', 'status');
    // Changes often, so it is not announced: `said` has that it builds.
    const building = element('p', 'lab-building');
    const problem = element('pre', 'lab-problem');
    problem.tabIndex = 0;
    problem.hidden = building.hidden = true;
    let stopper;

    const say = words => { said.textContent = words; };
    const tellBuilding = words => {
      building.textContent = words;
      building.hidden = !words;
    };
    const tellProblem = words => {
      problem.textContent = words;
      problem.hidden = !words;
    };
    // Empties the places of a run, and says whose run comes now.
    const begin = whose => {
      view.clear();
      title.textContent = `${whose}: ${data.title}`;
      section.setAttribute('aria-label', title.textContent);
    };

    async function running(signal) {
      tellBuilding('');
      say('Asking for a run.');
      const words = message && message.value !== section.dataset.message ? { message: message.value } : {};
      const response = await post(`/run/${name}`, JSON.stringify(words), signal);
      if (!response.ok) {
        tellProblem(await response.text());
        return 'It was not run.';
      }
      let last;
      for await (const line of lines(response)) {
        switch (line.kind) {
          case 'building':
            if (building.hidden) say('Its examples are being built first. The first time, that can take minutes.');
            tellBuilding(`Building ${line.example}. ${line.line}`);
            break;
          case 'waiting':
            say('Two other runs are under way. This one begins when one of them has ended.');
            break;
          case 'done':
            return last ? `The run has ended. It took ${(last.at_us / 1000).toFixed(1)} ms.` : 'The run has ended.';
          case 'problem':
            tellProblem(line.line);
            return last ? 'The run was ended by a problem.' : 'It could not be run.';
          default:
            if (!last) {
              tellBuilding('');
              begin('Your run');
              say('Running.');
            }
            last = line;
            view.show(line);
        }
      }
      return 'The book was ended, and this run with it.';
    }

    async function replaying(signal) {
      begin('Recorded run');
      const { events } = data;
      const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
      const step = still ? 0 : Math.min(SLOWEST_STEP, LONGEST_REPLAY / events.length);
      if (step) say('Replaying the recorded run, slower than it was. The times in it are real.');
      for (const event of events) {
        // Stopped, it shows the rest at once: a recorded run is never left half.
        if (step && !signal.aborted) await new Promise(done => { setTimeout(done, step); });
        view.show(event);
      }
      return 'The recorded run is shown whole.';
    }

    // One at a time, and the button that began it ends it.
    async function toggle(own, again, work) {
      if (stopper) {
        stopper.abort();
        return;
      }
      const { signal } = stopper = new AbortController();
      own.textContent = 'Stop';
      for (const other of buttons) other.disabled = other !== own;
      tellProblem('');
      // Or the page below would jump up, and down again.
      section.style.minHeight = `${section.offsetHeight}px`;
      try {
        say(await work(signal));
      } catch {
        say(signal.aborted ? 'Stopped. All programs of the run were ended.' : 'The book does not answer. Is it still being served? Start it again by cargo run.');
      }
      tellBuilding('');
      section.style.minHeight = '';
      own.textContent = again;
      for (const other of buttons) other.disabled = false;
      stopper = undefined;
    }

    const buttons = [];
    const offer = (words, again, work) => {
      const made = button(words, () => toggle(made, again, work));
      buttons.push(made);
      bar.append(made);
      return made;
    };
    const message = token && 'message' in section.dataset ? document.createElement('input') : undefined;
    if (token) {
      const run = offer('Run', 'Run again', running);
      if (message) {
        const label = element('label', '', 'Message:');
        Object.assign(message, { value: section.dataset.message, maxLength: 200, autocomplete: 'off', spellcheck: false });
        if (!message.value) message.placeholder = 'the program’s own';
        message.addEventListener('keydown', event => {
          if (event.key === 'Enter' && !stopper) run.click();
        });
        label.append(message);
        bar.append(label);
      }
    }
    offer('Replay the recorded run', 'Replay the recorded run', replaying);
    title.after(bar, said, building, problem);

    // To mdBook, an arrow key means another chapter, and some letters open its search or its help.
    section.addEventListener('keydown', event => event.stopPropagation());
    window.addEventListener('pagehide', () => stopper?.abort());

    // How it stands with the examples of this lab, while it does not run.
    return ({ state, example, message: words }) => {
      if (stopper) return;
      tellBuilding(state === 'building' ? `Building ${example} in the background. ${words}`
        : state === 'waiting' ? 'Its examples wait to be built.' : '');
      tellProblem(state === 'failed' ? `${example} does not build:\n${words}` : '');
    };
  }

  const labs = new Map();
  for (const section of document.querySelectorAll('section.lab')) labs.set(section.dataset.lab, start(section));
  if (token && labs.size > 0) {
    const waiting = new Set(labs.keys());
    follow('/builds', build => {
      labs.get(build.lab)?.(build);
      if (build.state === 'ready') waiting.delete(build.lab);
      return waiting.size === 0;
    }, () => {});
  }
})();
