"""What an audit of attacks found: trials, what is summed over them, and the row for JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from engine.attacks.verdicts import Verdict
from engine.attacks.victims import BASE
from engine.inputs.subject import Kind

_WORDS: Mapping[Kind, tuple[str, str]] = {"image": ("image", "images"), "cloud": ("shape", "shapes")}
_PLAIN = ("pgd", "ce")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One attack on one input. flipped_share: of the undefended model's correct components, on what the attack made."""

    name: str
    victim: str
    attack: str
    loss: str
    norm: float
    flipped_share: float
    verdict: Verdict

    @property
    def tried(self) -> tuple[str, str, str]:
        """Victim, attack and loss."""
        return self.victim, self.attack, self.loss


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """How far one input stood beyond its certificate: the smallest size after which a certified component was certified
    with another class, and at which one had lost the majority; None where none was found up to `tried`."""

    name: str
    flipped: float | None
    lost: float | None
    tried: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """All trials. Against the base victim, the share of its correct components that an attack flips is its strength.

    alone: of the components that were attacked each by itself, which fell. outside: trials beyond the radius, for
    contrast; what they flip is no violation. edges: of the inputs where it was looked for, what was found beyond the
    radius. components: of each input, by its name.
    """

    kind: Kind
    count: int
    radius: float
    trials: tuple[Trial, ...]
    alone: tuple[bool, ...] = ()
    outside: tuple[Trial, ...] = ()
    edges: tuple[Edge, ...] = ()
    components: Mapping[str, int] = field(default_factory=dict)

    @property
    def norm_max(self) -> float:
        return max(trial.norm for trial in self.trials)

    @property
    def violations(self) -> int:
        return sum(trial.verdict.violations for trial in self.trials)

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON: overall figures, then by attack and loss; `images` or `shapes` says how many there were."""
        base = [trial for trial in self.trials if trial.victim == BASE]
        names = sorted({trial.name for trial in base})
        worst = [max(trial.flipped_share for trial in base if trial.name == name) for name in names]
        one, many = _WORDS[self.kind]
        as_well = _as_well_as_plain(base)
        rows = [
            {
                "victim": victim,
                "attack": kind,
                "loss": name,
                "flipped_share": _mean([trial.flipped_share for trial in chosen]) if victim == BASE else None,
                "at_least_plain_pgd": as_well.get((kind, name)) if victim == BASE else None,
                "violations": sum(trial.verdict.violations for trial in chosen),
                "now_abstain": sum(trial.verdict.now_abstain for trial in chosen),
            }
            for victim, kind, name in sorted({trial.tried for trial in self.trials})
            for chosen in [[trial for trial in self.trials if trial.tried == (victim, kind, name)]]
        ]
        return {
            many: self.count,
            "radius": self.radius,
            "norm_max": self.norm_max,
            "inside": all(trial.verdict.inside for trial in self.trials),
            "flipped_share": _mean(worst),
            f"flipped_share_worst_by_{one}": dict(zip(names, worst, strict=True)),
            "strongest": _strongest(rows),
            "alone": len(self.alone),
            "alone_flipped_share": _mean(self.alone) if self.alone else None,
            "certified_components": sum({trial.name: trial.verdict.certified for trial in self.trials}.values()),
            "violations": self.violations,
            "now_abstain": sum(trial.verdict.now_abstain for trial in self.trials),
            "outside": _contrast(self.outside),
            "empirical_radius": _edges(self.edges, self.radius),
            "by_attack": rows,
            "by_input": [self._of_input(name) for name in names],
        }

    def _of_input(self, name: str) -> dict[str, Any]:
        """What befell one input; its flipped share is that of the strongest attack on the undefended model."""
        trials = [trial for trial in self.trials if trial.name == name]
        certified, components = trials[0].verdict.certified, self.components.get(name)
        return {
            "name": name,
            "flipped_share": max(trial.flipped_share for trial in trials if trial.victim == BASE),
            "certified_fraction": certified / components if components else None,
            "violations": sum(trial.verdict.violations for trial in trials),
        }


def _edges(edges: Sequence[Edge], radius: float) -> dict[str, Any] | None:
    """Certified beside empirical radii: of every input where one was looked for, the smallest of them and the median.

    An input where nothing fell has none, and counts as beyond all others in the median, which may then be none.
    """
    if not edges:
        return None
    row: dict[str, Any] = {"inputs": len(edges), "certified": radius}
    for name, sizes in (
        ("flipped", [edge.flipped for edge in edges]), ("lost_majority", [edge.lost for edge in edges]),
    ):  # fmt: skip
        ordered = sorted(np.inf if size is None else size for size in sizes)
        smallest, middle = (
            None if size == np.inf else float(size) for size in (ordered[0], ordered[(len(ordered) - 1) // 2])
        )
        row[name] = {"smallest": smallest, "median": middle, "found": sum(size is not None for size in sizes)}
    row["by_input"] = [asdict(edge) for edge in edges]
    return row


def _contrast(outside: Sequence[Trial]) -> dict[str, Any] | None:
    """What attacks beyond the radius did to certified components, once for each attack."""
    if not outside:
        return None
    return {
        "norm_max": max(trial.norm for trial in outside),
        "certified_components_attacked": sum(trial.verdict.certified for trial in outside),
        "flipped": sum(trial.verdict.violations for trial in outside),
        "now_abstain": sum(trial.verdict.now_abstain for trial in outside),
    }


def _as_well_as_plain(base: Sequence[Trial]) -> dict[tuple[str, str], float]:
    """For each attack and loss the share of inputs where it flips as much as PGD with cross-entropy, or more.

    Trials are those on the undefended model, with the same steps for all; without plain PGD there is nothing to say.
    """
    shares: dict[tuple[str, str], dict[str, float]] = {}
    for trial in base:
        shares.setdefault((trial.attack, trial.loss), {})[trial.name] = trial.flipped_share
    plain = shares.get(_PLAIN, {})
    return {key: _mean([found[name] >= plain[name] for name in plain]) for key, found in shares.items() if plain}


def _strongest(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The attack and loss that flip most of the undefended model on average."""
    row = max((row for row in rows if row["victim"] == BASE), key=lambda row: row["flipped_share"])
    return {name: row[name] for name in ("attack", "loss", "at_least_plain_pgd")}


def _mean(values: Sequence[float] | Sequence[bool]) -> float:
    return float(np.mean(values)) if values else 0.0
