"""Long work outside the page: a bounded queue, one worker per device, progress, time left, cancel; fair to sessions.

Workers never touch a screen. A session's next job waits until every other session's first one had its turn. Results
are kept for pages that come back, as many as fit; what no page waits for, such as a trial, gives way to all else.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from app.runs.weight import bytes_of
from engine.core import Cancelled, EngineError, QueueFull

_log = logging.getLogger(__name__)


_ABANDONED = "its page was closed or out of reach for some minutes"
_OUT_OF_MEMORY = "the machine ran out of memory; choose a smaller working size"
_UNEXPECTED = "an unexpected error stopped this run; the server's log has the details"
_LEAST = 4096  # bytes that any ended job counts for, so that their number is bounded too


class State(Enum):
    """Where a job is. The last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return self in (State.DONE, State.FAILED, State.CANCELLED)


class Work(Protocol):
    """What a job does: report through `job.progress` and `job.show`, ask `job.cancel_requested`, return the result."""

    def __call__(self, job: Job) -> Any: ...


@dataclass(slots=True, eq=False)
class Job:
    """One piece of work. Attributes are written by the worker and read by pages; each write is a single assignment.

    page: whose run it is, empty for none's. aside: whether it gives way to every job that is not. weight: bytes of its
    result, once it has one.
    """

    session: str
    work: Work | None
    grace: float
    page: str = ""
    aside: bool = False
    weight: int = _LEAST
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    state: State = State.QUEUED
    done: int = 0
    total: int = 0
    view: Any = None
    result: Any = None
    error: str = ""
    ahead: int = 0
    started: float = 0.0
    seen: float = field(default_factory=time.monotonic)
    _cancel: threading.Event = field(default_factory=threading.Event)
    _enough: threading.Event = field(default_factory=threading.Event)
    _aside_for: threading.Event = field(default_factory=threading.Event)

    def progress(self, done: int, total: int) -> None:
        """Called by the work between batches."""
        self.done, self.total = done, total

    def show(self, view: Any) -> None:
        """Called by the work with a picture of the state so far."""
        self.view = view

    def cancel_requested(self) -> bool:
        """Asked by the work between batches; a job that no page has looked at for `grace` seconds is stopped too."""
        return self._cancel.is_set() or self._aside_for.is_set() or time.monotonic() - self.seen > self.grace

    def enough_requested(self) -> bool:
        """Asked between batches by work that can end early with what it has."""
        return self._enough.is_set()

    @property
    def abandoned(self) -> bool:
        """Whether it was stopped because no page looked at it any more."""
        return self.state is State.CANCELLED and self.error == _ABANDONED

    def seconds_left(self) -> float | None:
        """Estimated from the pace so far; None before there is one."""
        if self.state is not State.RUNNING or self.done == 0:
            return None
        return (time.monotonic() - self.started) / self.done * (self.total - self.done)


