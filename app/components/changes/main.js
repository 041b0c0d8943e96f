// One of them an element; it lives as long as that, through all reruns of the page's script.
const newChanges = (root) => {
  const component = { root, data: null, at: null, active: 0, asked: 0, inputs: [], strip: '' };
  const frame = () => {
    component.asked = 0;
    for (const show of [drawPanes, drawSliders, drawPad, drawStrip]) show(component);
    root.dataset.at = numberAt(component.data, component.at);
  };
  component.redraw = () => { if (component.data && !component.asked) component.asked = requestAnimationFrame(frame); };
  component.moveAll = (at) => {
    component.at = at;
    component.redraw();
    clearTimeout(component.speaking);
    component.speaking = setTimeout(() => {
      root.querySelector('.spoken').textContent = root.querySelector('.state').textContent;
    }, 500);
  };
  component.moveTo = (which, step) => component.moveAll(component.at.with(which, step));
  root.querySelector('.pale input').onchange = component.redraw;
  listenToPlot(component);
  component.resized = new ResizeObserver(() => {
    root.classList.toggle('narrow', root.clientWidth < 620);
    component.redraw();
  });
  component.resized.observe(root);
  return component;
};

// Where a person stands is kept while the sliders are the same; new ones begin where nothing is changed.
const adopt = (component, data, stamp) => {
  const { root, data: before } = component;
  const same = before && JSON.stringify(before.sliders) === JSON.stringify(data.sliders);
  Object.assign(component, { data: { ...data, stamp }, strip: '' });
  if (!same) Object.assign(component, { at: placeAt(data, data.neutral), active: 0 });
  root.style.setProperty('--aspect', `${data.width} / ${data.height}`);
  buildSliders(component);
  buildPad(component);
  labelPanes(component);
  component.redraw();
  root.dataset.ready = stamp;
};

export default function (given) {
  const { data, parentElement } = given, root = parentElement.querySelector('.changes');
  const component = root.component || (root.component = newChanges(root));
  if (component.stamp !== data.stamp) {
    component.stamp = data.stamp;
    decoded(data, component.data)
      .then((ready) => { if (component.stamp === data.stamp) adopt(component, ready, data.stamp); })
      .catch((error) => {
        root.querySelector('.state').textContent = `These pictures cannot be shown in this browser: ${error.message}`;
      });
  }
  return () => {
    clearTimeout(component.speaking);
    component.resized.disconnect();
  };
}
