// Of two parameters: the region from above, each frame a cell as red as its answers have changed; drag the point.
const padPlace = (x, y) => [100 * x, 100 * (1 - y)];

const buildPad = (component) => {
  const { data, root } = component, pad = root.querySelector('.pad');
  pad.toggleAttribute('hidden', data.sliders.length < 2);
  if (data.sliders.length < 2) return;
  const [across, up] = data.sliders, most = Math.max(0.01, ...data.frames.map((one) => one.flipped));
  const [wide, high] = [100 / across.values.length, 100 / up.values.length];
  const cells = data.frames.map((frame, number) => {
    const [i, j] = placeAt(data, number);
    return drawn('rect', 'cell', { x: i * wide, y: 100 - (j + 1) * high, width: wide, height: high,
                                   'fill-opacity': 0.75 * (frame.flipped / most) });
  });
  // Cells reach half a step beyond the sliders' ends.
  const moved = (fraction, { values }) => (fraction * (values.length - 1) + 0.5) / values.length;
  component.padded = (x, y) => padPlace(moved(x, across), moved(y, up));
  const points = data.region.outline.map(([x, y]) => component.padded(x, y).join()).join(' ');
  const [x, y] = component.padded(across.at[across.neutral], up.at[up.neutral]);
  pad.replaceChildren(...cells, drawn('line', 'axis', { x1: x, x2: x, y1: 0, y2: 100 }),
    drawn('line', 'axis', { x1: 0, x2: 100, y1: y, y2: y }), drawn('polygon', 'region', { points }),
    drawn('circle', 'here', { r: 4 }));
  const follow = (event) => {
    const box = pad.getBoundingClientRect();
    const step = (share, slider) => clamp(Math.floor(share * slider.values.length), 0, slider.values.length - 1);
    component.moveAll([step((event.clientX - box.left) / box.width, across),
                       step((box.bottom - event.clientY) / box.height, up)]);
  };
  pad.onpointerdown = (event) => { pad.setPointerCapture(event.pointerId); follow(event); };
  pad.onpointermove = (event) => { if (pad.hasPointerCapture(event.pointerId)) follow(event); };
};

const drawPad = ({ data, root, at, padded }) => {
  if (data.sliders.length < 2) return;
  const [x, y] = padded(...at.map((step, i) => data.sliders[i].at[step])), here = root.querySelector('.pad .here');
  here.setAttribute('cx', x);
  here.setAttribute('cy', y);
};
