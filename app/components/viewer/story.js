// The story of the pinned pixel: from votes to a decision, in the order in which it was made.
const votesAt = (certificate, size, pixel) => certificate.voted
  .map((id, i) => [certificate.votes[i * size + pixel], id]).filter(([count]) => count > 0)
  .sort((a, b) => b[0] - a[0] || a[1] - b[1]);

const step = (name, value, more, ...before) => {
  const shown = made('li'), main = made('b');
  main.append(...before, value);
  shown.append(made('small', '', name), main, made('span', '', more));
  return shown;
};

const decisionAt = (state, certificate, level, name) => {
  const { words } = certificate, below = pValue(state, certificate, level) <= certificate.threshold[level];
  const named = (sentence) => filled(sentence, { class: name });
  if (!passes(state, certificate, level)) return ['abstains', below ? words.passed_over : named(words.thin)];
  return [named(words.selected), [words.alone, below ? '' : words.taken_along].filter((one) => one).join('; ')];
};

const storyOf = (viewer, certificate, pixel) => {
  const { data, state } = viewer, { space } = data, level = certificate.level[pixel], top = certificate.top[pixel];
  const votes = votesAt(certificate, data.size, pixel), name = space.classes[top];
  const on = passes(state, certificate, level), tau = certificate.taus[tauIndex(state, certificate)];
  const [decision, why] = decisionAt(state, certificate, level, name);
  const p = small(pValue(state, certificate, level), data.smallest_p);
  const steps = [
    step('votes', name, votes.map(([count, id]) => `${space.classes[id]} ${count}`).join(', ')
      + ` of ${certificate.n0} selection draws`, chip(space.palette[top])),
    step('hits', `${grouped(certificate.hits[level])} of ${grouped(certificate.draws)}`, `fresh draws gave ${name}`),
    step('p-value', p, filled(certificate.words.p_value, { tau: String(Number(tau.toFixed(4))) })),
    step('threshold', small(certificate.threshold[level]),
      `for rank ${grouped(certificate.rank[level])} of ${grouped(data.size)}`),
    step('decision', decision, why, chip(on ? space.palette[top] : null)),
  ];
  if (certificate.certifies) {
    const radius = certificate.radius[level];
    const share = certificate.bound[level] > 0 ? `its share exceeds ${floored(certificate.bound[level], 4)}` : '';
    steps.push(step('radius', radius > 0 ? floored(radius) : 'none', share));
  }
  const list = made('ol');
  list.append(...steps);
  return list;
};

const tellStory = (viewer) => {
  const { data, state, root } = viewer, box = root.querySelector('.story');
  box.hidden = !state.pin;
  if (!state.pin) return;
  const [row, column] = state.pin, pixel = row * data.width + column, head = made('header');
  const close = made('button', 'close', '×');
  Object.assign(close, { type: 'button', title: 'Let the pin go (Escape)', onclick: () => pinAt(viewer, null) });
  close.setAttribute('aria-label', 'Let the pin go');
  head.append(made('h4', '', `Pixel (${row}, ${column})`), close);
  if (data.truth) {
    const layer = data.layers[data.truth], id = layer.labels[pixel];
    head.firstChild.after(fact('truth', className(layer.space, id), chip(colourOf(layer.space, id))));
  }
  const told = Object.values(data.certificates).flatMap((certificate) => [
    ...(certificate.title ? [made('h5', '', capital(certificate.title))] : []), storyOf(viewer, certificate, pixel)]);
  const left = data.first && data.first.words.left_open;
  box.replaceChildren(head, ...told, ...(left ? [made('p', 'left', left)] : []));
};
