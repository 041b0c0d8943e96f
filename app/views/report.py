"""A result as one self-contained HTML page: pictures inside, no scripts, nothing loaded from elsewhere."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import asdict

import engine
from app.views import wording
from app.views.standalone import figure, standalone_page
from app.views.tables import legend

_BODY = """<p class="guarantee">{guarantee}</p>
<p>{plain}</p><p class="small">{fine}</p>
<div class="pictures">{pictures}</div>
<h2>Classes</h2>{legend}{scores}
<h2>How it was made</h2><pre>{record}</pre>
<h2>Check it</h2><p>With the certificate file and the image, on any machine that has the project:</p>
<pre>python -m engine verify certificate.npz --image IMAGE --resample</pre>"""


def report(
    certificate: engine.Certificate,
    *,
    title: str,
    pictures: Mapping[str, bytes],
    space: engine.inputs.LabelSpace,
    scores: Mapping[str, engine.evaluation.Scores],
) -> bytes:
    """The page as UTF-8 bytes. `pictures` are PNG files by caption, `scores` by name (empty without ground truth)."""
    record = {"settings": certificate.settings.as_dict(), "provenance": asdict(certificate.provenance)}
    body = _BODY.format(
        guarantee=html.escape(wording.guarantee(certificate)),
        plain=html.escape(wording.radius_in_plain_terms(certificate.radius, certificate.labels.size)),
        fine=html.escape(wording.fine_print(certificate)),
        pictures="".join(figure(caption, png) for caption, png in pictures.items()),
        legend=legend(certificate, space),
        scores=_scores(scores),
        record=html.escape(json.dumps(record, indent=1, ensure_ascii=False)),
    )
    return standalone_page(title, body)


def _scores(scores: Mapping[str, engine.evaluation.Scores]) -> str:
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
