// The three pictures of where the sliders stand.
const contextOf = (figure, { width, height }) => {
  const canvas = figure.querySelector('canvas');
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return canvas.getContext('2d', { willReadFrequently: true });
};

const pixelsOf = (context, image, { width, height }) => {
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
};

const PALE = 0.8;

// Pixels that have the class of the unchanged picture fade towards white.
const drawAnswer = (component, frame) => {
  const { data, root } = component, context = contextOf(root.querySelector('.undefended'), data);
  if (!root.querySelector('.pale input').checked || !frame.flipped) {
    context.drawImage(frame.answer, 0, 0, data.width, data.height);
    return;
  }
  const before = new Uint32Array(pixelsOf(context, data.frames[data.neutral].answer, data).data.buffer);
  const shown = pixelsOf(context, frame.answer, data), after = new Uint32Array(shown.data.buffer), bytes = shown.data;
  for (let pixel = 0; pixel < after.length; pixel += 1) {
    if (after[pixel] === before[pixel]) {
      for (let i = 4 * pixel; i < 4 * pixel + 3; i += 1) bytes[i] += PALE * (255 - bytes[i]);
    }
  }
  context.putImageData(shown, 0, 0);
};

const says = (figure, strong, text) => {
  const caption = figure.querySelector('figcaption');
  caption.replaceChildren(made('b', '', strong), text ? ` ${text}` : '');
};

const drawCertified = ({ data, root }, inside) => {
  const figure = root.querySelector('.certified'), frame = figure.querySelector('.frame'), { words } = data;
  const context = contextOf(figure, data), over = figure.querySelector('.over');
  context.clearRect(0, 0, data.width, data.height);
  if (data.certified) context.drawImage(data.certified, 0, 0, data.width, data.height);
  const covers = data.certified && words.promise !== '';
  frame.classList.toggle('kept', Boolean(covers && inside));
  frame.classList.toggle('faded', Boolean(data.certified && !(covers && inside)));
  const note = data.certified ? (covers && inside ? '' : words.outside) : words.wait;
  over.replaceChildren(...(note ? [made('span', '', note)] : []));
  says(figure, data.certified ? (covers && inside ? words.stands : words.outside) : '',
    data.certified ? (inside ? words.promise : '') : '');
};

const drawPanes = (component) => {
  const { data, root, at } = component, number = numberAt(data, at), frame = data.frames[number], { words } = data;
  const inside = data.region.inside[number], changed = root.querySelector('.changed');
  contextOf(changed, data).drawImage(frame.picture, 0, 0, data.width, data.height);
  says(changed, written(data, at), frame.clipped ? filled(words.clipped, { share: percent(frame.clipped) }) : '');
  drawAnswer(component, frame);
  says(root.querySelector('.undefended'), filled(words.flipped, { share: percent(frame.flipped) }), '');
  drawCertified(component, inside);
  root.classList.toggle('outside', !inside);
  root.querySelector('.state').textContent = inside ? words.inside : words.left;
};

const labelPanes = ({ data, root }) => {
  const { words } = data;
  for (const name of ['changed', 'undefended', 'certified']) {
    root.querySelector(`.${name} header b`).textContent = words.titles[name];
    root.querySelector(`.${name} canvas`).setAttribute('aria-label', words.titles[name]);
  }
  root.querySelector('.legend').replaceChildren(...data.classes.map(({ name, colour }) => {
    const entry = made('span'), chip = made('i', 'chip');
    chip.style.background = `rgb(${colour.join()})`;
    entry.append(chip, name);
    return entry;
  }), ...(data.certified ? [Object.assign(made('span'), { innerHTML: '<i class="chip abstain"></i>' })] : []));
  if (data.certified) root.querySelector('.legend').lastChild.append(words.abstains);
};
