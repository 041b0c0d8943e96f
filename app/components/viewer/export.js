// What is shown as a file: one list of texts, boxes and pictures, drawn on a canvas or written as SVG.
const INK = '#1b2430', FAINT = '#5b6675', LINE = '#d5dbe3';
const FAMILY = 'Source Sans, Source Sans Pro, Helvetica, Arial, sans-serif';
const MARGIN = 24, SPACE = 16;
const fontOf = ({ size, bold }) => `${bold ? 600 : 400} ${size}px ${FAMILY}`;

const ruler = blank(1, 1).getContext('2d');
const widthOf = (text, size, bold = false) => {
  ruler.font = fontOf({ size, bold });
  return ruler.measureText(text).width;
};

const linesOf = (text, size, width) => text.split(/\s+/).reduce((lines, word) => {
  const longer = lines[lines.length - 1] ? `${lines[lines.length - 1]} ${word}` : word;
  if (widthOf(longer, size) <= width) lines[lines.length - 1] = longer;
  else lines.push(word);
  return lines;
}, ['']).filter((line) => line);

const paneAsCanvas = (viewer, pane, width, height) => {
  const canvas = blank(width, height);
  drawLayers(canvas.getContext('2d'), viewer, shownIn(viewer, pane), placed(viewer.data, viewer.state, width, height),
    width, height);
  return canvas;
};

const rampOf = (data) => {
  const canvas = blank(256, 1), context = canvas.getContext('2d');
  data.scale.forEach((colour, i) => { context.fillStyle = `rgb(${colour})`; context.fillRect(i, 0, 1, 1); });
  return canvas;
};

const sheetOfPane = (viewer, pane, x, y, width, height, ops) => {
  const { data, state } = viewer, names = shownIn(viewer, pane);
  const title = names.map((name) => titleOf(viewer, pane, name)).join('  |  ');
  ops.push({ text: title, x, y: y + 20, size: 19, bold: true, fill: INK });
  const note = state.mode === 'side' ? noteOf(viewer, data.layers[names[0]]) : '';
  if (note) ops.push({ text: note, x: x + width - widthOf(note, 16), y: y + 20, size: 16, fill: FAINT });
  ops.push({ image: paneAsCanvas(viewer, pane, width, height), x, y: y + 30, width, height });
  ops.push({ box: true, x, y: y + 30, width, height, stroke: LINE });
  let below = y + 30 + height + 22;
  const numbers = names.map((name) => data.layers[name]).find((one) => one.certificate && one.kind !== 'certified');
  if (numbers) {
    const scale = scaleOf(data, state, numbers), start = x + widthOf(scale.low, 15) + 8;
    ops.push({ text: scale.low, x, y: below, size: 15, fill: FAINT });
    ops.push({ image: rampOf(data), x: start, y: below - 11, width: 160, height: 12 });
    ops.push({ text: `${scale.high} · ${scale.name}`, x: start + 168, y: below, size: 15, fill: FAINT });
    below += 20;
  }
  const own = data.panes[pane.number], caption = state.mode === 'side' && own.layer === names[0] ? own.caption : '';
  for (const text of linesOf(caption, 15, width)) {
    ops.push({ text, x, y: below, size: 15, fill: FAINT });
    below += 19;
  }
  return below;
};

const sheetOfLegends = (viewer, top, width, ops) => {
  let x = MARGIN, y = top;
  for (const legend of viewer.root.querySelectorAll('.legend')) {
    for (const shown of legend.querySelectorAll('.entry[aria-pressed=true]')) {
      const colour = shown.querySelector('.chip').style.background;
      const text = [...shown.querySelectorAll('span, small')].map((one) => one.textContent).join('  ');
      const wide = widthOf(text, 15) + 44;
      if (x + wide > width - MARGIN) { x = MARGIN; y += 24; }
      ops.push({ box: true, x, y: y - 12, width: 14, height: 14, stroke: LINE, fill: colour || '#fff' });
      if (!colour) ops.push({ line: true, x, y: y + 2, toX: x + 14, toY: y - 12, stroke: '#9aa3b0' });
      ops.push({ text, x: x + 20, y, size: 15, fill: INK });
      x += wide;
    }
    const of = legend.querySelector('.of');
    if (of) ops.push({ text: of.textContent, x: x + 6, y, size: 14, fill: FAINT });
    if (x > MARGIN) { x = MARGIN; y += 26; }
  }
  return y;
};

const sheet = (viewer) => {
  const { data, panes, columns, root } = viewer, ops = [];
  const wide = Math.max(panes.length > 1 ? 560 : 960, data.width), high = Math.round((wide * data.height) / data.width);
  const width = 2 * MARGIN + columns * wide + (columns - 1) * SPACE;
  let y = MARGIN, lowest = y;
  panes.forEach((pane, i) => {
    if (i && i % columns === 0) y = lowest + SPACE - 12;
    lowest = Math.max(lowest, sheetOfPane(viewer, pane, MARGIN + (i % columns) * (wide + SPACE), y, wide, high, ops));
  });
  y = sheetOfLegends(viewer, lowest + 14, width, ops) + 4;
  for (const words of [root.querySelector('.sentence').textContent, data.caption]) {
    for (const text of linesOf(words, 16, width - 2 * MARGIN)) {
      ops.push({ text, x: MARGIN, y, size: 16, fill: INK });
      y += 22;
    }
  }
  return { width, height: Math.ceil(y + MARGIN - 12), ops };
};

const saved = (blob, name) => {
  const link = made('a');
  Object.assign(link, { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
};

const drawOp = (context, op) => {
  Object.assign(context, { fillStyle: op.fill || 'transparent', strokeStyle: op.stroke || 'transparent' });
  if (op.image) context.drawImage(op.image, op.x, op.y, op.width, op.height);
  else if (op.text) {
    context.font = fontOf(op);
    context.fillText(op.text, op.x, op.y);
  } else {
    const path = new Path2D();
    if (op.box) path.rect(op.x, op.y, op.width, op.height);
    if (op.line) { path.moveTo(op.x, op.y); path.lineTo(op.toX, op.toY); }
    if (op.fill) context.fill(path);
    context.stroke(path);
  }
};

const savePng = (viewer) => {
  const { width, height, ops } = sheet(viewer), canvas = blank(width, height), context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  ops.forEach((op) => drawOp(context, op));
  canvas.toBlob((blob) => saved(blob, 'certiscope.png'), 'image/png');
};

const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

const asSvg = (op) => {
  const at = `x="${op.x}" y="${op.y}"`, sized = `${at} width="${op.width}" height="${op.height}"`;
  if (op.image) {
    const style = 'preserveAspectRatio="none" style="image-rendering:pixelated"';
    return `<image ${sized} ${style} href="${op.image.toDataURL('image/png')}"/>`;
  }
  if (op.box) return `<rect ${sized} fill="${op.fill || 'none'}" stroke="${op.stroke}"/>`;
  if (op.line) return `<line x1="${op.x}" y1="${op.y}" x2="${op.toX}" y2="${op.toY}" stroke="${op.stroke}"/>`;
  const font = `font-size="${op.size}" font-weight="${op.bold ? 600 : 400}"`;
  return `<text ${at} ${font} fill="${op.fill}" xml:space="preserve">${escaped(op.text)}</text>`;
};

const saveSvg = (viewer) => {
  const { width, height, ops } = sheet(viewer);
  const sized = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${sized} font-family="${FAMILY}">`
    + `<rect width="100%" height="100%" fill="#fff"/>${ops.map(asSvg).join('')}</svg>`;
  saved(new Blob([svg], { type: 'image/svg+xml' }), 'certiscope.svg');
};
