"""One attempt on an input: within a norm by gradients, by rotations within an angle, by a known change in a region."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.attacks.changed import changed_input
from engine.attacks.changes import ChangeResult, ChangeSettings, worst_change
from engine.attacks.promises import check_radius
from engine.attacks.rotation import RotationResult, RotationSettings, worst_rotation
from engine.attacks.search import Aim, AttackResult, AttackSettings, attacks, losses, norms
from engine.attacks.search.base import Watch, unwatched
from engine.attacks.strongest import strongest
from engine.attacks.victims import BASE, POSITIONS, victim_on
from engine.certification.settings import Settings
from engine.core.errors import InvalidSetting
from engine.core.progress import Cancel, never
from engine.inputs.clouds import Cloud, moved_cloud, turned_cloud
from engine.inputs.images import image_from_array
from engine.inputs.subject import Subject
from engine.models.base import BaseModel
from engine.perturbations import families
from engine.perturbations.base import Amounts

Found = AttackResult | RotationResult | ChangeResult
ALL_LOSSES, AUTO = "all", "auto"
ROTATION, CHANGE = RotationResult.attack, ChangeResult.attack
PLAIN = "pgd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How hard an attack tries. Raises UnknownName, InvalidSetting.

    share: the budget, in units of the certificate's radius. victim: in `VICTIMS`. name: in `attacks`, "rotation" where
    the radius is an angle, "change" where the region is of a known change; "" takes what fits. norm: of the budget; ""
    takes the radius' own. loss: in `losses`, or `ALL_LOSSES` for the worst over all; `AUTO` takes what was `strongest`
    at the budget, the attack too where its name is left open. An attack with losses of its own takes those. steps: of
    each of `restarts` runs, or rotations or changes tried. draws: noisy copies at every look at the smoothed victim.
    """

    share: float = 1.0
    victim: str = BASE
    name: str = ""
    norm: str = ""
    loss: str = AUTO
    steps: int = 100
    restarts: int = 1
    draws: int = 4

    def __post_init__(self) -> None:
        if self.name not in ("", ROTATION, CHANGE):
            _ = attacks[self.name]
        if self.norm:
            _ = norms[self.norm]
        if self.loss not in (ALL_LOSSES, AUTO):
            _ = losses[self.loss]

    @property
    def attacks_made(self) -> int:
        """How many attacks it makes, one after the other."""
        own = self.name not in (ROTATION, CHANGE) and bool(attacks[self.name or PLAIN].own_losses)
        return len(losses) if self.loss == ALL_LOSSES and not own else 1

    def looks(self, settings: Settings) -> int:
        """How many steps are told of, in all, against a certificate with these settings."""
        return self.steps if searched(settings) else self.attacks_made * self.restarts * (self.steps + 1)

    def budget(self, settings: Settings, entries: int) -> float:
        """In the attack's norm, in radians, or in units of a region's extent, for an input of so many entries.

        Raises InvalidSetting for a correction that certifies nothing, and where the radius is 0: there is none to take
        a share of.
        """
        if not settings.procedure.certifies:
            raise InvalidSetting(f"{settings.correction} certifies no component, so no radius limits an attack on it")
        check_radius(settings)
        if settings.noise.turns:
            return self.share * settings.radius
        if searched(settings):
            return self.share
        return self.share * budget_within(settings, self.norm or settings.noise.norm, entries)

    def decided(self, settings: Settings, subject: Subject) -> "Attempt":
        """The same with nothing left open, for attacks on an input. Raises InvalidSetting as `budget` does.

        What was strongest is known of images; shapes are attacked by PGD, or turned, with the smooth count of flips.

        >>> import engine
        >>> image, settings = image_from_array(np.full((48, 64, 3), 0.5)), Settings(sigma=0.25, tau=0.75)
        >>> open_, fixed = (how.decided(settings, image) for how in (Attempt(), Attempt(loss="ce")))
        >>> (open_.name, open_.loss), (fixed.name, fixed.loss)
        (('sapgd', 'js'), ('pgd', 'ce'))
        """
        name, loss = searched(settings) or PLAIN, "flips"
        if self.loss == AUTO and subject.kind == "image" and not searched(settings):
            entries = subject.values.size
            norm = norms[self.norm or settings.noise.norm]
            widest = entries ** max(0.0, 0.5 - 1.0 / norm.order)  # the largest l2 size of a change of size 1
            name, loss = strongest(self.budget(settings, entries) * widest, entries)
        return replace(self, name=self.name or name, loss=loss if self.loss == AUTO else self.loss)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tried:
    """The strongest that was found, and the share that each loss reached, where all were tried."""

    result: Found
    by_loss: dict[str, float] | None = None


