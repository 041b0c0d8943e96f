"""The Rotation page's explanations: the promise, the ball, why rotations do not add, and the argument that holds."""

import math

import numpy as np
import streamlit as st
import torch

import engine
from app.components.link_cameras import link_cameras
from app.pictures.space import DISTANCE, shape_figure
from app.runs import rotate
from app.views.charts import is_dark, show_space
from app.words.rotation import ALL, promised
from engine.core import floored
from engine.perturbations import rotation_angle

_X, _Z = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])
_SHOWN = "Airplane"


def explain_promise() -> None:
    """The page's first sentence."""
    st.markdown(
        "Ask a model about many copies of a shape, turned at random with strength σ, and let them vote. A point whose "
        "class comes with a probability above τ **cannot be flipped to another class by any turn of the shape, about "
        "any axis, by up to the angle θ\\***, whatever the model."
    )
    st.caption(
        "That p > τ is tested with draws: a certificate holds with probability at least 1 − α. On a turned shape the "
        "vote may abstain."
    )


def explain_ball(proved: float) -> None:
    """How to read the ball, and how much of it is certified."""
    st.markdown(
        "Every rotation is a point in a ball: its **direction is the axis**, its **distance from the centre the "
        "angle**, up to 180° at the surface (where opposite points are the same rotation). The centre is “not turned”."
    )
    if proved >= math.pi:
        st.markdown("**The whole ball is certified.**")
    elif proved > 0.0:
        share = floored(100.0 * rotate.share_of_turns(proved), 2)
        st.markdown(
            f"**Blue: the certified rotations**, all by up to {promised(proved)}. They are {share} % of all rotations; "
            "the noise prefers no axis, so the certified angle is the same about all."
        )
    else:
        st.markdown("With τ = 0.5 only the centre is left: **nothing is certified.**")
    st.caption("Orange: the turn chosen below. x points to the front of the shape, y to its side, z up.")


def show_order() -> None:
    """Two turns in both orders, and how far the results are apart."""
    cells = st.columns(2)
    a = math.radians(cells[0].slider("A: about x, in degrees", -180, 180, 90, 1, key="rotation_a"))
    b = math.radians(cells[1].slider("B: about z, in degrees", -180, 180, 90, 1, key="rotation_b"))
    about_x, about_z = rotate.matrix(a * _X), rotate.matrix(b * _Z)
    orders = {"First A, then B": about_z @ about_x, "First B, then A": about_x @ about_z}
    cloud, space = rotate.shape(_SHOWN, 0), rotate.parts_of(_SHOWN)
    assert cloud.labels is not None
    for number, (column, (title, turn)) in enumerate(zip(st.columns(2), orders.items(), strict=True)):
        with column:
            st.markdown(f"**{title}**")
            turned = engine.inputs.turned_cloud(cloud, turn)
            figure = shape_figure(
                turned,
                cloud.labels,
                space,
                height=290,
                reach=1.1,
                name=f"order{number}",
                legend=False,
                dark=is_dark(),
            )
            show_space(figure, f"rotation_order_{number}", f"{title}: the shape after both turns")
    link_cameras("rotation_orders", distance=DISTANCE, key="rotation_orders_cameras")
    one, other = orders.values()
    left, right = st.columns([1, 2], vertical_alignment="center")
    left.metric("Angle between the two results", _degrees(_between(one, other)))
    right.markdown(
        f"Either way, A and B together are one turn by **{_degrees(_between(one, np.eye(3)))}**. If "
        f"rotations added, it would be one by √(A² + B²) = {_degrees(math.hypot(a, b))}, in either order."
    )
    st.caption("An illustration, computed from the matrices.")
    st.markdown(
        "The radius for pixels rests on one fact: shift an image by δ, add noise ε, and it is shifted by the sum, "
        "δ + ε. The published radius uses it for the angles of a rotation, as if an adversary's turn and a random one "
        "were one turn by the sum of both. They are not, as you see, so **σ·ppf(τ) is no proof for rotations in "
        "space**. About one known axis angles do add, and there it is one."
    )


