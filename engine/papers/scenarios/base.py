"""What a bundled attack is: its input, its models, what was tried, and the finished comparison."""

import json
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from engine.attacks import Attempt, Duel, Found, Target, Transferred, flipped
from engine.certification import Settings
from engine.core.assets import ASSETS
from engine.core.errors import InvalidInput
from engine.export import shape_ply
from engine.inputs import VOID, decode_cloud, read_image, reduce_labels
from engine.inputs.subject import Subject
from engine.synthetic import build_shape

SAMPLES = ASSETS / "samples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A registry entry: an attack with everything that decides it.

    place: among the scenarios, from 1. told: what to look at, a sentence or two. sample: the name of a bundled image,
    such as "street-92", or a shape that the project builds, such as "Chair-1". undefended: the model that falls.
    certified: the one that promises. settings: fixed before the run; whoever changes them after a look at a result
    takes another seed. target: of an image, what of it is attacked; of a shape, which part.
    """

    name: str
    place: int
    title: str
    told: str
    sample: str
    undefended: str
    certified: str
    settings: Settings
    how: Attempt
    target: Target = field(default_factory=Target)

    @property
    def kind(self) -> str:
        """ "image" or "cloud"."""
        return "image" if self.sample.islower() else "cloud"

    @property
    def category(self) -> str:
        """Of a shape."""
        return self.sample.split("-")[0]

    def input(self) -> tuple[Subject, NDArray[np.uint8]]:
        """What is attacked, and its truth, uint8 (*N). Raises InvalidInput for a sample that this copy lacks."""
        if self.kind == "cloud":
            seed = int(self.sample.split("-")[1])
            data = shape_ply(build_shape(self.category, seed))
            cloud = decode_cloud(data, suffix=".ply", points=self.settings.points)
            assert cloud.labels is not None
            return cloud, cloud.labels
        rows = json.loads((SAMPLES / "index.json").read_text(encoding="utf-8"))
        row = next((row for row in rows if row["name"] == self.sample), None)
        if row is None:
            raise InvalidInput(f"{self.name} needs the sample {self.sample}, which this copy lacks")
        image = read_image(SAMPLES / row["image"], size=self.settings.size)
        with Pillow.open(SAMPLES / row["labels"]) as file:
            return image, reduce_labels(np.asarray(file), image)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Staged:
    """A finished scenario. truth: uint8 (*N), VOID where nothing is labelled. duel: the attack, both certificates and
    the undefended model's answers. transferred: what the attacked input does to all models of its classes."""

    scenario: Scenario
    subject: Subject
    truth: NDArray[np.uint8]
    duel: Duel[Found]
    transferred: tuple[Transferred, ...] = ()

    def as_row(self) -> dict[str, object]:
        """The figures that people compare.

        undefended_flipped: of the components that were attacked, the share whose class the undefended model changed;
        flipped_of_all: of all components. norm: the size of the change in the unit of the radius.
        """
        duel, verdict = self.duel, self.duel.verdict
        aimed = self.scenario.target.mask(duel.before)
        return {
            "name": self.scenario.name,
            "title": self.scenario.title,
            "undefended": self.scenario.undefended,
            "certified_by": self.scenario.certified,
            "undefended_flipped": flipped(duel.before, duel.after, aimed),
            "flipped_of_all": flipped(duel.before, duel.after),
            "right_before": _right(duel.before, self.truth),
            "right_after": _right(duel.after, self.truth),
            "certified_fraction": duel.clean.certified_fraction,
            "violations": verdict.violations,
            "now_abstain": verdict.now_abstain,
            "radius": duel.clean.radius,
            "norm": duel.result.size,
            "inside": verdict.inside,
        }


def _right(answer: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    known = truth != VOID
    return float(np.mean(answer[known] == truth[known]))
