"""A point on a picture: click, tap, drag with the mouse, or use the arrow keys."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import streamlit as st

_HTML = """
<div class="frame" tabindex="0" role="application" aria-roledescription="point picker">
  <img alt="" draggable="false">
  <div class="marker" aria-hidden="true"></div>
  <span class="spoken" aria-live="polite"></span>
</div>
"""

_CSS = """
.frame { position: relative; overflow: hidden; border-radius: 8px; border: 1px solid var(--st-border-color);
         cursor: crosshair; touch-action: manipulation; user-select: none; -webkit-user-select: none;
         -webkit-tap-highlight-color: transparent; box-sizing: border-box; }
.frame img { display: block; width: 100%; }
.frame.pixels img { image-rendering: pixelated; }
.frame:focus { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
.marker { position: absolute; width: 16px; height: 16px; margin: -8px 0 0 -8px; border-radius: 50%;
          pointer-events: none; box-sizing: border-box; border: 3px solid #fff;
          box-shadow: 0 0 0 2px #11161d, inset 0 0 0 2px #11161d; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
"""

_JS = """
const PAUSE = 90;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const clamp = (v) => Math.min(1, Math.max(0, v));

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const frame = parentElement.querySelector('.frame');
  const img = frame.querySelector('img');
  const marker = frame.querySelector('.marker');
  const spoken = frame.querySelector('.spoken');
  if (img.src !== data.png) img.src = data.png;
  img.alt = data.label;
  frame.classList.toggle('pixels', data.pixels);
  frame.style.maxWidth = data.max_width ? data.max_width + 'px' : '';
  frame.setAttribute('aria-label', data.label + '. Click, or use the arrow keys; with Shift in larger steps.');

  // The picture may come back from the server while the person is already moving on: the place here is the newest.
  if (!frame.place) { frame.place = [data.x, data.y]; frame.sent = [data.x, data.y]; }
  const show = () => {
    const [x, y] = frame.place;
    marker.style.left = 100 * x + '%';
    marker.style.top = 100 * y + '%';
    spoken.textContent = Math.round(100 * x) + ' % from the left, ' + Math.round(100 * y) + ' % from the top';
  };
  const send = () => {
    clearTimeout(frame.waiting);
    const [x, y] = frame.place;
    if (x === frame.sent[0] && y === frame.sent[1]) return;
    frame.sent = [x, y];
    setStateValue('point', { x, y });
  };
  const soon = () => { clearTimeout(frame.waiting); frame.waiting = setTimeout(send, PAUSE); };
  const moveTo = (event) => {
    const box = img.getBoundingClientRect();
    frame.place = [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)];
    show();
  };
  frame.onclick = (event) => { moveTo(event); send(); };
  frame.onpointermove = (event) => {
    if (event.pointerType === 'mouse' && event.buttons & 1) { moveTo(event); soon(); }
  };
  frame.onkeydown = (event) => {
    const move = MOVES[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const many = event.shiftKey ? 5 : 1;
    frame.place = [clamp(frame.place[0] + many * move[0] * data.step_x),
                   clamp(frame.place[1] + many * move[1] * data.step_y)];
    show();
    soon();
  };
  show();
}
"""

_pick_point = st.components.v2.component("certiscope_pick_point", html=_HTML, css=_CSS, js=_JS)


def pick_point(
    png: bytes,
    *,
    key: str,
    label: str,
    default: tuple[float, float] = (0.5, 0.5),
    max_width: int | None = None,
    step: tuple[float, float] = (0.01, 0.01),
    pixels: bool = False,
) -> tuple[float, float]:
    """Show a PNG with a marker; returns the place as fractions, (0, 0) top left to (1, 1) bottom right.

    The page (or the fragment around) runs again when the place has changed, and only then. `default` is where the
    marker stands first; a new `key` starts anew. `label` says what the picture shows, for screen readers. `step` is how
    far one press of an arrow key goes, five times as far with Shift. `pixels` shows enlarged pixels as squares.
    """
    x, y = picked(key, default)
    result = _pick_point(
        data={
            "png": "data:image/png;base64," + base64.b64encode(png).decode(),
            "label": label,
            "x": x,
            "y": y,
            "step_x": step[0],
            "step_y": step[1],
            "max_width": max_width,
            "pixels": pixels,
        },
        key=key,
        on_point_change=lambda: None,
    )
    return _place(result, default)


def picked(key: str, default: tuple[float, float]) -> tuple[float, float]:
    """Where the marker of that key stands, known before the picture is sent: for pictures that depend on it."""
    return _place(st.session_state.get(key), default)


def _place(state: object, default: tuple[float, float]) -> tuple[float, float]:
    """The place in a component's state; it comes from a browser, so anything may stand there."""
    point = state.get("point") if isinstance(state, Mapping) else None
    if not isinstance(point, Mapping):
        return default
    x, y = point.get("x"), point.get("y")
    if not isinstance(x, int | float) or not isinstance(y, int | float) or not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0):
        return default
    return float(x), float(y)
