// Which numbers of hits pass: the engine's cut-off at the slider's tau, and the engine's radius against the budget.
const tauIndex = (state, certificate) => {
  const found = state.tau === null ? -1 : certificate.taus.indexOf(state.tau);
  return found < 0 ? certificate.own : found;
};

const passes = (state, certificate, level) =>
  certificate.hits[level] >= certificate.cutoffs[tauIndex(state, certificate)];

const withstands = (state, certificate, level) =>
  state.budget === null || !certificate.certifies || certificate.radius[level] >= state.budget;

const standing = (state, certificate) => Uint8Array.from(certificate.hits,
  (_, level) => (passes(state, certificate, level) && withstands(state, certificate, level) ? 1 : 0));

const standingCount = (state, certificate) =>
  standing(state, certificate).reduce((sum, on, level) => sum + on * certificate.count[level], 0);

const pValue = (state, certificate, level) =>
  certificate.p[tauIndex(state, certificate) * certificate.hits.length + level];

// The size that a sentence is about: the budget's, or without that slider what the certificate covers at this tau.
const sizeOf = (state, certificate) =>
  (state.budget === null ? certificate.radii[tauIndex(state, certificate)] : state.budget);

const sentenceOf = (state, certificate, size) => {
  const count = standingCount(state, certificate), reach = sizeOf(state, certificate), { words } = certificate;
  const which = !certificate.certifies ? 'stay' : count === 0 ? 'none'
    : certificate.tolerated >= count ? 'covered' : reach > 0 ? 'stay' : 'found';
  return filled(words[which], { count: grouped(count), all: grouped(size), size: floored(reach) });
};

const labelAt = (data, state, layer, pixel) => {
  if (layer.kind === 'picture') return null;
  if (layer.kind === 'classes') return layer.labels[pixel];
  const certificate = data.certificates[layer.certificate], level = certificate.level[pixel];
  return passes(state, certificate, level) && withstands(state, certificate, level) ? certificate.top[pixel] : ABSTAIN;
};

const labelsOf = (data, state, layer) =>
  Array.from({ length: data.size }, (_, pixel) => labelAt(data, state, layer, pixel));