def attempt(
    model: BaseModel,
    subject: Subject,
    aim: Aim,
    settings: Settings,
    how: Attempt,
    *,
    start: NDArray[np.float32] | None = None,
    watch: Watch = unwatched,
    cancelled: Cancel = never,
) -> Tried:
    """Attack an input as hard as `how` says, within a share of the radius that certificates with `settings` have.

    The smoothed victim meets the settings' noise; their seed decides what is random. start: where an attack by
    gradients begins, such as what a smaller budget gave; the search for a rotation takes none. Raises UnknownName,
    InvalidSetting, Cancelled. Source: METHOD section 8.

    >>> import engine
    >>> image, model = image_from_array(np.full((48, 64, 3), 0.5)), engine.load_model("street-noise25")
    >>> aim, settings = engine.attacks.aim_at(model, image), Settings(sigma=0.25, tau=0.75)  # R = 0.1686
    >>> tried = attempt(model, image, aim, settings, Attempt(share=0.5, steps=3))
    >>> 0.0 < tried.result.size <= settings.radius / 2
    True
    """
    way, how = searched(settings), how.decided(settings, subject)
    if way != (how.name if how.name in (ROTATION, CHANGE) else ""):
        raise InvalidSetting(f"attack {how.name} does not go with family {settings.family}; choose another of the two")
    seed = settings.fresh("attack").streams.number()
    budget = how.budget(settings, subject.values[..., :POSITIONS].size)
    if way and how.loss == ALL_LOSSES:
        raise InvalidSetting(f"the search for a {way} takes one loss, not all")
    if way == CHANGE:
        looked = ChangeSettings(
            budget=budget, change=settings.noise.change, region=settings.region, passes=how.steps, loss=how.loss,
            seed=seed,
        )  # fmt: skip
        changed = worst_change(
            model, subject, aim, looked, settings.noise, victim=how.victim, sigma=settings.sigma, draws=how.draws,
            watch=watch, cancelled=cancelled,
        )  # fmt: skip
        return Tried(result=changed)
    if way == ROTATION:
        if not isinstance(subject, Cloud):
            raise InvalidSetting("rotations are searched for shapes: an image cannot be turned")
        search = RotationSettings(budget=budget, family=settings.family, passes=how.steps, loss=how.loss, seed=seed)
        turned = worst_rotation(
            model, subject, aim, search, victim=how.victim, sigma=settings.sigma, draws=how.draws, watch=watch,
            cancelled=cancelled,
        )  # fmt: skip
        return Tried(result=turned)
    wanted = AttackSettings(
        budget=budget, norm=how.norm or settings.noise.norm, loss=next(iter(losses)), steps=how.steps,
        restarts=how.restarts, seed=seed,
    )  # fmt: skip

    def attack_with(loss: str) -> AttackResult:
        return attack_input(
            model, subject, aim, replace(wanted, loss=loss), name=how.name, victim=how.victim,
            noise=settings.family, sigma=settings.sigma, draws=how.draws, start=start, watch=watch, cancelled=cancelled,
        )  # fmt: skip

    if how.attacks_made == 1:
        return Tried(result=attack_with(wanted.loss if how.loss == ALL_LOSSES else how.loss))
    worst, by_loss = worst_over_losses(attack_with)
    return Tried(result=worst, by_loss=by_loss)


