// Mouse, pen and fingers: hover reads, click pins, drag moves, pinch, wheel and a double tap zoom.
const STILL = 5;

const placeUnder = (viewer, pane, event) => {
  const { data, state } = viewer, box = pane.canvas.getBoundingClientRect();
  const place = placed(data, state, box.width, box.height);
  return [(event.clientX - box.left - place.x) / place.scale, (event.clientY - box.top - place.y) / place.scale];
};

const pixelUnder = (viewer, pane, event) => {
  const [x, y] = placeUnder(viewer, pane, event), { width, height } = viewer.data;
  return [clamp(Math.floor(y), 0, height - 1), clamp(Math.floor(x), 0, width - 1)];
};

const paneOf = (event) => (event.target.pane ? event.target.pane : null);

const hover = (viewer, pane, event) => {
  viewer.state.cursor = pixelUnder(viewer, pane, event);
  if (viewer.state.mode === 'side' && viewer.state.focus !== pane.number) {
    viewer.state.focus = pane.number;
    viewer.refresh();
  }
  viewer.redraw();
};

const pinched = (viewer, fingers) => {
  const [a, b] = [...fingers.values()], { pane } = a;
  const apart = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  const middle = { clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 };
  if (fingers.apart) {
    zoomBy(viewer, apart / fingers.apart, placeUnder(viewer, pane, middle));
    const scale = pane.canvas.getBoundingClientRect().width / viewer.data.width * viewer.state.zoom;
    panBy(viewer, (fingers.middle.clientX - middle.clientX) / scale, (fingers.middle.clientY - middle.clientY) / scale);
  }
  Object.assign(fingers, { apart, middle });
};

const dragged = (viewer, finger, event) => {
  const scale = finger.pane.canvas.getBoundingClientRect().width / viewer.data.width * viewer.state.zoom;
  panBy(viewer, (finger.clientX - event.clientX) / scale, (finger.clientY - event.clientY) / scale);
};

const listenToPointers = (viewer) => {
  const panes = viewer.root.querySelector('.panes'), fingers = new Map(), { state } = viewer;
  panes.onpointerdown = (event) => {
    const pane = paneOf(event);
    if (!pane || event.button > 0) return;
    pane.canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { pane, clientX: event.clientX, clientY: event.clientY, moved: fingers.size > 0,
                                   startX: event.clientX, startY: event.clientY });
    fingers.apart = 0;
  };
  panes.onpointermove = (event) => {
    const pane = paneOf(event), finger = fingers.get(event.pointerId);
    if (!pane) return;
    if (finger && Math.hypot(event.clientX - finger.startX, event.clientY - finger.startY) > STILL) finger.moved = true;
    if (finger && fingers.size === 2) {
      Object.assign(finger, { clientX: event.clientX, clientY: event.clientY });
      pinched(viewer, fingers);
      return;
    }
    if (finger && finger.moved && state.zoom > 1) dragged(viewer, finger, event);
    if (finger) Object.assign(finger, { clientX: event.clientX, clientY: event.clientY });
    hover(viewer, pane, event);
  };
  panes.onpointerup = (event) => {
    const finger = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    fingers.apart = 0;
    if (!finger || finger.moved) return;
    const place = pixelUnder(viewer, finger.pane, event);
    viewer.root.querySelector('.stage').focus({ preventScroll: true });
    hover(viewer, finger.pane, event);
    if (event.timeStamp - (viewer.tapped || -1000) < 350) return;
    viewer.tapped = event.timeStamp;
    pinAt(viewer, state.pin && state.pin.join() === place.join() ? null : place);
  };
  panes.onpointercancel = (event) => { fingers.delete(event.pointerId); fingers.apart = 0; };
  panes.onpointerleave = () => { state.cursor = null; viewer.redraw(); };
  panes.ondblclick = (event) => { if (paneOf(event)) zoomBy(viewer, 2, placeUnder(viewer, paneOf(event), event)); };
  panes.addEventListener('wheel', (event) => turned(viewer, event), { passive: false });
};

// The page scrolls on until somebody has taken the pictures up.
const turned = (viewer, event) => {
  const { root, state } = viewer, pane = paneOf(event);
  const taken = event.ctrlKey || event.metaKey || state.zoom > 1 || isFull(root)
    || root.getRootNode().activeElement === root.querySelector('.stage');
  if (!pane) return;
  if (!taken) { hint(viewer); return; }
  if (state.zoom === 1 && event.deltaY > 0 && !event.ctrlKey) return;
  event.preventDefault();
  zoomBy(viewer, Math.exp(-clamp(event.deltaY, -120, 120) / 300), placeUnder(viewer, pane, event));
};

const sayForGood = (viewer, text) => {
  const shown = viewer.root.querySelector('.hint');
  Object.assign(shown, { textContent: text, hidden: false, className: 'fault' });
};

const hint = (viewer) => {
  const shown = viewer.root.querySelector('.hint');
  shown.hidden = false;
  clearTimeout(viewer.hinting);
  viewer.hinting = setTimeout(() => { shown.hidden = true; }, 1200);
};
