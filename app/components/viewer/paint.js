// Layers as pictures of one pixel a component, by one table lookup a pixel; painted anew only when a control has moved.
const ABSTAIN = -1;
const VOID = 255;
const HATCH_PERIOD = 6;
const packedColour = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
const WHITE = packedColour([255, 255, 255]);
const HATCH = packedColour([226, 226, 230]);
const OUTLINE = packedColour([214, 62, 30]);
const BLACK = packedColour([0, 0, 0]);

const isHidden = (state, space, id) => Boolean(state.hidden[space.name] && state.hidden[space.name].has(id));

// Entry id + 1 is the colour of a class, entry 0 that of abstention; 0 shows the picture below.
const coloursOf = (space, state) => {
  const colours = new Uint32Array(257);
  space.palette.forEach((colour, id) => { colours[id + 1] = isHidden(state, space, id) ? 0 : packedColour(colour); });
  colours[0] = isHidden(state, space, ABSTAIN) ? 0 : WHITE;
  colours[VOID + 1] = isHidden(state, space, VOID) ? 0 : BLACK;
  return colours;
};

// What abstention is painted in, by (row + column) modulo the hatch's period.
const hatchedRow = (colour) =>
  Uint32Array.from({ length: HATCH_PERIOD }, (_, i) => (colour && i === 0 ? HATCH : colour));

const paintClasses = (data, state, layer, pixels) => {
  const colours = coloursOf(layer.space, state), counts = new Uint32Array(257), { width, height } = data;
  const certificate = layer.kind === 'certified' ? data.certificates[layer.certificate] : null;
  const { labels } = layer, { top, level } = certificate || {}, on = certificate && standing(state, certificate);
  const lines = hatchedRow(colours[0]);
  for (let row = 0, pixel = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1, pixel += 1) {
      const id = certificate ? (on[level[pixel]] ? top[pixel] : ABSTAIN) : labels[pixel];
      counts[id + 1] += 1;
      pixels[pixel] = id === ABSTAIN ? lines[(row + column) % HATCH_PERIOD] : colours[id + 1];
    }
  }
  layer.counts = counts;
};

// The scale of a layer of numbers: where a level stands on it, 0 to 1 or null for nothing, and the names of its ends.
const scaleOf = (data, state, layer) => {
  const certificate = data.certificates[layer.certificate];
  if (layer.kind === 'share') {
    return { low: '≤ 0.5', high: '1', name: 'share of the draws',
             at: (level) => Math.max(0, 2 * (certificate.hits[level] / certificate.draws - 0.5)) };
  }
  if (layer.kind === 'p_value') {
    return { low: '1', high: '≤ ' + powerText(-data.p_floor), name: 'p-value',
             at: (level) => Math.min(1, -Math.log10(pValue(state, certificate, level)) / data.p_floor) };
  }
  const most = certificate.largest, own = certificate.radii[certificate.own];
  const least = most > own * (1 + 1e-9) ? own : 0;
  return { low: (least ? '≤ ' : '') + floored(least), high: floored(most), name: 'certified radius',
           at: (level) => (certificate.radius[level] > 0
             ? Math.max(0, (certificate.radius[level] - least) / (most - least)) : null) };
};

const paintNumbers = (data, state, layer, pixels) => {
  const certificate = data.certificates[layer.certificate], { width, height } = data, lines = hatchedRow(WHITE);
  const scale = scaleOf(data, state, layer), { level, top } = certificate;
  const colours = Uint32Array.from(certificate.hits, (_, one) => {
    const at = scale.at(one);
    return at === null ? 0 : packedColour(data.scale[Math.round(255 * at)]);
  });
  const shown = coloursOf(data.space, state).map((colour) => (colour ? 1 : 0));
  const reach = sizeOf(state, certificate);
  const outlined = layer.kind === 'radius' && reach > 0;
  const inside = Uint8Array.from(certificate.radius, (radius) => outlined && radius >= reach);
  for (let row = 0, pixel = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1, pixel += 1) {
      const one = level[pixel];
      let colour = colours[one] || lines[(row + column) % HATCH_PERIOD];
      const border = inside[one]
        && ((column > 0 && !inside[level[pixel - 1]]) || (column < width - 1 && !inside[level[pixel + 1]])
          || (row > 0 && !inside[level[pixel - width]]) || (row < height - 1 && !inside[level[pixel + width]]));
      if (border) colour = OUTLINE;
      pixels[pixel] = shown[top[pixel] + 1] ? colour : 0;
    }
  }
};

const painted = (data, state, layer) => {
  if (layer.kind === 'picture') return layer.canvas;
  const hidden = state.hidden[layer.space.name];
  const moved = layer.certificate ? [state.tau, state.budget] : [];
  const stamp = JSON.stringify([moved, hidden ? [...hidden] : []]);
  if (layer.stamp === stamp) return layer.canvas;
  const context = layer.canvas.getContext('2d'), image = new ImageData(data.width, data.height);
  const paint = layer.kind === 'classes' || layer.kind === 'certified' ? paintClasses : paintNumbers;
  paint(data, state, layer, new Uint32Array(image.data.buffer));
  context.putImageData(image, 0, 0);
  layer.stamp = stamp;
  return layer.canvas;
};
