"""Which loss flips most at which budget: every loss with every attack on an undefended model, over a dataset."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.attacks.aims import aim_at
from engine.attacks.attempt import attack_input, attacked_input
from engine.attacks.search import AttackSettings, attacks, losses, norms
from engine.attacks.verdicts import flipped
from engine.audits.attacks.plan import pairs_of
from engine.certification.pipeline import base_prediction
from engine.core.errors import InvalidInput, InvalidSetting
from engine.core.journal import NOWHERE, Journal
from engine.core.progress import Cancel, Progress, never, unheard
from engine.core.rng import Streams
from engine.evaluation.examples import check_classes, read_example
from engine.inputs.datasets.base import DatasetItem, SegmentationDataset
from engine.inputs.subset import subset
from engine.models.base import BaseModel


@dataclass(frozen=True, slots=True, kw_only=True)
class LossPlan:
    """What is compared: every loss with every attack, all with `steps` steps from one random start, at each budget, in
    `norm`, absolute. An attack with losses of its own is made once. Raises UnknownName, InvalidSetting."""

    budgets: tuple[float, ...]
    losses: tuple[str, ...] = tuple(losses)
    attacks: tuple[str, ...] = ("pgd", "sapgd", "sea")
    norm: str = "l2"
    steps: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        _ = norms[self.norm], [losses[name] for name in self.losses], [attacks[name] for name in self.attacks]
        if not self.budgets or not self.losses or not self.attacks:
            raise InvalidSetting("a table of losses needs budgets, losses and attacks")
        for budget in self.budgets:
            _ = self.settings(budget, self.losses[0])

    def settings(self, budget: float, loss: str, number: int = 0) -> AttackSettings:
        """Of one attack on the input of that number."""
        seed = Streams(self.seed, f"losses {number}").number()
        return AttackSettings(budget=budget, norm=self.norm, loss=loss, steps=self.steps, seed=seed)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Attack and loss of every row."""
        return pairs_of(self.attacks, self.losses)


@dataclass(frozen=True, slots=True, kw_only=True)
class LossShare:
    """flipped: what one attack flips of one image's pixels that the model had right."""

    image: str
    budget: float
    attack: str
    loss: str
    flipped: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LossTable:
    """All that was measured, image by image."""

    plan: LossPlan
    shares: tuple[LossShare, ...]

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON. rows: by budget, attack and loss the mean share over the images, the strongest first in each
        budget; by_budget: the strongest, and the mean of each image's worst of all."""
        images = list(dict.fromkeys(one.image for one in self.shares))
        rows, summary = [], []
        for budget in self.plan.budgets:
            at = [one for one in self.shares if one.budget == budget]
            means = {
                pair: float(np.mean([one.flipped for one in at if (one.attack, one.loss) == pair]))
                for pair in self.plan.pairs
            }
            ordered = sorted(means, key=lambda pair: -means[pair])
            rows += [{"budget": budget, "attack": a, "loss": b, "flipped_share": means[a, b]} for a, b in ordered]
            worst = [max(one.flipped for one in at if one.image == name) for name in images]
            best = {"attack": ordered[0][0], "loss": ordered[0][1], "flipped_share": means[ordered[0]]}
            summary.append({"budget": budget, **best, "worst_of_all": float(np.mean(worst))})
        return {"images": len(images), "by_budget": summary, "rows": rows}


def measure_losses(
    model: BaseModel,
    dataset: SegmentationDataset,
    plan: LossPlan,
    *,
    size: int,
    every: int = 1,
    limit: int = 10,
    journal: Journal = NOWHERE,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> LossTable:
    """Attack the first `limit` (0: all) of every `every`-th image, away from the truth, at working size `size`.

    Raises InvalidSetting, InvalidInput for other classes than the model's or an empty dataset, Cancelled.
    """
    check_classes(model, dataset)
    items = subset(dataset.items(), every=every, limit=limit)
    if not items:
        raise InvalidInput("there is no image to attack")
    found: list[LossShare] = []
    for number, item in enumerate(items):
        make = partial(_of_image, model, dataset, item, number, plan, size, cancelled)
        found += journal.keep(
            item.name,
            make,
            write=lambda made: [asdict(one) for one in made],
            read=lambda rows: [LossShare(**row) for row in rows],
        )
        progress(number + 1, len(items))
    return LossTable(plan=plan, shares=tuple(found))


def _of_image(
    model: BaseModel,
    dataset: SegmentationDataset,
    item: DatasetItem,
    number: int,
    plan: LossPlan,
    size: int,
    cancelled: Cancel,
) -> Sequence[LossShare]:
    image, truth = read_example(dataset, item, size)
    before, aim = base_prediction(model, image), aim_at(model, image, truth=truth)
    correct: NDArray[np.bool_] = aim.mask & (before == truth)
    made = []
    for budget in plan.budgets:
        for name, loss in plan.pairs:
            wanted = plan.settings(budget, loss if loss in losses else plan.losses[0], number)
            result = attack_input(model, image, aim, wanted, name=name, cancelled=cancelled)
            after = base_prediction(model, attacked_input(image, result))
            lost = flipped(before, after, correct)
            made.append(LossShare(image=item.name, budget=budget, attack=name, loss=loss, flipped=lost))
    return made
