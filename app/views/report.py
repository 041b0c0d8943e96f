"""What can be taken away of a result: a page that stands alone, with its pictures inside, or a record as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

import engine
from app.pictures import overlay
from app.pictures.attack import image_pictures as attack_pictures
from app.runs.attack import AttackOutcome
from app.runs.requests import Outcome
from app.views.render import render
from app.views.tables import class_rows, legend_values
from app.words.attack import sentences
from app.words.fine_print import fine_print
from app.words.promise import guarantee, is_promise, kind_of, left_open, passed, without_promise
from app.words.radius import of_image

BASE = "Base model, clean"


def scores_of(outcome: Outcome, certificate: engine.Certificate) -> dict[str, engine.evaluation.Scores]:
    """Of what passed and of the base model, by name; empty where the truth is not known."""
    truth = outcome.request.truth
    if truth is None:
        return {}
    answers: dict[str, NDArray[np.integer]] = {passed(certificate.settings): certificate.labels, BASE: outcome.base}
    return {name: engine.evaluation.score(labels, truth, len(outcome.space)) for name, labels in answers.items()}


def picture_report(outcome: Outcome, certificate: engine.Certificate) -> bytes:
    """A result on an image as one self-contained HTML page: no scripts, nothing loaded from elsewhere."""
    pictures = {**outcome.pictures, **overlay.certified_pictures(certificate, outcome.space)}
    return certificate_page(
        certificate, title=outcome.request.name, pictures=pictures, space=outcome.space,
        scores=scores_of(outcome, certificate),
    )  # fmt: skip


def certificate_page(
    certificate: engine.Certificate,
    *,
    title: str,
    pictures: Mapping[str, bytes],
    space: engine.inputs.LabelSpace,
    scores: Mapping[str, engine.evaluation.Scores],
) -> bytes:
    """The page as UTF-8 bytes. `pictures` are PNG files by caption, `scores` by name (empty without ground truth)."""
    record = {"settings": certificate.settings.as_dict(), "provenance": asdict(certificate.provenance)}
    nothing = bool(without_promise(certificate))
    told = dict.fromkeys((overlay.outcome_name(certificate), overlay.RADIUS), left_open(certificate))
    return render(
        "certificate", title=title, guarantee=guarantee(certificate), fine=fine_print(certificate), scores=scores,
        plain="" if nothing else of_image(certificate), empty=nothing,
        pictures={caption: (png, told.get(caption, "")) for caption, png in pictures.items()}, record=_json(record),
        saved=kind_of(certificate.settings).lower(), **legend_values(certificate, class_rows(certificate, space)),
    ).encode()  # fmt: skip


def record(outcome: Outcome, certificate: engine.Certificate) -> bytes:
    """All that the page says of a result on a shape, as JSON."""
    settings, truth = certificate.settings, outcome.request.truth
    rows = class_rows(certificate, outcome.space, truth=truth, base=outcome.base)
    name = passed(settings).lower()
    made: dict[str, Any] = {
        "certificate": is_promise(settings),
        "sentence": guarantee(certificate),
        "left_open": left_open(certificate),
        "shape": outcome.request.name,
        "settings": settings.as_dict(),
        "provenance": asdict(certificate.provenance),
        "points": certificate.labels.size,
        name: certificate.selected_count,
        "draws": certificate.draws,
        "cutoff": certificate.cutoff,
        "parts": [{key.replace("passed", name): value for key, value in asdict(row).items()} for row in rows],
        "scores": {name: asdict(scores) for name, scores in scores_of(outcome, certificate).items()},
    }
    if is_promise(settings):
        made |= {"radius": certificate.radius, "radius_unit": settings.noise.unit}
        if (published := settings.noise.published) is not None:
            made["angle_published_not_proved"] = published(settings.sigma, settings.tau)
    return _json(made).encode()


def attack_page(outcome: AttackOutcome) -> bytes:
    """An attack on an image as one self-contained HTML page."""
    fell, stood = sentences(outcome.duel, outcome.request.target)
    certify = outcome.request.certify
    assert isinstance(certify.subject, engine.inputs.Image)
    shown = attack_pictures(certify.subject, certify.truth, outcome.duel, outcome.space)
    return render(
        "attack", title=f"Attacked and certified: {outcome.request.certify.name}", fell=fell, stood=stood,
        promised=guarantee(outcome.duel.clean), empty=bool(without_promise(outcome.duel.clean)),
        pictures=shown, record=attack_record(outcome).decode(),
    ).encode()  # fmt: skip


def attack_record(outcome: AttackOutcome) -> bytes:
    """All that the page says of an attack, as JSON. Angles are in radians."""
    duel, request = outcome.duel, outcome.request
    result, clean = duel.result, duel.clean
    return _json(
        {
            "sentences": sentences(duel, request.target),
            "promised": guarantee(clean),
            "input": request.certify.name,
            "victim": request.how.victim,
            "undefended": request.undefended,
            "attack": _searched(result) | {"name": result.attack, "size": result.size},
            "radius": clean.radius,
            "certified": asdict(clean.provenance),
            "settings": clean.settings.as_dict(),
            "attacked_stream": duel.attacked.settings.stream,
            "verdict": asdict(duel.verdict),
        }
    ).encode()


def _searched(result: engine.attacks.Found) -> dict[str, Any]:
    """The settings of an attack and, where it is one that a size does not tell, the change that it found."""
    if isinstance(result, engine.attacks.ChangeResult):
        settings = result.settings
        plain = {name: getattr(settings, name) for name in ("budget", "passes", "loss", "seed")}
        return plain | {"change": settings.change.name, "amounts": dict(result.amounts)}
    turned = {"rotation": result.rotation.tolist()} if isinstance(result, engine.attacks.RotationResult) else {}
    return asdict(result.settings) | turned


def _json(record: Mapping[str, Any]) -> str:
    return json.dumps(record, indent=1, ensure_ascii=False)
