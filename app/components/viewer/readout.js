// One line on the pixel under the cursor, for all panes at once.
const chip = (colour) => {
  const shown = made('i', 'chip' + (colour ? '' : ' abstain'));
  if (colour) shown.style.background = `rgb(${colour})`;
  return shown;
};

const className = (space, id) => {
  if (id === ABSTAIN) return space.open || 'abstains';
  return id === VOID ? 'not labelled' : space.classes[id];
};

const colourOf = (space, id) => (id === ABSTAIN ? null : id === VOID ? [0, 0, 0] : space.palette[id]);

const fact = (name, value, ...before) => {
  const shown = made('span', 'fact');
  shown.append(made('small', '', name), ...before, made('b', '', value));
  return shown;
};

const valueAt = (viewer, layer, pixel) => {
  const certificate = viewer.data.certificates[layer.certificate], level = certificate.level[pixel];
  if (layer.kind === 'share') return `${certificate.hits[level]} of ${certificate.draws}`;
  if (layer.kind === 'p_value') return small(pValue(viewer.state, certificate, level), viewer.data.smallest_p);
  return certificate.radius[level] > 0 ? floored(certificate.radius[level]) : 'none';
};

// The certificate that numbers are read from: that of the picture in focus, or the first.
const certificateInFocus = ({ data, state }) => {
  const names = state.mode === 'side' ? [state.shown[state.focus]] : state.pair;
  const layer = names.map((name) => data.layers[name]).find((one) => one.certificate);
  return layer ? data.certificates[layer.certificate] : data.first;
};

const factsAt = (viewer, [row, column]) => {
  const { data, state } = viewer, pixel = row * data.width + column;
  const facts = [['row, column', `${row}, ${column}`, null]];
  const names = state.mode === 'side' ? state.shown : state.pair, certificate = certificateInFocus(viewer);
  names.forEach((name, number) => {
    const layer = data.layers[name], title = titleOf(viewer, { number }, name);
    if (layer.kind === 'picture' || name === data.truth) return;
    if (layer.certificate && layer.kind !== 'certified' && data.certificates[layer.certificate] === certificate) return;
    const id = labelAt(data, state, layer, pixel);
    if (layer.labels || layer.kind === 'certified') facts.push([title, className(layer.space, id), [layer.space, id]]);
    else facts.push([title, valueAt(viewer, layer, pixel), null]);
  });
  if (data.truth) {
    const layer = data.layers[data.truth], id = layer.labels[pixel];
    facts.push(['truth', className(layer.space, id), [layer.space, id]]);
  }
  if (!certificate) return facts;
  const level = certificate.level[pixel], which = certificate.title ? ` · ${certificate.title}` : '';
  facts.push([`vote share${which}`, `${certificate.hits[level]} of ${certificate.draws}`, null]);
  facts.push(['p-value', small(pValue(state, certificate, level), data.smallest_p), null]);
  if (certificate.certifies) {
    facts.push(['radius', certificate.radius[level] > 0 ? floored(certificate.radius[level]) : 'none', null]);
  }
  return facts;
};

const readOut = (viewer) => {
  const place = viewer.state.cursor || viewer.state.pin, line = viewer.root.querySelector('.readout');
  line.classList.toggle('idle', !place);
  if (!place) {
    line.replaceChildren(made('span', 'fact', 'Point at a pixel to read it in every picture; click to pin its story.'));
    return;
  }
  line.replaceChildren(...factsAt(viewer, place).map(([name, value, label]) =>
    (label ? fact(name, value, chip(colourOf(...label))) : fact(name, value))));
};

const spoken = (viewer) => {
  const place = viewer.state.cursor || viewer.state.pin;
  return place ? factsAt(viewer, place).map(([name, value]) => `${name} ${value}`).join('; ') : '';
};
