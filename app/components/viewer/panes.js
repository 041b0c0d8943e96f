// The panes as elements: title and menu of layers, canvas, the wipe's border, a scale of numbers, a line of text.
const made = (tag, name = '', text = '') => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
};

const GAP = 12;
const COMFORTABLE = 240;
const HEAD = 34;

const choicesOfColumns = (panes) => (panes === 4 ? [4, 2, 1] : [...new Set([panes, 1])]);

// How wide a pane may be with so many in a row: as there is room for, yet no higher than the window.
const widthWith = (viewer, columns, available) => {
  const { data, root } = viewer, rows = Math.ceil(viewer.panes.length / columns);
  const high = isFull(root) ? (window.innerHeight - 250) / rows - HEAD - GAP
    : Math.max(240, ((rows > 1 ? 0.8 : 0.7) * window.innerHeight) / Math.min(rows, 2));
  return Math.floor(Math.min((available - GAP * (columns - 1)) / columns, high * (data.width / data.height)));
};

// The person's choice, or the arrangement in at most two rows that makes the panes largest.
const columnsOf = (viewer, available) => {
  const panes = viewer.panes.length, choices = choicesOfColumns(panes);
  const wide = (one) => widthWith(viewer, one, available);
  if (choices.includes(viewer.state.columns)) return viewer.state.columns;
  const best = choices.filter((one) => panes / one <= 2).reduce((a, b) => (wide(b) > wide(a) ? b : a));
  return panes === 3 && wide(best) < COMFORTABLE ? 1 : best;
};

const arranged = (viewer) => {
  const { data, root } = viewer, available = root.querySelector('.stage').clientWidth;
  const columns = columnsOf(viewer, available), grid = root.querySelector('.panes');
  viewer.columns = columns;
  grid.style.gridTemplateColumns = `repeat(${columns}, ${Math.max(widthWith(viewer, columns, available), 40)}px)`;
  grid.style.setProperty('--aspect', `${data.width} / ${data.height}`);
  root.classList.toggle('narrow', available < 560);
  viewer.redraw();
};

// The page's own title while a pane shows the layer that it began with, else the layer's name.
const titleOf = ({ data, state }, pane, name) => {
  const own = state.mode === 'side' ? data.panes[pane.number] : data.panes.find((one) => one.layer === name);
  return own && own.layer === name ? own.title : name;
};

const menuOf = (viewer, label, chosen, choose) => {
  const box = made('label', 'menu'), select = made('select');
  box.append(made('b', 'title'), made('span', 'chevron', '▾'), select);
  select.setAttribute('aria-label', label);
  for (const name of viewer.data.names) select.append(new Option(name, name));
  select.value = chosen();
  select.onchange = () => { choose(select.value); viewer.refresh(); };
  return box;
};

