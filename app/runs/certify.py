"""Certification of an image or a shape: a page hands over a request and gets a job to watch."""

import engine
from app.pictures.overlay import fixed_pictures
from app.runs import jobs
from app.runs.costs import check_work, pace
from app.runs.models import load
from app.runs.queue import Job
from app.runs.requests import Look, Outcome, Request


def submit(asked: Request, *, page: str) -> Job:
    """Queue a certification for this session; its result is an `Outcome`.

    Raises QueueFull, or InvalidSetting for more work than a server takes.
    """
    request = asked.with_seed()
    check_work(request, request.model)
    return jobs.submit(lambda job: certified(job, request), page=page)


def certified(job: Job, request: Request, *, number: int = 0, of: int = 1) -> Outcome:
    """Do what a request asks for, as run `number` of so many of one job. Raises EngineError kinds, Cancelled."""
    model, subject, settings = load(request.model), request.subject, request.settings
    space, each = model.info.labels, settings.n0 + settings.n
    certificate = engine.certify(
        model,
        subject,
        settings,
        progress=lambda done, _: job.progress(number * each + done, of * each),
        cancelled=job.cancel_requested,
        enough=job.enough_requested,
        stop=request.stop,
        live=lambda view: job.show(Look(view=view, space=space, name=request.name, subject=subject)),
    )
    pace().learn(request, subject, settings.n0 + certificate.draws, certificate.provenance.seconds_sampling)
    base = engine.certification.base_prediction(model, subject)
    pictures = (
        fixed_pictures(subject, certificate, base, request.truth, space)
        if isinstance(subject, engine.inputs.Image)
        else {}
    )
    return Outcome(request=request, certificate=certificate, base=base, space=space, pictures=pictures)
