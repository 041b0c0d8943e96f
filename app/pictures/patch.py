"""A sticker on a picture and what became of two models' answers, for the viewer."""

import numpy as np
from numpy.typing import NDArray

import engine
from app.pictures.view_data import Pane, View, classes_layer, picture_layer
from app.words.patch import BEFORE, NEW
from engine.inputs import ABSTAIN, LabelSpace
from engine.patches import Answers, PatchCertificate

CLEAN, STUCK = "Clean picture", "With the sticker"
UNDEFENDED, UNDEFENDED_CLEAN = "Undefended, with the sticker", "Undefended, clean"
WATCHED, CERTIFIED = "Certified, with the sticker", "Certified pixels, clean picture"
ANSWER_CLEAN = "Certified model, clean"

_ALARM = (255, 150, 0)
_FADED = 0.35


def watched_space(space: LabelSpace) -> LabelSpace:
    """The classes and, behind them, an alarm that a sticker raised."""
    return LabelSpace(name=space.name, classes=(*space.classes, NEW), palette=(*space.palette, _ALARM))


def watched_labels(certificate: PatchCertificate, response: Answers) -> NDArray[np.int16]:
    """Where no alarm sounds the answer, int16 (H, W); an alarm is a class of its own where there was none before, and
    ABSTAIN where there was."""
    labels = response.plain.astype(np.int16)
    labels[response.alarm & certificate.certified] = len(certificate.provenance.classes)
    labels[response.alarm & ~certificate.certified] = ABSTAIN
    return labels


def certified_labels(certificate: PatchCertificate) -> NDArray[np.int16]:
    """The classes of certified pixels, int16 (H, W), ABSTAIN elsewhere."""
    return np.where(certificate.certified, certificate.answers.astype(np.int16), np.int16(ABSTAIN))


def patch_view(
    clean: engine.inputs.Image,
    stuck: engine.inputs.Image,
    undefended: tuple[NDArray[np.uint8], NDArray[np.uint8], LabelSpace],
    certificate: PatchCertificate,
    response: Answers | None,
    space: LabelSpace,
    *,
    caption: str = "",
) -> View:
    """Both answers side by side, and what was certified. undefended: its answers without and with the sticker, and its
    classes. response: None while it is awaited, where a faded picture stands for it."""
    before, after, their = undefended
    own = watched_space(space)
    theirs = None if their.classes == space.classes else their
    waiting = np.rint(255.0 + (stuck.as_uint8() - 255.0) * _FADED).astype(np.uint8)
    watched = (
        picture_layer(WATCHED, waiting)
        if response is None
        else classes_layer(WATCHED, watched_labels(certificate, response))
    )
    layers = (
        picture_layer(CLEAN, clean.as_uint8()),
        picture_layer(STUCK, stuck.as_uint8()),
        classes_layer(UNDEFENDED_CLEAN, before, theirs),
        classes_layer(UNDEFENDED, after, theirs),
        classes_layer(ANSWER_CLEAN, certificate.answers),
        watched,
        classes_layer(CERTIFIED, certified_labels(certificate)),
    )
    panes = (
        Pane(title="Undefended", layer=UNDEFENDED, caption="Its answer on the picture with the sticker."),
        Pane(title="Certified", layer=WATCHED, caption="Its answer where no alarm sounds."),
        Pane(title="Certified pixels", layer=CERTIFIED, caption="On the clean picture; hatched: not certified."),
    )
    return View(panes=panes, layers=layers, space=own, below=STUCK, caption=caption, open=BEFORE)
