// What all parts of the component share: elements, numbers, and where a person stands.
const made = (tag, name = '', text = '') => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
};

const drawn = (tag, name, attributes) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  element.setAttribute('class', name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  return element;
};

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// Never more than was counted.
const percent = (share) => `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;

const filled = (text, gaps) => text.replace(/\{(\w+)\}/g, (_, name) => gaps[name]);

// Frames lie in the order of the first slider, those of the second in a row.
const numberAt = ({ sliders }, at) => at.reduce((number, step, i) => number * sliders[i].values.length + step, 0);

const placeAt = ({ sliders }, number) => {
  const last = sliders[sliders.length - 1].values.length;
  return sliders.length === 1 ? [number] : [Math.floor(number / last), number % last];
};

// The step whose place on the slider is nearest to a fraction of it.
const nearestStep = (slider, fraction) => slider.at.reduce(
  (best, at, i) => (Math.abs(at - fraction) < Math.abs(slider.at[best] - fraction) ? i : best), 0);

const written = (data, at) => data.sliders.map((one, i) => `${one.title} ${one.values[at[i]]}${one.unit}`).join(', ');

const labelOf = (data, at) => {
  const frame = data.frames[numberAt(data, at)];
  const inside = data.region.inside[numberAt(data, at)] ? data.words.within : data.words.beyond;
  return `${written(data, at)}: ${inside}; ${filled(data.words.flipped, { share: percent(frame.flipped) })}`;
};
