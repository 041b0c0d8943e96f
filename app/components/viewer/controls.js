// The toolbar and the sliders.
const CALM = window.matchMedia('(prefers-reduced-motion: reduce)');
const BEAT = 900;

const isFull = (root) => root.getRootNode().fullscreenElement === root;

const switchLayer = (viewer) => {
  viewer.state.second = !viewer.state.second;
  viewer.refresh();
};

const paced = (viewer) => {
  clearInterval(viewer.beating);
  if (viewer.state.mode !== 'blink' || !viewer.state.running || CALM.matches) return;
  viewer.beating = setInterval(() => switchLayer(viewer), BEAT);
};

const nextColumns = (viewer) => {
  const choices = choicesOfColumns(viewer.panes.length);
  viewer.state.columns = choices[(choices.indexOf(viewer.columns) + 1) % choices.length];
  arranged(viewer);
};

const chooseMode = (viewer, mode) => {
  Object.assign(viewer.state, { mode, running: mode === 'blink' && !CALM.matches });
  buildPanes(viewer);
  viewer.refresh();
};

const act = (viewer, name) => {
  const { root } = viewer, full = isFull(root);
  if (['side', 'wipe', 'blink'].includes(name)) chooseMode(viewer, name);
  else if (name === 'in') zoomBy(viewer, 1.5);
  else if (name === 'out') zoomBy(viewer, 1 / 1.5);
  else if (name === 'reset') whole(viewer);
  else if (name === 'columns') nextColumns(viewer);
  else if (name === 'help') root.querySelector('.help').togglePopover();
  else if (name === 'full') (full ? document.exitFullscreen() : root.requestFullscreen()).catch(() => {});
  else if (name === 'png') savePng(viewer);
  else if (name === 'svg') saveSvg(viewer);
};

// A budget that is all but a radius which counts, is that radius: a hair more or less would change the picture.
const snapped = (viewer, value, most) => {
  const { data, state } = viewer;
  const marks = [0, data.budget, ...Object.values(data.certificates).map((one) => one.radii[tauIndex(state, one)])];
  return marks.find((mark) => Math.abs(mark - value) <= 0.006 * most) ?? value;
};

const showSliders = (viewer) => {
  const { root, data, state } = viewer, tau = root.querySelector('.tau'), budget = root.querySelector('.budget');
  const free = Boolean(data.first && data.first.free);
  tau.hidden = !free;
  budget.hidden = state.budget === null || !data.first || !data.first.certifies;
  if (free) {
    const at = tauIndex(state, data.first), radius = data.first.radii[at];
    const [range, output] = tau.querySelectorAll('input, output');
    Object.assign(range, { min: 0, max: data.first.taus.length - 1, value: at });
    const shown = Number(data.first.taus[at].toFixed(4)).toFixed(3);
    range.setAttribute('aria-valuetext', shown);
    output.textContent = shown + (data.first.certifies ? ` · R ${floored(radius)}` : '');
  }
  if (!budget.hidden) {
    const [range, output] = budget.querySelectorAll('input, output');
    const reach = Object.values(data.certificates).map((one) => Math.max(one.largest, one.radii[one.own]));
    viewer.most = Math.max(data.budget, 1.15 * Math.max(...reach)) || 1;
    if (Number(range.max) !== viewer.most) range.max = viewer.most;
    if (root.getRootNode().activeElement !== range || !viewer.dragging) range.value = state.budget;
    range.setAttribute('aria-valuetext', floored(state.budget));
    const own = free ? '' : ` · R ${floored(data.first.radii[0])}`;
    output.textContent = `${floored(state.budget)} ${data.first.words.norm}${own}`;
  }
  const sentence = root.querySelector('.sentence');
  const several = Object.keys(data.certificates).length > 1 && data.first.title;
  const whose = several ? `${capital(data.first.title)}: ` : '';
  sentence.textContent = data.first ? whose + sentenceOf(state, data.first, data.size) : '';
  sentence.hidden = !data.first;
};

const showBar = (viewer) => {
  const { root, state } = viewer;
  for (const name of ['side', 'wipe', 'blink']) {
    root.querySelector(`[data-act=${name}]`).setAttribute('aria-pressed', String(state.mode === name));
  }
  root.querySelector('[data-act=columns]').hidden = viewer.panes.length < 2;
  root.querySelector('.opacity input').value = 100 * state.opacity;
  root.querySelector('.opacity').hidden = !viewer.data.below;
  root.querySelector('.stage').setAttribute('aria-label',
    `Linked pictures, ${viewer.panes.length} in number. Arrow keys move the cursor, Enter pins a pixel, `
    + 'the question mark lists all keys.');
};

const listenToControls = (viewer) => {
  const { root, state } = viewer;
  root.addEventListener('click', (event) => {
    const button = event.target.closest('[data-act]');
    if (button) act(viewer, button.dataset.act);
  });
  root.querySelector('.opacity input').oninput = (event) => {
    state.opacity = Number(event.target.value) / 100;
    viewer.redraw();
  };
  root.querySelector('.tau input').oninput = (event) => {
    state.tau = viewer.data.first.taus[Number(event.target.value)];
    viewer.refresh();
  };
  root.querySelector('.budget input').oninput = (event) => {
    state.budget = snapped(viewer, Number(event.target.value), viewer.most);
    viewer.dragging = true;
    viewer.refresh();
  };
  root.querySelector('.budget input').onchange = () => { viewer.dragging = false; };
  root.querySelector('.stage').onkeydown = (event) => pressed(viewer, event);
  root.addEventListener('fullscreenchange', () => arranged(viewer));
  root.querySelector('.help table').replaceChildren(...KEYS.map(([key, told]) => {
    const row = made('tr');
    row.append(made('th', '', key), made('td', '', told));
    return row;
  }));
};
