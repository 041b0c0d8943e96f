// One pane on a canvas: picture, layer over it, the wipe's border, the cursor and the pin.
// Where the picture lies on a canvas of that width: the scale, and where its corner is.
const placed = (data, state, width, height) => {
  const scale = (width / data.width) * state.zoom;
  return { scale, x: width / 2 - state.x * scale, y: height / 2 - state.y * scale };
};

const drawLayer = (context, viewer, name, place) => {
  const { data, state } = viewer, layer = data.layers[name], over = layer.kind !== 'picture';
  const below = over && data.below ? data.layers[data.below] : null;
  const box = [place.x, place.y, data.width * place.scale, data.height * place.scale];
  context.imageSmoothingEnabled = false;
  if (below) context.drawImage(below.canvas, ...box);
  context.globalAlpha = below ? state.opacity : 1;
  context.drawImage(painted(data, state, layer), ...box);
  context.globalAlpha = 1;
};

const drawLayers = (context, viewer, names, place, width, height) => {
  drawLayer(context, viewer, names[0], place);
  if (names.length < 2) return;
  const border = Math.round(width * viewer.state.border);
  context.save();
  context.beginPath();
  context.rect(border, 0, width - border, height);
  context.clip();
  context.clearRect(0, 0, width, height);
  drawLayer(context, viewer, names[1], place);
  context.restore();
};

const stroked = (context, path, ratio) => {
  for (const [colour, wide] of [['rgba(17, 22, 29, .6)', 3], ['#fff', 1]]) {
    context.strokeStyle = colour;
    context.lineWidth = wide * ratio;
    context.stroke(path);
  }
};

const drawCursor = (context, place, [row, column], width, height, ratio) => {
  const x = place.x + (column + 0.5) * place.scale, y = place.y + (row + 0.5) * place.scale;
  const gap = Math.max(7 * ratio, place.scale / 2 + 3 * ratio), path = new Path2D();
  path.moveTo(0, y); path.lineTo(x - gap, y); path.moveTo(x + gap, y); path.lineTo(width, y);
  path.moveTo(x, 0); path.lineTo(x, y - gap); path.moveTo(x, y + gap); path.lineTo(x, height);
  if (place.scale > 4 * ratio) path.rect(x - place.scale / 2, y - place.scale / 2, place.scale, place.scale);
  stroked(context, path, ratio);
};

const drawPin = (context, place, [row, column], ratio) => {
  const x = place.x + (column + 0.5) * place.scale, y = place.y + (row + 0.5) * place.scale;
  for (const [colour, wide] of [['#11161d', 6], ['#fff', 3]]) {
    context.strokeStyle = colour;
    context.lineWidth = wide * ratio;
    context.beginPath();
    context.arc(x, y, Math.max(7 * ratio, 0.8 * place.scale), 0, 2 * Math.PI);
    context.stroke();
  }
};

const drawPane = (viewer, pane) => {
  const { canvas } = pane, { state, data } = viewer, ratio = window.devicePixelRatio || 1;
  const box = canvas.getBoundingClientRect();
  const width = Math.max(1, Math.round(box.width * ratio)), height = Math.max(1, Math.round(box.height * ratio));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d'), place = placed(data, state, width, height);
  context.clearRect(0, 0, width, height);
  drawLayers(context, viewer, shownIn(viewer, pane), place, width, height);
  if (state.pin) drawPin(context, place, state.pin, ratio);
  if (state.cursor) drawCursor(context, place, state.cursor, width, height, ratio);
  if (pane.border) pane.border.style.left = 100 * state.border + '%';
};
