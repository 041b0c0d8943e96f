// What a person has chosen, and how it survives new data.
const MOST_ZOOM = 40;
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

const fresh = () => ({ mode: 'side', shown: [], pair: [], columns: null, opacity: 1, zoom: 1, x: 0, y: 0, border: 0.5,
                       second: false, running: false, cursor: null, pin: null, focus: 0, hidden: {}, tau: null,
                       budget: null, begun: undefined });

// Layers, zoom, tau and pin stay where the new data still has them.
const adapted = (state, data, before) => {
  const known = (name, otherwise) => (name in data.layers ? name : otherwise);
  const own = data.panes.map((pane) => pane.layer);
  const samePanes = before && JSON.stringify(before.panes) === JSON.stringify(data.panes);
  state.shown = own.map((name, i) => (samePanes ? known(state.shown[i], name) : name));
  const pair = own.length > 1 ? own.slice(-2) : [data.below || own[0], own[0]];
  state.pair = pair.map((name, i) => (samePanes ? known(state.pair[i], name) : name));
  state.focus = Math.min(samePanes ? state.focus : own.length - 1, own.length - 1);
  if (!before || before.width !== data.width || before.height !== data.height) {
    Object.assign(state, { zoom: 1, x: data.width / 2, y: data.height / 2, cursor: null, pin: null });
  }
  const taus = data.first && data.first.free ? data.first.taus : [];
  if (!taus.includes(state.tau)) state.tau = taus.length ? taus[data.first.own] : null;
  if (state.begun !== data.budget) Object.assign(state, { budget: data.budget, begun: data.budget });
};

const shownIn = (viewer, pane) => {
  const { mode, shown, pair, second } = viewer.state;
  if (mode === 'wipe') return pair;
  return mode === 'blink' ? [pair[second ? 1 : 0]] : [shown[pane.number]];
};

const keptInside = ({ data, state }) => {
  state.zoom = clamp(state.zoom, 1, MOST_ZOOM);
  const halfWidth = data.width / state.zoom / 2, halfHeight = data.height / state.zoom / 2;
  state.x = clamp(state.x, halfWidth, data.width - halfWidth);
  state.y = clamp(state.y, halfHeight, data.height - halfHeight);
};

// Zoom by a factor so that the place (in pixels of the picture) stays where it is on the screen.
const zoomBy = (viewer, factor, at = [viewer.state.x, viewer.state.y]) => {
  const { state } = viewer, zoom = clamp(state.zoom * factor, 1, MOST_ZOOM), kept = state.zoom / zoom;
  state.x = at[0] + (state.x - at[0]) * kept;
  state.y = at[1] + (state.y - at[1]) * kept;
  state.zoom = zoom;
  keptInside(viewer);
  viewer.redraw();
};

const panBy = (viewer, x, y) => {
  viewer.state.x += x;
  viewer.state.y += y;
  keptInside(viewer);
  viewer.redraw();
};

const whole = (viewer) => {
  Object.assign(viewer.state, { zoom: 1, x: viewer.data.width / 2, y: viewer.data.height / 2 });
  viewer.redraw();
};

const pinAt = (viewer, place) => {
  const { state } = viewer;
  state.pin = place;
  clearTimeout(viewer.waiting);
  viewer.waiting = setTimeout(() => viewer.send(place && { row: place[0], column: place[1] }), 150);
  tellStory(viewer);
  viewer.redraw();
};
