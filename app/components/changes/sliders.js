// One slider a parameter, with the certified interval on it: of two parameters, that at the other's value.
const bandOf = ({ data, at }, which) => {
  const { bands, outline } = data.region;
  if (data.sliders.length === 1) return bands[0];
  const other = 1 - which, level = data.sliders[other].at[at[other]], crossed = [];
  outline.forEach((point, i) => {
    const next = outline[(i + 1) % outline.length], [a, b] = [point[other] - level, next[other] - level];
    if (a * b > 0 || a === b) return;
    crossed.push(point[which] + (next[which] - point[which]) * (a / (a - b)));
  });
  return crossed.length ? [Math.min(...crossed), Math.max(...crossed)] : null;
};

const buildSliders = (component) => {
  const { data, root } = component;
  component.inputs = data.sliders.map((one, which) => {
    const [box, line, track] = ['amount', 'line', 'track'].map((name) => made('div', name));
    const inset = made('i', 'inset');
    const input = Object.assign(made('input'), { type: 'range', min: 0, max: one.values.length - 1, step: 1 });
    const zero = made('i', 'zero'), ends = made('div', 'ends'), back = made('button', '', data.words.back);
    zero.style.left = `${100 * one.at[one.neutral]}%`;
    inset.append(made('i', 'rail'), made('i', 'band'), zero);
    line.append(made('b', '', one.title), made('output'));
    if (!which) line.append(Object.assign(back, { type: 'button' }));
    track.append(inset, input);
    ends.append(made('span', '', one.values[0] + one.unit), made('b', '', data.region.told[which]),
      made('span', '', one.values[one.values.length - 1] + one.unit));
    box.append(line, track, ends);
    input.setAttribute('aria-label', one.title);
    input.oninput = () => { component.active = which; component.moveTo(which, Number(input.value)); };
    back.onclick = () => component.moveAll(placeAt(data, data.neutral));
    return { box, input, output: line.querySelector('output'), band: inset.querySelector('.band'),
             told: ends.querySelector('b') };
  });
  root.querySelector('.amounts').replaceChildren(...component.inputs.map((one) => one.box));
};

const drawSliders = (component) => {
  const { data, at } = component;
  component.inputs.forEach(({ input, output, band, told }, which) => {
    const own = bandOf(component, which), slider = data.sliders[which];
    input.value = at[which];
    output.textContent = slider.values[at[which]] + slider.unit;
    input.setAttribute('aria-valuetext', labelOf(data, at));
    band.hidden = !own;
    if (!own) return;
    const [low, high] = own.map((end) => clamp(end, 0, 1));
    band.style.left = `${100 * low}%`;
    band.style.width = `${100 * (high - low)}%`;
    told.style.left = `${clamp(50 * (low + high), 22, 78)}%`;  // clear of the ends' own labels
  });
};
