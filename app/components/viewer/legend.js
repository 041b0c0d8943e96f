// Classes by colour, with their share in the picture in focus; a press hides a class in every picture.
const layersShown = ({ data, state }) =>
  (state.mode === 'side' ? state.shown : state.pair).map((name) => data.layers[name]);

const counted = (viewer, layer) => {
  painted(viewer.data, viewer.state, layer);
  return layer.counts;
};

// The layer whose shares a legend shows: the one in focus, or the last that has classes of that space.
const layerOfShares = (viewer, space) => {
  const { data, state } = viewer, having = layersShown(viewer).filter((one) => one.space.name === space.name
    && (one.kind === 'classes' || one.kind === 'certified'));
  const first = state.mode === 'blink' && !state.second;
  const focus = data.layers[state.mode === 'side' ? state.shown[state.focus] : state.pair[first ? 0 : 1]];
  return having.includes(focus) ? focus : having[having.length - 1] || null;
};

// All that any layer may ever show, found once: a legend that changes with a slider could not be read.
const idsOf = ({ data }, space) => {
  const known = data.ids || (data.ids = {});
  if (known[space.name]) return known[space.name];
  const seen = new Set();
  for (const layer of Object.values(data.layers)) {
    if (layer.space.name !== space.name) continue;
    if (layer.kind === 'classes') layer.labels.forEach((id) => seen.add(id));
    if (layer.kind === 'certified') data.certificates[layer.certificate].top.forEach((id) => seen.add(id));
    if (layer.kind === 'certified') seen.add(ABSTAIN);
  }
  known[space.name] = [...seen].sort((a, b) => (a === ABSTAIN ? 1000 : a) - (b === ABSTAIN ? 1000 : b));
  return known[space.name];
};

const toggled = (viewer, space, id, ids, alone) => {
  const hidden = viewer.state.hidden[space.name] || (viewer.state.hidden[space.name] = new Set());
  const others = ids.filter((one) => one !== id);
  if (alone && !hidden.has(id) && others.every((one) => hidden.has(one))) hidden.clear();
  else if (alone) { hidden.clear(); others.forEach((one) => hidden.add(one)); }
  else if (!hidden.delete(id)) hidden.add(id);
  viewer.refresh();
};

const entry = (viewer, space, id, ids, counts) => {
  const shown = made('button', 'entry'), hidden = isHidden(viewer.state, space, id);
  const name = className(space, id), share = id === ABSTAIN ? shareUp : shareDown;
  shown.type = 'button';
  shown.setAttribute('aria-pressed', String(!hidden));
  shown.dataset.id = `${space.name} ${id}`;
  shown.title = `${hidden ? 'Show' : 'Hide'} ${name}; with Shift: only this`;
  shown.append(chip(colourOf(space, id)), made('span', '', name));
  if (counts) shown.append(made('small', '', share(counts[id + 1], viewer.data.size)));
  shown.onclick = (event) => toggled(viewer, space, id, ids, event.shiftKey);
  return shown;
};

const legendOf = (viewer, space) => {
  const layer = layerOfShares(viewer, space), counts = layer && counted(viewer, layer), ids = idsOf(viewer, space);
  const box = made('div', 'legend');
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', 'Classes; press one to hide or show it');
  box.append(...ids.map((id) => entry(viewer, space, id, ids, counts)));
  if (layer) {
    const number = Math.max(0, viewer.state.shown.indexOf(layer.name));
    box.append(made('small', 'of', `shares in “${titleOf(viewer, { number }, layer.name)}”`));
  }
  return box;
};

const showLegends = (viewer) => {
  const box = viewer.root.querySelector('.legends'), active = viewer.root.getRootNode().activeElement;
  const held = active && active.closest('.entry');
  const coloured = layersShown(viewer).filter((one) => one.kind !== 'picture');
  const spaces = new Map(coloured.map(({ space }) => [space.name, space]));
  box.replaceChildren(...[...spaces.values()].map((space) => legendOf(viewer, space)));
  if (!held) return;
  const same = [...box.querySelectorAll('.entry')].find((one) => one.dataset.id === held.dataset.id);
  if (same) same.focus();
};