def attack_input(
    model: BaseModel,
    subject: Subject,
    aim: Aim,
    settings: AttackSettings,
    *,
    name: str = PLAIN,
    victim: str = BASE,
    noise: str = "l2",
    sigma: float = 0.25,
    draws: int = 4,
    start: NDArray[np.float32] | None = None,
    watch: Watch = unwatched,
    cancelled: Cancel = never,
) -> AttackResult:
    """Attack a working image, or the positions of a cloud; the smoothed victim meets the noise of family `noise`.

    Raises UnknownName, InvalidSetting, Cancelled. Source: METHOD section 8.

    >>> import engine
    >>> image, model = image_from_array(np.full((48, 64, 3), 0.5)), engine.load_model("street-noise25")
    >>> result = attack_input(model, image, engine.attacks.aim_at(model, image), AttackSettings(budget=0.5, steps=3))
    >>> bool(np.linalg.norm((result.adversarial - image.pixels.astype(np.float64)).ravel()) <= 0.5)
    True
    """
    x = np.ascontiguousarray(subject.values[..., :POSITIONS])
    chosen = victim_on(model, subject, victim, noise=families[noise], sigma=sigma, draws=draws)
    return attacks[name].run(chosen, x, aim, settings, start=start, watch=watch, cancelled=cancelled)


def worst_over_losses(attack_with: Callable[[str], AttackResult]) -> tuple[AttackResult, dict[str, float]]:
    """The strongest of the attacks with every loss, and the share that each reached; `attack_with` runs one.

    >>> import engine
    >>> image, model = image_from_array(np.full((48, 64, 3), 0.5)), engine.load_model("street-noise25")
    >>> how, aim = AttackSettings(budget=0.5, steps=1), engine.attacks.aim_at(model, image)
    >>> best, shares = worst_over_losses(lambda loss: attack_input(model, image, aim, replace(how, loss=loss)))
    >>> best.share == max(shares.values()), "cospgd" in shares
    (True, True)
    """
    found = {name: attack_with(name) for name in losses}
    best = max(found.values(), key=lambda result: result.share)
    return best, {name: result.share for name, result in found.items()}


def searched(settings: Settings) -> str:
    """What is searched for under these settings, "rotation" or "change"; "" where gradients move every value.

    >>> searched(Settings()), searched(Settings(family="so3"))
    ('', 'rotation')
    """
    if settings.noise.turns:
        return ROTATION
    return CHANGE if isinstance(settings.noise.measure, Amounts) else ""


def budget_within(settings: Settings, kind: str, entries: int) -> float:
    """The largest budget in the norm `kind` that a certificate with these settings covers, for so many entries.

    The l_q radius itself where p <= q, else divided by entries^(1/q - 1/p). Raises UnknownName; InvalidSetting for
    a family whose radius is an angle. Source: METHOD section 4.

    >>> settings = Settings(sigma=0.25, tau=0.75)
    >>> round(budget_within(settings, "linf", 10_000), 6), round(settings.radius / 100, 6)  # the root of 10,000
    (0.001686, 0.001686)
    """
    order = norms[settings.noise.norm].order
    shrink = max(0.0, 1.0 / order - 1.0 / norms[kind].order)
    return settings.radius / float(entries) ** shrink


def attacked_input(subject: Subject, result: Found) -> Subject:
    """The adversarial input to be certified, exactly as it is: an attacked cloud is not centred or scaled anew.

    Raises InvalidSetting for a rotation of an image.

    >>> import engine
    >>> image, model = image_from_array(np.full((48, 64, 3), 0.5)), engine.load_model("street-noise25")
    >>> result = attack_input(model, image, engine.attacks.aim_at(model, image), AttackSettings(budget=0.5, steps=1))
    >>> np.array_equal(attacked_input(image, result).pixels, result.adversarial)
    True
    """
    if isinstance(result, ChangeResult):
        return changed_input(subject, result.settings.change, result.amounts)
    if isinstance(subject, Cloud):
        if isinstance(result, RotationResult):
            return turned_cloud(subject, result.rotation)
        return moved_cloud(subject, result.adversarial)
    if isinstance(result, RotationResult):
        raise InvalidSetting("a rotation was found for a shape: an image cannot be turned by it")
    return image_from_array(result.adversarial)
