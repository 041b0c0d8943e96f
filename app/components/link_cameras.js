const VIEWS = { Corner: [1, 1, 0.7], Front: [1, 0, 0], Side: [0, 1, 0], Back: [-1, 0, 0], Top: [0.001, 0, 1] };
const ZOOMS = { Closer: 1 / 1.2, Farther: 1.2 };
const TURNS = { '⟲': Math.PI / 12, '⟳': -Math.PI / 12 };
const NAMES = { '⟲': 'Turn to the left', '⟳': 'Turn to the right' };

const charts = (scope) => [...document.querySelectorAll('.st-key-' + scope + ' .js-plotly-plot')]
  .filter((chart) => chart._fullLayout && chart._fullLayout.scene && chart._fullLayout.scene._scene);

const cameraOf = (chart) => chart._fullLayout.scene._scene.getCamera();

const place = (chart, camera) => {
  try {
    const layout = chart._fullLayout.scene;
    const whole = { ...layout.camera, ...camera, projection: layout.camera.projection };
    layout._scene.setViewport({ camera: whole, aspectratio: layout._scene.glplot.getAspectratio() });
    layout._scene.glplot.redraw();
  } catch (error) { /* each chart still turns by itself */ }
};

export default function (component) {
  const { data, parentElement } = component;
  const bar = parentElement.querySelector('.bar');
  const kept = bar.kept || (bar.kept = { camera: null });
  const listening = new Map();

  const all = (camera, except) => {
    kept.camera = camera;
    charts(data.scope).forEach((chart) => { if (chart !== except) place(chart, camera); });
  };
  const listen = (chart) => {
    const turned = (event) => { if (event && event['scene.camera']) all(event['scene.camera'], chart); };
    const drawn = () => { if (kept.camera) place(chart, kept.camera); };
    chart.on('plotly_relayouting', turned);
    chart.on('plotly_relayout', turned);
    chart.on('plotly_afterplot', drawn);
    listening.set(chart, [['plotly_relayouting', turned], ['plotly_relayout', turned], ['plotly_afterplot', drawn]]);
    drawn();
  };
  const scan = () => charts(data.scope).forEach((chart) => { if (!listening.has(chart)) listen(chart); });
  const first = () => charts(data.scope)[0];

  const button = (text, label, act) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = text;
    made.setAttribute('aria-label', label);
    made.onclick = () => { scan(); if (first()) act(); };
    bar.append(made);
  };
  bar.replaceChildren();
  for (const [name, [x, y, z]] of Object.entries(VIEWS)) {
    button(name, 'View: ' + name.toLowerCase(), () => {
      const length = data.distance / Math.hypot(x, y, z);
      all({ eye: { x: x * length, y: y * length, z: z * length }, center: { x: 0, y: 0, z: 0 },
            up: { x: 0, y: 0, z: 1 } });
    });
  }
  for (const [name, factor] of Object.entries(ZOOMS)) {
    button(name, name, () => {
      const { eye, center, up } = cameraOf(first());
      const scaled = {};
      for (const axis of 'xyz') scaled[axis] = center[axis] + factor * (eye[axis] - center[axis]);
      all({ eye: scaled, center, up });
    });
  }
  for (const [name, angle] of Object.entries(TURNS)) {
    button(name, NAMES[name], () => {
      const { eye, center, up } = cameraOf(first());
      const spun = (v) => ({ x: Math.cos(angle) * v.x - Math.sin(angle) * v.y,
                             y: Math.sin(angle) * v.x + Math.cos(angle) * v.y, z: v.z });
      all({ eye: spun(eye), center: spun(center), up: spun(up) });
    });
  }

  scan();
  const timer = setInterval(scan, 400);
  return () => {
    clearInterval(timer);
    for (const [chart, handlers] of listening) {
      for (const [name, handler] of handlers) chart.removeListener && chart.removeListener(name, handler);
    }
  };
}
