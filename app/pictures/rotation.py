"""Charts of certified angles over the threshold and over the strength of the noise, proved and published."""

import math

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from app.pictures.style import BLUE, ORANGE, RED, guide
from app.words.rotation import ALL, promised
from engine.core import degrees_down
from engine.perturbations import published_angle

Floats = NDArray[np.float64]

_TOP = 186.0  # of the charts, in degrees: a little above the largest angle that there is
_TAUS = np.linspace(0.5, 0.9995, 300)


def over_tau(curve: tuple[Floats, Floats], sigma: float, chosen: tuple[float, float], highest: float) -> go.Figure:
    """Both angles for every tau. curve: angles in radians and the tau that survives each, float64 (K,) both.

    chosen: tau and its proved angle. highest: the largest proved angle of interest. Angles are in radians.
    """
    angles, taus = curve
    if angles[-1] >= math.pi and taus[-1] < 1.0:
        angles, taus = np.append(angles, math.pi), np.append(taus, 1.0)
    published = np.array([published_angle(sigma, float(each)) for each in _TAUS])
    figure = _both(taus, angles, _TAUS, published, "τ")
    _marker(figure, *chosen)
    _limits(figure, min(1.1 * math.degrees(max(highest, published_angle(sigma, 0.999))), _TOP))
    figure.update_xaxes(range=[0.495, 1.005])
    return figure


def over_sigma(known: dict[float, float], tau: float, chosen: tuple[float, float]) -> go.Figure:
    """Both angles over the strengths computed so far. known: proved angles by sigma. chosen: sigma and its angle."""
    known = known | dict([chosen])
    sigmas, line = np.array(sorted(known)), np.array([0.0, 3.0])
    published = line * published_angle(1.0, tau)
    figure = _both(sigmas, np.array([known[float(each)] for each in sigmas]), line, published, "σ", dots=True)
    _marker(figure, *chosen)
    highest = max(max(known.values()), float(published[-1]))
    _limits(figure, max(1.0, min(1.1 * math.degrees(highest), _TOP)))
    figure.update_xaxes(range=[0.0, 3.05])
    return figure


def _both(
    x: Floats,
    proved: Floats,
    x_published: Floats,
    published: Floats,
    symbol: str,
    *,
    dots: bool = False,
) -> go.Figure:
    """The proved line and, over it, the published one; angles in radians."""
    figure = go.Figure()
    figure.add_scatter(
        x=x, y=np.degrees(proved), customdata=[promised(float(angle)) for angle in proved], name="proved",
        mode="lines+markers" if dots else "lines", line={"color": BLUE, "width": 3}, marker={"size": 5},
        hovertemplate=f"{symbol} = %{{x:.3~f}}: %{{customdata}}<extra>proved</extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=x_published, y=np.degrees(published), name="as published, not proved", mode="lines",
        customdata=[f"{degrees_down(angle)}°" for angle in published],
        line={"color": ORANGE, "width": 2.5, "dash": "dash"},
        hovertemplate=f"{symbol} = %{{x:.3~f}}: %{{customdata}}<extra>published</extra>",
    )  # fmt: skip
    return figure


def _marker(figure: go.Figure, x: float, angle: float) -> None:
    figure.add_scatter(
        x=[x], y=[math.degrees(angle)], mode="markers", name="your choice", customdata=[promised(angle)],
        marker={"color": RED, "size": 12, "symbol": "diamond"}, hovertemplate="%{customdata}<extra>proved</extra>",
    )  # fmt: skip


def _limits(figure: go.Figure, top: float) -> None:
    figure.update_yaxes(range=[-0.02 * top, 1.06 * top])
    if top > 170.0:
        guide(figure, ALL, y=180.0)
        figure.update_yaxes(tickvals=[0, 30, 60, 90, 120, 150, 180])
