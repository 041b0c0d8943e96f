// Everything without a mouse.
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const KEYS = [
  ['Arrows', 'move the cursor by a pixel; with Ctrl by ten'],
  ['Shift + arrows', 'move the picture'],
  ['+   −   0', 'zoom in, zoom out, the whole picture'],
  ['Enter', 'pin the pixel under the cursor: its story is told, and stays'],
  ['Escape', 'let the pin go'],
  ['1   2   3', 'side by side, wipe, blink'],
  ['Space', 'when blinking: the other layer'],
  ['4', 'arrange the pictures in another way'],
  ['F   ?', 'full screen, this list'],
];

const moveCursor = (viewer, [down, right], by) => {
  const { state, data } = viewer;
  const from = state.cursor || state.pin || [Math.floor(state.y), Math.floor(state.x)];
  state.cursor = [clamp(from[0] + by * down, 0, data.height - 1), clamp(from[1] + by * right, 0, data.width - 1)];
  const wide = data.width / state.zoom / 2, high = data.height / state.zoom / 2;
  state.x = clamp(state.x, state.cursor[1] + 1 - wide, state.cursor[1] + wide);
  state.y = clamp(state.y, state.cursor[0] + 1 - high, state.cursor[0] + high);
  keptInside(viewer);
  viewer.redraw();
  viewer.speak(spoken(viewer));
};

const ACTS = {
  '+': 'in', '=': 'in', '-': 'out', '−': 'out', 0: 'reset', 1: 'side', 2: 'wipe', 3: 'blink', 4: 'columns', f: 'full',
  F: 'full', '?': 'help',
};

const pressed = (viewer, event) => {
  const { state, data } = viewer, move = MOVES[event.key];
  if (event.target !== viewer.root.querySelector('.stage') || event.altKey || event.metaKey) return;
  if (event.ctrlKey && !move) return;
  const step = 0.1 / state.zoom;
  if (move && event.shiftKey) panBy(viewer, move[1] * step * data.width, move[0] * step * data.height);
  else if (move) moveCursor(viewer, move, event.ctrlKey ? 10 : 1);
  else if (event.key === 'Enter' && state.cursor) { pinAt(viewer, state.cursor); viewer.speak(spoken(viewer)); }
  else if (event.key === 'Escape' && state.pin) pinAt(viewer, null);
  else if (event.key === ' ' && state.mode === 'blink') { state.running = false; switchLayer(viewer); }
  else if (event.key in ACTS) act(viewer, ACTS[event.key]);
  else return;
  event.preventDefault();
  event.stopPropagation();
};
