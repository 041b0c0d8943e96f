"""A duel: an input is attacked, what comes out is certified under fresh noise, and both certificates are compared."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.attacks.aims import aim_at, aim_at_certified
from engine.attacks.attempt import Attempt, Found, attacked_input, attempt
from engine.attacks.changes import ChangeResult
from engine.attacks.rotation import RotationResult
from engine.attacks.search import Aim
from engine.attacks.search.base import Watch, unwatched
from engine.attacks.verdicts import Verdict, change_between, judge
from engine.attacks.victims import BASE, SMOOTHED
from engine.certification.certificates import Certificate
from engine.certification.pipeline import base_prediction, certify
from engine.certification.settings import Settings
from engine.core.errors import InvalidInput
from engine.core.progress import Cancel, Progress, never, unheard
from engine.inputs.subject import Subject
from engine.models.base import BaseModel

Found_co = TypeVar("Found_co", bound=Found, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Duel(Generic[Found_co]):
    """A finished attack with both certificates.

    result: the attack's. changed: the input that it made. before, after: the undefended model's answers on the clean
    and on the changed input, uint8 (*N), no promise. clean, attacked: the certificates of both. verdict: the
    comparison.
    """

    result: Found_co
    changed: Subject
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    clean: Certificate
    attacked: Certificate
    verdict: Verdict


def attack(
    model: BaseModel,
    subject: Subject,
    *,
    against: Certificate,
    share: float | None = None,
    how: Attempt | None = None,
    undefended: BaseModel | None = None,
    aim: Aim | None = None,
    number: int = 0,
    watch: Watch = unwatched,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> Duel[Found]:
    """Attack an input within a share of the radius that its certificate promises, and certify what comes out.

    model: the one that `against` certifies. share: of its radius, in place of what `how` says. how: by default against
    the smoothed model, which alone could break the promise. undefended: the model that victim "base" attacks, and whose
    answers are compared; the certified one itself where none is given. aim: what the attack is after; else away from
    what is certified, or, of an undefended model, from its own answers. number: of this attack among those on the same
    certificate; what each makes is certified under noise of its own. progress: of the second certificate.
    Raises InvalidInput where the certificate is of another input or model; UnknownName, InvalidSetting, Cancelled.
    Source: METHOD section 8.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> model = engine.load_model("street-noise25")
    >>> certificate = engine.certify(model, image, engine.Settings(sigma=0.02, tau=0.6, n=40))
    >>> duel = attack(model, image, against=certificate, how=Attempt(victim=SMOOTHED, steps=2))
    >>> duel.verdict.inside, duel.verdict.violations  # within the radius, so no certified pixel flips
    (True, 0)
    """
    if against.provenance.input_sha256 != subject.sha256:
        raise InvalidInput("this certificate is of another input: certify the one that is attacked")
    if against.provenance.weights_sha256 != model.info.weights_sha256:
        raise InvalidInput(f"this certificate is of another model than {model.info.name}: certify with that one")
    wanted = how or Attempt(victim=SMOOTHED, steps=50)
    wanted = wanted if share is None else replace(wanted, share=share)
    bare = undefended or model
    victim = bare if wanted.victim == BASE else model
    before = base_prediction(bare, subject)
    if aim is None:
        certified = wanted.victim == SMOOTHED and against.certified.any()
        aim = aim_at_certified(model, subject, against) if certified else aim_at(victim, subject)
    result = attempt(victim, subject, aim, against.settings, wanted, watch=watch, cancelled=cancelled).result
    changed = attacked_input(subject, result)
    change = change_of(against.settings, subject, changed, result)
    attacked, verdict = settle(
        model, against, changed, change, asked=against.settings.fresh("attacked", number), progress=progress,
        cancelled=cancelled,
    )  # fmt: skip
    return Duel(
        result=result, changed=changed, before=before, after=base_prediction(bare, changed), clean=against,
        attacked=attacked, verdict=verdict,
    )  # fmt: skip


def change_of(settings: Settings, subject: Subject, changed: Subject, result: Found) -> Mapping[str, float]:
    """What an attack changed, by the amounts that the settings' region is told by, in float64 from the values.

    >>> import engine
    >>> image, model = engine.inputs.image_from_array(np.full((48, 64, 3), 0.5)), engine.load_model("street-noise25")
    >>> settings = Settings(sigma=0.25, tau=0.75)
    >>> found = attempt(model, image, aim_at(model, image), settings, Attempt(share=0.5, steps=2)).result
    >>> settings.region.contains(change_of(settings, image, attacked_input(image, found), found))
    True
    """
    if isinstance(result, ChangeResult):
        return result.amounts
    if isinstance(result, RotationResult):
        return {"angle": result.angle}
    return {settings.noise.norm: change_between(settings, subject.values, changed.values)}


def settle(
    model: BaseModel,
    clean: Certificate,
    changed: Subject,
    change: Mapping[str, float],
    *,
    asked: Settings | None = None,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> tuple[Certificate, Verdict]:
    """Certify a changed input under fresh noise, and compare it with the clean input's certificate.

    change: what was changed, by the region's amounts. asked: the settings of the second certificate; those of the first
    with a stream of their own where none are given. Raises Cancelled, EngineError kinds.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> model = engine.load_model("street-noise25")
    >>> certificate = engine.certify(model, image, engine.Settings(sigma=0.02, tau=0.6, n=40))
    >>> again, verdict = settle(model, certificate, image, {})  # the same image
    >>> again.settings.stream, verdict.violations
    ('attacked 0', 0)
    """
    settings = asked or clean.settings.fresh("attacked")
    attacked = certify(model, changed, settings, progress=progress, cancelled=cancelled)
    return attacked, judge(clean, attacked, change)
