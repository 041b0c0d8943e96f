"""The whole of `certify`, again and again: separate images, separate seeds, nothing reached into."""

from functools import cache

import numpy as np

from engine.audits.error_control.draws import TOLERANCE, seed_for
from engine.audits.error_control.exact import more_than
from engine.audits.error_control.expected import false_chance
from engine.audits.error_control.judges import Judge
from engine.audits.error_control.measure import row_of
from engine.audits.error_control.models import INDEPENDENT, known_model
from engine.audits.error_control.rows import AuditRow
from engine.certification.pipeline import StopRule, certify
from engine.certification.settings import Settings
from engine.core.progress import Cancel, Progress, never, unheard
from engine.core.rng import Streams
from engine.inputs.images import image_from_array
from engine.inputs.labels import ABSTAIN
from engine.stats.corrections import corrections
from engine.stats.modes import Mode, modes

SIDE, BATCH = 16, 5
NAME = f"whole runs, {SIDE}x{SIDE} independent pixels at τ"


@cache
def _settings() -> Settings:
    return Settings(sigma=0.25, tau=0.75, n0=9, n=60, alpha=0.1)


def whole_runs(
    repetitions: int, seed: int, *, progress: Progress = unheard, cancelled: Cancel = never
) -> list[AuditRow]:
    """One row a mode: Holm, or Bonferroni where tau is free.

    Anytime runs have the adversary's stop rule, "as soon as one pixel is certified": every certificate here is false.
    Looks are then after every batch of BATCH draws.
    """
    rows, total = [], repetitions * len(modes)
    for place, mode in enumerate(modes.values()):
        judge = _judge(mode)
        count = 0
        for number in range(repetitions):
            run_seed = seed_for(seed, f"{NAME} {mode.name} {number}")
            count += _run_errs(judge, run_seed, cancelled)
            progress(place * repetitions + number + 1, total)
        note = f"a look after every {BATCH} draws" if mode.anytime else ""
        rows.append(row_of(judge, NAME, count, repetitions, _exact(judge), note=note))
    return rows


def _judge(mode: Mode) -> Judge:
    entry = corrections["bonferroni" if mode.tau_free else "holm"]
    return Judge(mode=mode, entry=entry, alpha=_settings().alpha, tau=_settings().tau)


def _run_errs(judge: Judge, seed: int, cancelled: Cancel) -> bool:
    """Whether one certification, of an image of its own, certifies any false class, for any tau where that is free."""
    value = float(Streams(seed).generator().uniform(0.2, 0.8))
    heads = np.full((SIDE, SIDE), _settings().tau)
    model = known_model(INDEPENDENT, heads, value=value, sigma=_settings().sigma)
    image = image_from_array(np.full((SIDE, SIDE, 3), value, dtype=np.float32))
    settings = Settings(**{**judge.settings(_settings()).as_dict(), "seed": seed})
    stop = StopRule(target=0.5 / heads.size)
    made = certify(model, image, settings, batch=BATCH, stop=stop, cancelled=cancelled)
    if judge.mode.tau_free:
        p = np.where(made.top == 1, heads, 1.0 - heads)
        return bool((made.lower_bounds() > np.maximum(p, 0.5) + TOLERANCE).any())
    return bool((made.labels != ABSTAIN).any())  # heads have p = tau and tails less: all would be false


def _exact(judge: Judge) -> float:
    """P(a run errs): Holm errs exactly when Bonferroni does, for nothing here can be certified rightly."""
    single = Judge(mode=judge.mode, entry=corrections["bonferroni"], alpha=judge.alpha, tau=judge.tau)
    looks = range(BATCH, _settings().n + 1, BATCH) if judge.mode.anytime else (_settings().n,)
    chance = false_chance(single, _settings().tau, SIDE * SIDE, _settings(), looks)
    return more_than(0, [(1, chance)] * (SIDE * SIDE))
