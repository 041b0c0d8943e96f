"""Work that follows from a key is done once, begun again when it was left, and not when somebody cancelled it."""

from __future__ import annotations

from app.runs import jobs, shared
from app.runs.queue import Job, State
from tests.app.runs.queued import PATIENCE, Gate
from tests.app.watching import ended

PAGE = "patch"


def test_who_asks_for_the_same_gets_the_same() -> None:
    first = ended(shared.ask(("shared", 1), lambda _: "made", page=PAGE, slot="any"))
    assert first.result == "made"
    assert shared.ask(("shared", 1), lambda _: "again", page=PAGE, slot="any") is first
    assert ended(shared.ask(("shared", 2), lambda _: "other", page=PAGE, slot="any")).result == "other"
    shared.forget(("shared", 1))
    assert ended(shared.ask(("shared", 1), lambda _: "again", page=PAGE, slot="any")).result == "again"


def test_what_is_cancelled_stays_so_until_it_is_forgotten() -> None:
    gate = Gate()
    job = shared.ask("cancelled", gate, page=PAGE, slot="any")
    assert gate.started.wait(PATIENCE)
    jobs.cancel(job)
    assert ended(job).state is State.CANCELLED
    assert shared.ask("cancelled", lambda _: 1, page=PAGE, slot="any") is job
    shared.forget("cancelled")
    assert ended(shared.ask("cancelled", lambda _: 1, page=PAGE, slot="any")).result == 1


def test_what_is_left_ends_and_may_be_asked_for_again() -> None:
    gate = Gate()
    job = shared.ask("left", gate, page=PAGE, slot="any")
    assert gate.started.wait(PATIENCE)
    shared.leave("left")
    assert ended(job).state is State.CANCELLED
    assert ended(shared.ask("left", lambda _: 2, page=PAGE, slot="any")).result == 2
    shared.leave("left")  # done: it stays
    assert shared.ask("left", lambda _: 3, page=PAGE, slot="any").result == 2


def test_what_somebody_else_began_is_not_ended_by_who_leaves() -> None:
    gate = Gate()
    job = shared.ask("theirs", gate, page=PAGE, slot="any")
    job.session = "somebody else"
    shared.leave("theirs")
    gate.release.set()
    assert ended(job).result == "let go"


def test_a_session_waits_for_one_thing_in_a_slot() -> None:
    gate, other = Gate(), Gate()
    first = shared.ask("first", gate, page=PAGE, slot="here")
    assert gate.started.wait(PATIENCE)
    elsewhere = shared.ask("elsewhere", other, page=PAGE, slot="there")
    second = shared.ask("second", lambda _: 5, page=PAGE, slot="here")
    assert ended(first).state is State.CANCELLED
    other.release.set()
    assert (ended(elsewhere).result, ended(second).result) == ("let go", 5)


def test_what_nobody_looked_at_is_begun_again() -> None:
    gate = Gate()

    def look_away(job: Job) -> str:
        job.grace = -1.0
        return gate(job)

    job = shared.ask("abandoned", look_away, page=PAGE, slot="any")
    while not job.state.final:
        gate.release.wait(0.01)
    assert job.abandoned
    assert ended(shared.ask("abandoned", lambda _: 4, page=PAGE, slot="any")).result == 4
