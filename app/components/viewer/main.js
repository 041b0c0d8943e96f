// Everything beside the pictures that follows from a choice.
const written = (viewer) => {
  for (const show of [labelPanes, showBar, showSliders, showLegends, tellStory, paced]) show(viewer);
};

// One viewer an element; it lives as long as that, through all reruns of the page's script.
const newViewer = (root) => {
  const viewer = { root, state: fresh(), data: null, panes: [], asked: 0, stale: false, hash: null, send: () => {} };
  // Once a frame, however often a slider or the cursor moves.
  const frame = () => {
    viewer.asked = 0;
    if (viewer.stale) written(viewer);
    viewer.stale = false;
    viewer.panes.forEach((pane) => drawPane(viewer, pane));
    readOut(viewer);
    root.querySelector('.zoom').textContent = `${Number(viewer.state.zoom.toPrecision(2))}×`;
    root.classList.toggle('zoomed', viewer.state.zoom > 1);
  };
  viewer.redraw = () => { if (viewer.data && !viewer.asked) viewer.asked = requestAnimationFrame(frame); };
  viewer.refresh = () => { viewer.stale = true; viewer.redraw(); };
  viewer.speak = (text) => { root.querySelector('.spoken').textContent = text; };
  viewer.labels = (name) => labelsOf(viewer.data, viewer.state, viewer.data.layers[name]);
  listenToPointers(viewer);
  listenToControls(viewer);
  viewer.resized = new ResizeObserver(() => { if (viewer.data) arranged(viewer); });
  viewer.resized.observe(root);
  return viewer;
};

const adopt = (viewer, data) => {
  const before = viewer.data;
  viewer.data = data;
  const lost = viewer.state.pin;
  adapted(viewer.state, data, before);
  if (lost && !viewer.state.pin) viewer.send(null);
  const kept = (name) => JSON.stringify(before[name]) === JSON.stringify(data[name]);
  const same = before && ['panes', 'names', 'height', 'width'].every(kept);
  if (same) viewer.redraw();
  else buildPanes(viewer);
  viewer.refresh();
  viewer.root.dataset.ready = data.hash;
};

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const root = parentElement.querySelector('.viewer');
  const viewer = root.viewer || (root.viewer = newViewer(root));
  viewer.send = (pin) => setStateValue('pin', pin);
  if (viewer.hash !== data.hash) {
    viewer.hash = data.hash;
    decoded(data).then((ready) => { if (viewer.hash === ready.hash) adopt(viewer, ready); })
      .catch((error) => { sayForGood(viewer, `These pictures cannot be shown in this browser: ${error.message}`); });
  }
  return () => {
    clearInterval(viewer.beating);
    clearTimeout(viewer.waiting);
    viewer.resized.disconnect();
  };
}
