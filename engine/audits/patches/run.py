"""Patches against their certificates over a dataset: certify, stick on, ask again, count.

A violation is a certified pixel with another answer and no alarm; the certificate allows none. Stickers are made for
the undefended model, whose loss shows how strong they are, and for the certified one behind its windows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.attacks.patches import contents, optimise_sticker, place_sticker
from engine.attacks.patches.optimise import random_place
from engine.audits.attacks.cases import Case, Cases
from engine.audits.patches.plan import UNDEFENDED, WATCHED, PatchPlan
from engine.certification.pipeline import base_prediction
from engine.core.errors import InvalidInput
from engine.core.journal import NOWHERE, Journal
from engine.core.progress import Cancel, Progress, never, unheard
from engine.inputs.subject import Image
from engine.patches import PatchCertificate, PatchVerdict, certify_patches, judge_patch, respond


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchTrial:
    """One sticker on one picture. made_for: `UNDEFENDED`, `WATCHED` or the name of a plain content, whose loss is "".

    flipped_share: of the undefended model's answers outside the sticker, how many are others with it.
    """

    image: str
    x: int
    y: int
    made_for: str
    loss: str
    flipped_share: float
    verdict: PatchVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchAudit:
    """All trials, picture by picture; stride and passes are those of the last picture."""

    images: int
    stride: int
    passes: int
    trials: tuple[PatchTrial, ...]

    @property
    def violations(self) -> int:
        return sum(trial.verdict.violations for trial in self.trials)

    @property
    def certified(self) -> int:
        """Certified pixels, each picture once."""
        return sum({trial.image: trial.verdict.certified for trial in self.trials}.values())

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON; shares are means over trials. alarm_share: of all pixels; new_alarm_share: of the certified
        ones; changed_share, unnoticed_share: of all pixels, by the certified model."""
        pixels = sum({trial.image: trial.verdict.pixels for trial in self.trials}.values())
        strong = [trial for trial in self.trials if trial.made_for == UNDEFENDED]
        worst = [
            max(trial.flipped_share for trial in strong if trial.image == name)
            for name in dict.fromkeys(trial.image for trial in strong)
        ]
        rows = []
        for made_for, loss in dict.fromkeys((trial.made_for, trial.loss) for trial in self.trials):
            some = [trial for trial in self.trials if (trial.made_for, trial.loss) == (made_for, loss)]
            rows.append({"made_for": made_for, "loss": loss, **_summary(some)})
        return {
            "images": self.images,
            "stride": self.stride,
            "passes": self.passes,
            "trials": len(self.trials),
            "certified_components": self.certified,
            "certified_fraction": self.certified / pixels,
            "violations": self.violations,
            "flipped_share_worst": float(np.mean(worst)),
            "flipped_share_max": max(worst),
            "rows": rows,
        }


def audit_patches(
    cases: Cases,
    plan: PatchPlan,
    *,
    journal: Journal = NOWHERE,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> PatchAudit:
    """Try the plan on every picture; pictures that `journal` has are not done again.

    Raises InvalidSetting, InvalidInput, also where there is no picture; NotCertifiable, Cancelled.
    """
    if not cases.names:
        raise InvalidInput("there is no image to attack")
    done: list[PatchAudit] = []
    for number, name in enumerate(cases.names):
        make = partial(_one_case, cases, number, plan, cancelled)
        done.append(journal.keep(name, make, write=asdict, read=_from_json))
        progress(number + 1, len(cases.names))
    trials = tuple(trial for one in done for trial in one.trials)
    return PatchAudit(images=len(done), stride=done[-1].stride, passes=done[-1].passes, trials=trials)


def _one_case(cases: Cases, number: int, plan: PatchPlan, cancelled: Cancel) -> PatchAudit:
    case = cases.read(number)
    image = case.subject
    assert isinstance(image, Image)
    settings = plan.settings(*image.shape)
    certificate = certify_patches(case.certified, image, settings, cancelled=cancelled)
    before = base_prediction(case.undefended, image)
    trials = []
    for place in range(plan.places):
        own = number * plan.places + place
        x, y = random_place(image, plan.patch, plan.seed, f"place {own}")
        for made_for, loss, content in _stickers(case, image, certificate, before, plan, own, (x, y), cancelled):
            after = place_sticker(image, content, x=x, y=y)
            outside = np.ones(image.shape, dtype=np.bool_)
            outside[y : y + plan.patch, x : x + plan.patch] = False
            flipped = (base_prediction(case.undefended, after) != before)[outside].mean()
            response = respond(case.certified, certificate, after, cancelled=cancelled)
            verdict = judge_patch(certificate, image, after, response)
            trials.append(
                PatchTrial(
                    image=case.name, x=x, y=y, made_for=made_for, loss=loss, flipped_share=float(flipped),
                    verdict=verdict,
                )
            )  # fmt: skip
    return PatchAudit(images=1, stride=settings.stride, passes=certificate.passes, trials=tuple(trials))


def _stickers(
    case: Case,
    image: Image,
    certificate: PatchCertificate,
    before: NDArray[np.uint8],
    plan: PatchPlan,
    number: int,
    place: tuple[int, int],
    cancelled: Cancel,
) -> Iterator[tuple[str, str, NDArray[np.float32]]]:
    """Whom it was made for, its loss and its content, of every sticker that is tried at a place."""
    x, y = place
    for name in plan.plain:
        yield name, "", contents[name].make(plan.patch, plan.sticker(plan.losses[0], number, watched=False).seed)
    for loss in plan.losses:
        alone = plan.sticker(loss, number, watched=False)
        found = optimise_sticker(case.undefended, image, alone, x=x, y=y, answers=before, cancelled=cancelled)
        yield UNDEFENDED, loss, found.content
        found = optimise_sticker(
            case.certified, image, plan.sticker(loss, number, watched=True), x=x, y=y, answers=certificate.answers,
            mask=certificate.certified, watched=certificate.settings, looks=plan.looks, cancelled=cancelled,
        )  # fmt: skip
        yield WATCHED, loss, found.content


def _summary(trials: list[PatchTrial]) -> dict[str, float | int]:
    verdicts = [trial.verdict for trial in trials]
    return {
        "trials": len(trials),
        "violations": sum(one.violations for one in verdicts),
        "flipped_share": float(np.mean([trial.flipped_share for trial in trials])),
        "alarm_share": float(np.mean([one.alarms / one.pixels for one in verdicts])),
        "new_alarm_share": float(np.mean([one.new_alarms / max(1, one.certified) for one in verdicts])),
        "changed_share": float(np.mean([one.changed / one.pixels for one in verdicts])),
        "unnoticed_share": float(np.mean([one.unnoticed / one.pixels for one in verdicts])),
    }


def _from_json(stored: Mapping[str, Any]) -> PatchAudit:
    trials = [PatchTrial(**{**row, "verdict": PatchVerdict(**row["verdict"])}) for row in stored["trials"]]
    return PatchAudit(**{**stored, "trials": tuple(trials)})
