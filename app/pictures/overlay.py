"""Pictures of certificates: arrays in, uint8 (H, W, 3) or PNG files out."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray
from plotly.colors import sample_colorscale, unlabel_rgb
from scipy import ndimage

import engine

Picture = NDArray[np.uint8]

INPUT, BASE, CERTIFIED, SELECTED, TRUTH = "Input", "Base prediction", "Certified", "Selected", "Ground truth"
VOTE_SHARE, P_VALUE, RADIUS = "Vote share", "p-value", "Radius map"

_SCALE = "Cividis"
P_VALUE_FLOOR = 12.0  # smaller p-values have the colour of 1e-12
_FAST = 1  # these follow a slider
_OUTLINE = (214, 62, 30)

FLIPS = engine.inputs.LabelSpace(
    name="flips",
    classes=("open", "certified", "undefended: flipped", "certified: now abstains", "certified: flipped"),
    palette=((150, 150, 150), (214, 214, 214), (200, 30, 40), (20, 84, 180), (250, 220, 0)),
)
"""What an attack changed; a certified component that was flipped is a violation inside the radius."""


def enlarge(picture: Picture, least_width: int = 640) -> Picture:
    """Repeat pixels until the picture is at least so wide: label maps must not be smoothed by a browser."""
    factor = max(1, -(-least_width // picture.shape[1]))
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


def png(picture: Picture, *, compression: int = 6) -> bytes:
    """An enlarged picture as a PNG file."""
    return engine.export.png(enlarge(picture), compression=compression)


def labels_png(labels: NDArray[np.integer], space: engine.inputs.LabelSpace) -> bytes:
    """Classes in their colours, (H, W), as an enlarged PNG file."""
    return png(engine.export.colour_labels(labels, space))


def fixed_pictures(
    image: engine.inputs.Image,
    certificate: engine.Certificate,
    base: NDArray[np.uint8],
    truth: NDArray[np.uint8] | None,
    space: engine.inputs.LabelSpace,
) -> Mapping[str, bytes]:
    """The pictures of a run that do not depend on tau, as enlarged PNG files."""
    pictures = {INPUT: image.as_uint8(), BASE: engine.export.colour_labels(base, space)}
    if truth is not None:
        pictures[TRUTH] = truth_picture(truth, space)
    pictures[VOTE_SHARE] = share_picture(certificate.hits / certificate.draws)
    return {name: png(picture) for name, picture in pictures.items()}


def outcome_name(certificate: engine.Certificate) -> str:
    """The name of the picture of what passed the tests."""
    return CERTIFIED if certificate.settings.procedure.certifies else SELECTED


def certified_pictures(certificate: engine.Certificate, space: engine.inputs.LabelSpace) -> Mapping[str, bytes]:
    """The pictures of a certificate as enlarged PNG files, in the order in which they are shown."""
    pictures = {outcome_name(certificate): engine.export.colour_labels(certificate.labels, space)}
    if certificate.settings.testing.tau_free:
        pictures[RADIUS] = radius_picture(certificate.radius_map(), certificate.radius)
    pictures[P_VALUE] = p_value_picture(certificate)
    return {name: png(picture, compression=_FAST) for name, picture in pictures.items()}


def estimate_picture(view: engine.certification.LiveView, space: engine.inputs.LabelSpace) -> Picture:
    """The leading class of every pixel, faded towards white by how often it was not drawn."""
    colours = engine.export.colour_labels(view.top, space).astype(np.float32)
    share = np.clip((view.vote_share()[..., None] - 0.5) * 2.0, 0.0, 1.0)
    return np.rint(255.0 + (colours - 255.0) * share).astype(np.uint8)


def radius_picture(radii: NDArray[np.float64], contour: float) -> Picture:
    """Certified radius, 0 (dark) to the picture's largest (light); not certified at all is hatched white.

    The pixels whose radius is at least `contour` are outlined in red.
    """
    most = float(radii.max())
    picture = _coloured(radii / most) if most > 0.0 else np.full((*radii.shape, 3), 255, np.uint8)
    rows, columns = np.indices(radii.shape)
    hatch = np.where((rows + columns) % 6 == 0, 220, 255).astype(np.uint8)
    picture = np.where((radii > 0.0)[..., None], picture, hatch[..., None])
    inside = radii >= contour
    border = inside & ~ndimage.binary_erosion(inside, border_value=1)
    picture[border] = _OUTLINE
    return picture


def share_picture(share: NDArray[np.floating]) -> Picture:
    """Share of the draws that gave the class under test, 0.5 (dark) to 1 (light)."""
    return _coloured(np.clip((share - 0.5) * 2.0, 0.0, 1.0))


def p_value_picture(certificate: engine.Certificate) -> Picture:
    """-log10 of the p-value, 0 (dark) to 12 or more (light)."""
    logs = -np.log10(np.maximum(certificate.p_values(), 10.0**-P_VALUE_FLOOR))
    return _coloured(logs / P_VALUE_FLOOR)


def highlight(picture: Picture, mask: NDArray[np.bool_]) -> Picture:
    """The picture with everything outside `mask` paled."""
    pale = (0.3 * picture + 0.7 * 255.0).astype(np.uint8)
    return np.where(mask[..., None], picture, pale)


def truth_picture(truth: NDArray[np.uint8], space: engine.inputs.LabelSpace) -> Picture:
    """Ground truth in the palette's colours; void is black."""
    void = truth == engine.inputs.VOID
    picture = engine.export.colour_labels(np.where(void, 0, truth), space)
    picture[void] = 0
    return picture


def colour_bar() -> list[str]:
    """Colours of the scale from low to high, as CSS."""
    return [f"rgb({r},{g},{b})" for r, g, b in scale_colours()[::51]]


def _coloured(values: NDArray[np.floating]) -> Picture:
    return scale_colours()[np.rint(values * 255.0).astype(np.uint8)]


@cache
def scale_colours() -> Picture:
    """The scale of all maps of numbers, from low to high, uint8 (256, 3)."""
    colours = sample_colorscale(_SCALE, np.linspace(0.0, 1.0, 256).tolist())
    return np.rint([unlabel_rgb(colour) for colour in colours]).astype(np.uint8)


def flips(
    before: NDArray[np.uint8],
    after: NDArray[np.uint8],
    clean: NDArray[np.int16],
    attacked: NDArray[np.int16],
) -> NDArray[np.uint8]:
    """The class of FLIPS of every component, uint8 (*N), from the undefended answers and both certificates' labels.

    What became of the certificate goes before what became of the undefended model.
    """
    certified, abstains = clean != engine.inputs.ABSTAIN, attacked == engine.inputs.ABSTAIN
    made = certified.astype(np.uint8)
    made[before != after] = 2
    made[certified & abstains] = 3
    made[certified & ~abstains & (attacked != clean)] = 4
    return made