const wipeBorder = (viewer) => {
  const border = made('div', 'border');
  border.append(made('span', '', '↔'));
  Object.assign(border, { tabIndex: 0 });
  for (const [name, value] of [['role', 'slider'], ['aria-label', 'Border between the two layers'],
    ['aria-valuemin', 0], ['aria-valuemax', 100]]) border.setAttribute(name, value);
  const place = (share) => {
    viewer.state.border = clamp(share, 0, 1);
    border.setAttribute('aria-valuenow', Math.round(100 * viewer.state.border));
    viewer.redraw();
  };
  border.onkeydown = (event) => {
    const step = { ArrowLeft: -0.02, ArrowRight: 0.02, Home: -1, End: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    place(viewer.state.border + (event.shiftKey ? 5 : 1) * step);
  };
  border.onpointerdown = (event) => { event.stopPropagation(); border.setPointerCapture(event.pointerId); };
  border.onpointermove = (event) => {
    event.stopPropagation();
    if (!border.hasPointerCapture(event.pointerId)) return;
    const box = border.parentElement.getBoundingClientRect();
    place((event.clientX - box.left) / box.width);
  };
  place(viewer.state.border);
  return border;
};

const blinkBar = (viewer) => {
  const bar = made('div', 'blinking');
  const turn = made('button', '', 'Switch'), run = made('button');
  turn.title = 'Show the other layer (space)';
  turn.onclick = () => { viewer.state.running = false; switchLayer(viewer); };
  run.onclick = () => { viewer.state.running = !viewer.state.running; viewer.refresh(); };
  run.className = 'run';
  bar.append(turn, run);
  if (CALM.matches) run.hidden = true;
  return bar;
};

const newPane = (viewer, number) => {
  const { state } = viewer, figure = made('figure'), head = made('header'), frame = made('div', 'frame');
  const pane = { number, figure, head, canvas: made('canvas'), foot: made('div', 'foot'), note: made('span', 'note') };
  const twice = state.mode !== 'side';
  pane.menus = twice
    ? [0, 1].map((i) => menuOf(viewer, ['First layer', 'Second layer'][i], () => state.pair[i],
      (name) => { state.pair[i] = name; }))
    : [menuOf(viewer, `Layer of picture ${number + 1}`, () => state.shown[number],
      (name) => { state.shown[number] = name; })];
  head.append(...pane.menus);
  if (!twice) head.append(pane.note);
  pane.canvas.pane = pane;
  frame.append(pane.canvas);
  if (state.mode === 'wipe') { pane.border = wipeBorder(viewer); frame.append(pane.border); }
  if (state.mode === 'blink') { pane.blink = blinkBar(viewer); frame.append(pane.blink); }
  figure.append(head, frame, pane.foot);
  return pane;
};

const buildPanes = (viewer) => {
  const count = viewer.state.mode === 'side' ? viewer.data.panes.length : 1;
  viewer.panes = Array.from({ length: count }, (_, number) => newPane(viewer, number));
  viewer.root.querySelector('.panes').replaceChildren(...viewer.panes.map((pane) => pane.figure));
  arranged(viewer);
};

const scaleBar = (data, scale) => {
  const bar = made('div', 'scale'), stops = data.scale.filter((_, i) => i % 51 === 0);
  const ramp = made('i');
  ramp.style.background = `linear-gradient(90deg, ${stops.map((one) => `rgb(${one})`).join(', ')})`;
  bar.append(made('span', '', scale.low), ramp, made('span', '', `${scale.high} · ${scale.name}`));
  return bar;
};

const noteOf = (viewer, layer) => {
  if (layer.kind !== 'certified') return '';
  const { data, state } = viewer, certificate = data.certificates[layer.certificate];
  return `${shareDown(standingCount(state, certificate), data.size)} ${certificate.words.outcome.toLowerCase()}`;
};

// The words around the canvases: they change with layers and sliders, not with every frame.
const labelPanes = (viewer) => {
  const { data, state } = viewer;
  for (const pane of viewer.panes) {
    const names = state.mode === 'side' ? [state.shown[pane.number]] : state.pair;
    names.forEach((name, i) => {
      pane.menus[i].querySelector('.title').textContent = titleOf(viewer, pane, name);
      pane.menus[i].classList.toggle('away', state.mode === 'blink' && i !== (state.second ? 1 : 0));
    });
    pane.note.textContent = noteOf(viewer, data.layers[names[0]]);
    const caption = state.mode === 'side' && data.panes[pane.number].layer === names[0]
      ? data.panes[pane.number].caption : '';
    const numbers = names.map((name) => data.layers[name]).find((one) => one.certificate && one.kind !== 'certified');
    pane.foot.replaceChildren(...(numbers ? [scaleBar(data, scaleOf(data, state, numbers))] : []),
      ...(caption ? [made('span', 'caption', caption)] : []));
    pane.canvas.setAttribute('role', 'img');
    pane.canvas.setAttribute('aria-label', shownIn(viewer, pane).join(' beside '));
    if (pane.blink) pane.blink.lastChild.textContent = state.running ? 'Pause' : 'Play';
  }
};
