"""A before/after slider for two pictures of the same size: drag, tap, or use the arrow keys."""

from __future__ import annotations

import base64

import streamlit as st

_HTML = """
<figure class="compare">
  <div class="frame">
    <img class="right" alt="">
    <div class="clip"><img class="left" alt=""></div>
    <div class="line" aria-hidden="true"><span>&#8596;</span></div>
    <span class="tag tag-left"></span><span class="tag tag-right"></span>
    <input type="range" min="0" max="100" step="0.5" value="50">
  </div>
</figure>
"""

_CSS = """
.compare { margin: 0; font-family: var(--st-font); }
.frame { position: relative; overflow: hidden; border-radius: 8px; border: 1px solid var(--st-border-color);
         touch-action: pan-y; }
.frame img { display: block; width: 100%; image-rendering: pixelated; user-select: none; }
.clip { position: absolute; inset: 0; overflow: hidden; clip-path: inset(0 50% 0 0); }
.line { position: absolute; top: 0; bottom: 0; left: 50%; width: 2px; margin-left: -1px; background: #fff;
        box-shadow: 0 0 4px rgba(0, 0, 0, .7); pointer-events: none; }
.line span { position: absolute; top: 50%; left: 50%; transform: translate(-50%, -50%); width: 30px; height: 30px;
        border-radius: 50%; background: #fff; color: #1b2430; line-height: 30px; text-align: center;
        box-shadow: 0 1px 5px rgba(0, 0, 0, .5); }
.tag { position: absolute; bottom: 8px; padding: 2px 8px; border-radius: 4px; font-size: 13px; color: #fff;
        background: rgba(17, 22, 29, .78); pointer-events: none; }
.tag-left { left: 8px; } .tag-right { right: 8px; }
input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: ew-resize; }
.frame:focus-within { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
"""

_JS = """
export default function (component) {
  const { data, parentElement } = component;
  const find = (name) => parentElement.querySelector(name);
  const input = find('input');
  find('.left').src = data.left; find('.right').src = data.right;
  find('.left').alt = data.left_label; find('.right').alt = data.right_label;
  find('.tag-left').textContent = data.left_label; find('.tag-right').textContent = data.right_label;
  input.setAttribute('aria-label', 'Share of ' + data.left_label + ' shown over ' + data.right_label);
  const place = () => {
    const share = Number(input.value);
    find('.clip').style.clipPath = 'inset(0 ' + (100 - share) + '% 0 0)';
    find('.line').style.left = share + '%';
    input.setAttribute('aria-valuetext', Math.round(share) + ' %');
  };
  input.oninput = place;
  place();
}
"""

_compare = st.components.v2.component("certiscope_compare", html=_HTML, css=_CSS, js=_JS)


def compare(left: bytes, right: bytes, *, left_label: str, right_label: str, key: str) -> None:
    """Show two PNG files over each other with a draggable border between them."""
    _compare(
        data={
            "left": _data_url(left),
            "right": _data_url(right),
            "left_label": left_label,
            "right_label": right_label,
        },
        key=key,
    )


def _data_url(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()
