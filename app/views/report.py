"""A result as one self-contained HTML page: pictures inside, no scripts, nothing loaded from elsewhere."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Mapping
from dataclasses import asdict

import engine
from app.views import wording
from app.views.tables import legend

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
<p class="guarantee">{guarantee}</p>
<p>{plain}</p><p class="small">{fine}</p>
<div class="pictures">{pictures}</div>
<h2>Classes</h2>{legend}{scores}
<h2>How it was made</h2><pre>{record}</pre>
<h2>Check it</h2><p>With the certificate file and the image, on any machine that has the project:</p>
<pre>python -m engine verify certificate.npz --image IMAGE --resample</pre>
</body></html>
"""


def report(
    certificate: engine.Certificate,
    *,
    title: str,
    pictures: Mapping[str, bytes],
    space: engine.LabelSpace,
    scores: Mapping[str, engine.Scores],
) -> bytes:
    """The page as UTF-8 bytes. `pictures` are PNG files by caption, `scores` by name (empty without ground truth)."""
    record = {"settings": certificate.settings.as_dict(), "provenance": asdict(certificate.provenance)}
    page = _PAGE.format(
        title=html.escape(title),
        guarantee=html.escape(wording.guarantee(certificate)),
        plain=html.escape(wording.radius_in_plain_terms(certificate.radius, certificate.labels.size)),
        fine=html.escape(wording.fine_print(certificate)),
        pictures="".join(_figure(caption, png) for caption, png in pictures.items()),
        legend=legend(certificate, space),
        scores=_scores(scores),
        record=html.escape(json.dumps(record, indent=1, ensure_ascii=False)),
    )
    return page.encode()


def _figure(caption: str, png: bytes) -> str:
    source = base64.b64encode(png).decode()
    text = html.escape(caption)
    return f"<figure><img alt='{text}' src='data:image/png;base64,{source}'><figcaption>{text}</figcaption></figure>"


def _scores(scores: Mapping[str, engine.Scores]) -> str:
    if not scores:
        return ""
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td class='n'>{100 * row.accuracy:.1f} %</td>"
        f"<td class='n'>{100 * row.miou_image:.1f} %</td><td class='n'>{100 * row.abstention:.1f} %</td></tr>"
        for name, row in scores.items()
    )
    return (
        "<h2>Against the ground truth</h2><table class='legend'><thead><tr><th></th><th>Accuracy</th><th>mIoU</th>"
        f"<th>Abstention</th></tr></thead><tbody>{rows}</tbody></table>"
    )
