// Frames from one end of the moved slider to the other, and under them how many answers have changed.
const LEAST_SHOWN = 0.1;  // the chart's height stands for at least this share

const along = ({ data, at, active }) => data.sliders[active].values.map((_, step) => {
  const place = at.with(active, step), number = numberAt(data, place);
  return { place, number, step, frame: data.frames[number], inside: data.region.inside[number] };
});

const thumbOf = (component, { place, number, frame, inside, step }) => {
  const { data, active } = component, thumb = made('button', inside ? 'kept' : '');
  thumb.type = 'button';
  thumb.tabIndex = -1;  // the sliders are the keyboard's way
  thumb.dataset.number = number;
  thumb.setAttribute('aria-label', labelOf(data, place));
  for (const { src } of [frame.picture, frame.answer]) thumb.append(Object.assign(new Image(), { src, alt: '' }));
  thumb.append(made('span', '', data.sliders[active].values[step]));
  thumb.onclick = () => component.moveAll(place);
  return thumb;
};

const buildStrip = (component) => {
  const { data, root, active, at } = component, frames = along(component), strip = root.querySelector('.strip');
  const one = Number.parseFloat(getComputedStyle(strip).getPropertyValue('--thumb')) + 8;
  const fits = clamp(Math.floor(strip.clientWidth / one), 3, frames.length), count = fits - (1 - (fits % 2));
  const stamp = [data.hash, data.stamp, active, at.with(active, 0), count].join();
  if (component.strip === stamp) return;
  component.strip = stamp;
  const picked = Array.from({ length: count }, (_, i) => frames[Math.round((i * (frames.length - 1)) / (count - 1))]);
  root.querySelector('.thumbs').replaceChildren(...picked.map((frame) => thumbOf(component, frame)));
  root.querySelector('.strip .title').textContent = filled(data.words.strip, { change: data.sliders[active].title });
  const most = Math.max(LEAST_SHOWN, ...data.frames.map((frame) => frame.flipped)), slider = data.sliders[active];
  const points = frames.map(({ frame, step }) => `${100 * slider.at[step]},${100 - (94 * frame.flipped) / most}`);
  const band = bandOf(component, active), plot = root.querySelector('.plot svg'), parts = [];
  if (band) {
    const [low, high] = band.map((end) => 100 * clamp(end, 0, 1));
    parts.push(drawn('rect', 'band', { x: low, width: Math.max(0, high - low), y: 0, height: 100 }));
  }
  parts.push(drawn('polygon', 'area', { points: `0,100 ${points.join(' ')} 100,100` }),
    drawn('polyline', 'curve', { points: points.join(' ') }),
    drawn('line', 'base', { x1: 0, x2: 100, y1: 100, y2: 100 }), drawn('line', 'here', { y1: 0, y2: 100 }));
  plot.replaceChildren(...parts);
  root.querySelector('.plot .most').textContent = percent(most);
};

const drawStrip = (component) => {
  buildStrip(component);
  const { data, root, at, active } = component, number = String(numberAt(data, at));
  const x = 100 * data.sliders[active].at[at[active]], here = root.querySelector('.plot .here');
  here.setAttribute('x1', x);
  here.setAttribute('x2', x);
  for (const thumb of root.querySelectorAll('.thumbs button')) {
    thumb.setAttribute('aria-current', thumb.dataset.number === number);
  }
};

const listenToPlot = (component) => {
  const plot = component.root.querySelector('.plot');
  const follow = (event) => {
    const box = plot.querySelector('svg').getBoundingClientRect(), { data, active } = component;
    component.moveTo(active, nearestStep(data.sliders[active], (event.clientX - box.left) / box.width));
  };
  plot.onpointerdown = (event) => { plot.setPointerCapture(event.pointerId); follow(event); };
  plot.onpointermove = (event) => { if (plot.hasPointerCapture(event.pointerId)) follow(event); };
};
