"""A finished scenario as files: two certificates, the attacked input exactly, both answers, and how the attack went."""

import io
import json
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.attacks import AttackResult, AttackSettings, Duel, Step, Transferred, attacked_input, judge
from engine.certification import Certificate
from engine.core.assets import ASSETS
from engine.core.errors import EngineError, InvalidInput
from engine.core.files import read_bytes
from engine.core.npz import arrays_of
from engine.export import fine_png, read_fine_png
from engine.inputs.clouds import working_cloud
from engine.inputs.subject import Image
from engine.papers.scenarios.base import Scenario, Staged

SCENARIOS = ASSETS / "scenarios"
_PICTURE, _ARRAYS, _RECORD = "attacked.png", "arrays.npz", "record.json"
_FOUR = 4  # digits of the history that are kept


def save_scenario(staged: Staged, folder: Path) -> None:
    """Write a finished scenario into `folder`, which is made.

    >>> import engine, tempfile
    >>> staged = open_scenario(engine.papers.scenarios["figure-1"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_scenario(staged, Path(folder) / "figure-1")
    ...     len(list((Path(folder) / "figure-1").iterdir()))
    5
    """
    duel, folder = staged.duel, Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    duel.clean.save(folder / "clean.npz")
    duel.attacked.save(folder / "attacked.npz")
    assert isinstance(duel.result, AttackResult)
    arrays: dict[str, NDArray[Any]] = {"before": duel.before, "after": duel.after, "truth": staged.truth}
    if isinstance(duel.changed, Image):
        (folder / _PICTURE).write_bytes(fine_png(duel.changed.pixels))
    else:
        arrays |= {"clean": staged.subject.values, "changed": duel.changed.values}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    (folder / _ARRAYS).write_bytes(buffer.getvalue())
    record = {
        "attack": duel.result.attack,
        "settings": asdict(duel.result.settings),
        "share": duel.result.share,
        "seconds": round(duel.result.seconds, 1),
        "transferred": {one.model: round(one.flipped, _FOUR) for one in staged.transferred},
        "history": [[round(step.loss, _FOUR), round(step.share, _FOUR)] for step in duel.result.history],
    }
    (folder / _RECORD).write_text(json.dumps(record) + "\n", encoding="utf-8")
    open_scenario.cache_clear()


@lru_cache(maxsize=8)
def open_scenario(scenario: Scenario, folder: Path | None = None) -> Staged:
    """The bundled files of a scenario as the finished comparison; nothing is drawn and no model is loaded.

    folder: where its files are, by default assets/scenarios/NAME. The change is measured and the verdict counted anew
    from the files. Raises InvalidInput where the files are missing or damaged; whether they are this scenario's is
    checked by `check_scenario`.

    >>> import engine
    >>> staged = open_scenario(engine.papers.scenarios["figure-1"])
    >>> staged.duel.verdict.inside, staged.duel.verdict.violations
    (True, 0)
    """
    folder = folder or SCENARIOS / scenario.name
    try:
        record = json.loads(read_bytes(folder / _RECORD))
        clean, attacked = (Certificate.load(folder / f"{name}.npz") for name in ("clean", "attacked"))
        arrays = arrays_of(read_bytes(folder / _ARRAYS), "the file", ("before", "after", "truth"))
        settings = AttackSettings(**record["settings"])
        if scenario.kind == "image":
            subject, changed = scenario.input()[0], read_fine_png(read_bytes(folder / _PICTURE))
        else:
            both = arrays_of(read_bytes(folder / _ARRAYS), "the file", ("clean", "changed"))
            source = {name: getattr(clean.provenance, name) for name in ("source_sha256", "source_size")}
            subject, changed = replace(working_cloud(both["clean"]), **source), both["changed"]
        _check_shapes(clean.labels.shape, attacked.labels, *arrays.values())
        moved = changed[..., :3]
        size = float(np.linalg.norm((moved.astype(np.float64) - subject.values[..., :3]).ravel()))
        history = tuple(Step(number=i, loss=loss, share=share) for i, (loss, share) in enumerate(record["history"]))
        others = tuple(Transferred(model=name, flipped=share) for name, share in record["transferred"].items())
        result = AttackResult(
            attack=record["attack"], settings=settings, adversarial=moved, norm=size, share=record["share"],
            history=history, seconds=record["seconds"],
        )  # fmt: skip
        duel = Duel(
            result=result, changed=attacked_input(subject, result), before=arrays["before"], after=arrays["after"],
            clean=clean, attacked=attacked, verdict=judge(clean, attacked, {"l2": size}),
        )  # fmt: skip
    except EngineError as error:
        raise InvalidInput(f"the files of {scenario.name} cannot be used: {error}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"the files of {scenario.name} are damaged: {error}") from None
    return Staged(scenario=scenario, subject=subject, truth=arrays["truth"], duel=duel, transferred=others)


def _check_shapes(wanted: tuple[int, ...], *maps: NDArray[Any]) -> None:
    if any(one.shape != wanted for one in maps):
        raise ValueError(f"its maps are {[one.shape for one in maps]}, but its certificate is of {wanted}")
