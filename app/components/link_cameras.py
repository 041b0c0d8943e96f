"""Buttons that turn several 3D charts at once, and a link that turns all of them with the one that is turned by hand.

Plotly links the axes of charts but not their cameras. This listens to every 3D chart inside one container, and places
the cameras of the others where the dragged one's went. Where that fails, each chart still turns by itself.
"""

from __future__ import annotations

import streamlit as st

_HTML = """<div class="bar" role="group" aria-label="Views of all shapes"></div>"""

_CSS = """
.bar { display: flex; flex-wrap: wrap; gap: .4rem; font-family: var(--st-font); }
button { font: inherit; font-size: .875rem; padding: .25rem .75rem; min-height: 2rem; cursor: pointer;
         color: var(--st-text-color); background: var(--st-secondary-background-color);
         border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius, 8px); }
button:hover { border-color: var(--st-primary-color); }
button:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
"""

_JS = """
const VIEWS = { Corner: [1, 1, 0.7], Front: [1, 0, 0], Side: [0, 1, 0], Back: [-1, 0, 0], Top: [0.001, 0, 1] };
const ZOOMS = { Closer: 1 / 1.2, Farther: 1.2 };
const TURNS = { '\u27f2': Math.PI / 12, '\u27f3': -Math.PI / 12 };
const NAMES = { '\u27f2': 'Turn to the left', '\u27f3': 'Turn to the right' };

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
"""

_link_cameras = st.components.v2.component("certiscope_link_cameras", html=_HTML, css=_CSS, js=_JS)


def link_cameras(scope: str, *, distance: float, key: str) -> None:
    """Link the cameras of all 3D charts in the container of key `scope`; views are `distance` from the middle."""
    _link_cameras(data={"scope": scope, "distance": distance}, key=key)