def explain_proof() -> None:
    """The argument in five sentences and a formula; the method and its assumptions on demand."""
    st.markdown(
        "1. A random turn prefers no axis: its density q depends on its **angle** only, and falls with it.\n"
        "2. An adversary's turn h moves that density; at a turn g it is now q(∠(g h⁻¹)) where it was q(∠g).\n"
        "3. Of all models whose class has probability τ, the worst gives the class exactly where this **ratio is "
        "lowest** (Neyman and Pearson).\n"
        "4. What the adversary leaves to this worst model is an integral that depends on the angle of h alone.\n"
        "5. **θ\\* is the angle up to which it stays above one half**, for every smaller angle too; if it always "
        "does, every rotation is certified."
    )
    st.latex(
        r"\begin{gathered}m(t)=\min_{A:\ \Pr[g\in A]=\tau}\ \Pr[\,g\,h_t\in A\,]\\[4pt]"
        r"\theta^*=\sup\{t:\ m>\tfrac12\ \text{on}\ [0,t]\}\end{gathered}"
    )
    st.caption("A: the turns to which a model gives the class; g: a random turn; h with index t: an adversary's, by t.")
    with st.expander("The method in detail", icon=":material/function:"):
        _method()
    with st.expander("What is assumed", icon=":material/rule:"):
        st.markdown(
            "- The **whole shape** is turned, as a rigid body, about its **centroid**. It was centred and scaled "
            "before, and a turn changes neither.\n"
            "- **Points keep their identity**: the same points are turned. A new scan of the turned object would pick "
            "other points, and nothing is promised about that.\n"
            "- **Normals turn too**, where the shape has them.\n"
            f"- The noise: {engine.perturbations[rotate.FAMILY].assumes}.\n"
            "- Nothing about the model: it may be any function of the turned shape, once its coordinates are rounded "
            "to multiples of 2⁻¹⁶. That a computed turn may round otherwise is charged to τ."
        )


def _method() -> None:
    st.markdown(
        "**Noise.** g = exp([v]ₓ) with v ~ N(0, σ²I₃): three independent Gaussian numbers, read as an axis and an "
        "angle. Vectors longer than π wrap around. Against the uniform law on rotations (Haar measure), the density of "
        "g at the angle ω in (0, π] is"
    )
    st.latex(
        r"\begin{gathered}q(\omega)=\frac{\pi}{1-\cos\omega}\sum_{k\in\mathbb Z}M(|\omega+2\pi k|)\\"
        r"M(r)=\sqrt{\tfrac{2}{\pi}}\,\frac{r^2}{\sigma^3}\,e^{-r^2/2\sigma^2}\end{gathered}"
    )
    st.markdown(
        "**Likelihood ratio.** Under an adversary's turn h by t, the density at g is q(∠(g h⁻¹)). With unit "
        "quaternions, and u uniform on [−1, 1] for the axis,"
    )
    st.latex(
        r"\begin{gathered}\cos\tfrac12\angle(gh^{-1})=\\"
        r"\big|\cos\tfrac\omega2\cos\tfrac t2+u\,\sin\tfrac\omega2\sin\tfrac t2\big|\end{gathered}"
    )
    st.markdown(
        "**Worst case.** The class of the worst model is the set where the ratio ρ = q(∠(g h⁻¹)) / q(ω) lies below a "
        "threshold, of probability τ before the attack. For every ω the set {ρ ≤ c} is an interval of u, so that "
        "F(c) = P(ρ ≤ c) is one integral over ω. Exchanging both densities gives the attacked law: a class above τ "
        "keeps more than one half if for some ℓ > 0"
    )
    st.latex(r"1-\tau\ \le\ \ell\,\big(\tfrac12-F(\ell)\big)+1-F(1/\ell)")
    st.markdown(
        "**Rounding.** The integral is a sum over thousands of angles ω, for hundreds of angles t. What halving the "
        "nodes changes, and what straight lines between neighbours miss, is taken off, so the certified angle is "
        "rounded down. That error is measured by halving, as is usual for integrals, and not bounded by a theorem. For "
        "a shape without symmetries the worst model exists, so that no other proof can reach farther by more than this "
        "rounding.\n\n"
        f"**Other noise.** About **one known axis**, angles add, and σ·ppf(τ) is proved (family `rotation-axis`). "
        f"**Uniformly random** turns give {ALL} for any p > ½, since they look the same from every side (family "
        "`so3-uniform`).\n\n"
        "The same figures on the command line: `python -m engine angle --sigma 0.25 --tau 0.75`."
    )


def _degrees(angle: float) -> str:
    return f"{math.degrees(angle):.1f}°"


def _between(one: rotate.Floats, other: rotate.Floats) -> float:
    """The angle in radians of the turn that leads from one rotation to the other, in [0, pi]."""
    return rotation_angle(torch.from_numpy(other @ one.T))