class JobQueue:
    """Owns the worker thread of one device. Make one per process and device, and keep it.

    capacity: jobs that may wait, share: how many of them may be one session's. grace: seconds without a look at a job
    (`get`) after which it is cancelled; browsers slow the timers of hidden pages to one a minute. memory: seconds that
    an ended job is kept for its page to come back. keep: bytes that all results together may take; where they take
    more, the session that holds most gives up what it has not looked at for longest.
    """

    def __init__(
        self, *, capacity: int = 16, share: int = 3, grace: float = 180.0, keep: int = 2**29, memory: float = 3600.0
    ) -> None:
        self._capacity, self._share, self._grace, self._keep = capacity, share, grace, keep
        self._memory = memory
        self._waiting: list[Job] = []
        self._served: dict[str, int] = {}
        self._turn = 0
        self._jobs: dict[str, Job] = {}
        self._running: Job | None = None
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="certiscope-worker", daemon=True).start()

    def submit(self, session: str, work: Work, *, page: str = "", aside: bool = False) -> Job:
        """Queue work for a session. Raises QueueFull: for everybody, or for a session that has its share.

        aside: it runs when nothing else waits, and ends as cancelled between two of its steps when something comes.
        """
        with self._changed:
            self._drop_orphans()
            if len(self._waiting) >= self._capacity:
                raise QueueFull(f"{self._capacity} runs are waiting already; try again in a minute")
            if sum(job.session == session for job in self._waiting) >= self._share:
                raise QueueFull(f"{self._share} runs of yours are waiting already; cancel one or let them finish")
            job = Job(session=session, work=work, grace=self._grace, page=page, aside=aside)
            self._waiting.append(job)
            self._jobs[job.id] = job
            if self._running is not None and self._running.aside and not aside:
                self._running._aside_for.set()
            self._forget_old()
            self._changed.notify()
            return job

    def get(self, job_id: str) -> Job | None:
        """The job of that id, if it is still known. Looking at a job keeps it alive."""
        with self._changed:
            self._forget_old()
            job = self._jobs.get(job_id)
            if job is not None:
                job.seen = time.monotonic()
                job.ahead = self._ahead_of(job)
            return job

    def cancel(self, job_id: str) -> None:
        """Cancel a waiting job at once, a running one between two batches. Unknown ids are ignored."""
        with self._changed:
            job = self._jobs.get(job_id)
            if job is not None:
                self._cancel(job)

    def finish(self, job_id: str) -> None:
        """Ask a job to end early with what it has, if its work can. Unknown ids are ignored."""
        with self._changed:
            job = self._jobs.get(job_id)
            if job is not None:
                job._enough.set()

    def _cancel(self, job: Job) -> None:
        if time.monotonic() - job.seen > job.grace:
            job.error = _ABANDONED
        job._cancel.set()
        if job.state is State.QUEUED:
            job.state = State.CANCELLED
            self._waiting.remove(job)

    def _first(self, waiting: list[Job], served: dict[str, int]) -> Job:
        """Whose turn it is: the session served longest ago, or never; within it, in order of submission."""
        return min(waiting, key=lambda job: (job.aside, served.get(job.session, 0)))

    def _ahead_of(self, job: Job) -> int:
        """Jobs that will run before this one if nothing else comes, counting the running one."""
        if job.state is not State.QUEUED:
            return 0
        waiting, served, turn = list(self._waiting), dict(self._served), self._turn
        ahead = 0 if self._running is None else 1
        while (following := self._first(waiting, served)) is not job:
            waiting.remove(following)
            turn += 1
            served[following.session] = turn
            ahead += 1
        return ahead

    def _drop_orphans(self) -> None:
        for job in [job for job in self._waiting if job.cancel_requested()]:
            self._cancel(job)

    def _forget_old(self) -> None:
        """Drop what is older than the memory, then what does not fit; the result that came last always stays."""
        ended = sorted((job for job in self._jobs.values() if job.state.final), key=lambda job: job.seen)
        limit = time.monotonic() - self._memory
        kept = [job for job in ended if job.seen >= limit]
        while len(kept) > 1 and sum(job.weight for job in kept) > self._keep:
            held = Counter[str]()
            for job in kept:
                held[job.session] += job.weight
            _, place = max((held[job.session], -place) for place, job in enumerate(kept[:-1]))
            del kept[-place]  # the oldest of the session that holds most
        for job in set(ended) - set(kept):
            del self._jobs[job.id]
        sessions = {job.session for job in self._jobs.values()}
        self._served = {session: turn for session, turn in self._served.items() if session in sessions}

    def _next(self) -> Job:
        with self._changed:
            self._drop_orphans()
            while not self._waiting:
                self._changed.wait()
                self._drop_orphans()
            job = self._first(self._waiting, self._served)
            self._waiting.remove(job)
            if not job.aside:
                self._turn += 1
                self._served[job.session] = self._turn
            job.started, job.state, self._running = time.monotonic(), State.RUNNING, job
            return job

    def _run(self) -> None:
        while True:
            job = self._next()
            state = _perform(job)
            weight = max(_LEAST, bytes_of(job.result))
            with self._changed:
                self._running = None
                job.view = job.work = None  # what they hold is not kept
                job.weight, job.state = weight, state
                self._forget_old()


def _is_out_of_memory(error: BaseException) -> bool:
    """torch reports it as a RuntimeError on CPUs and as a subclass of that on GPUs."""
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "memory" in str(error).lower())


def _perform(job: Job) -> State:
    """Run a job's work; whatever it raises ends this job and no other."""
    try:
        assert job.work is not None
        job.result = job.work(job)
        return State.DONE
    except Cancelled:
        if not job._cancel.is_set() and not job._aside_for.is_set():
            job.error = _ABANDONED
        return State.CANCELLED
    except EngineError as error:
        job.error = str(error)
    except BaseException as error:  # even SystemExit: the worker must outlive every job
        _log.exception("job %s failed", job.id)
        job.error = _OUT_OF_MEMORY if _is_out_of_memory(error) else _UNEXPECTED
    return State.FAILED
