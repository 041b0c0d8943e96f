"""Self-contained HTML pages for reports: pictures inside, no scripts, nothing loaded from elsewhere."""

from __future__ import annotations

import base64
import html

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Certiscope report: {title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }}
.guarantee {{ font-size: 1.25rem; border-left: 4px solid #1454b4; padding-left: 1rem; }}
.pictures {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; }}
h1 {{ overflow-wrap: anywhere; }}
figure {{ margin: 0; }} img {{ width: 100%; image-rendering: pixelated; border-radius: 6px; }}
figcaption, .small {{ font-size: .9rem; opacity: .8; }}
pre {{ overflow-x: auto; padding: 1rem; border: 1px solid rgba(128, 128, 128, .4); border-radius: 6px; }}
</style></head><body>
<h1>{title}</h1>
{body}
</body></html>
"""


def standalone_page(title: str, body: str) -> bytes:
    """The page as UTF-8 bytes; `title` is plain text, `body` is HTML whose texts are escaped already."""
    return _PAGE.format(title=html.escape(title), body=body).encode()


def figure(caption: str, png: bytes, words: str = "") -> str:
    """A PNG file with its caption and what more is said of it, both plain text."""
    source, text = base64.b64encode(png).decode(), html.escape(caption)
    more = f"<b>{text}.</b> {html.escape(words)}" if words else text
    return f"<figure><img alt='{text}' src='data:image/png;base64,{source}'><figcaption>{more}</figcaption></figure>"
