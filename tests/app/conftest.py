"""Pages under test read no scenario ahead: a worker that does would meet what other tests put in their place."""

from __future__ import annotations

import pytest

from app.runs import attack


@pytest.fixture(autouse=True)
def read_ahead(monkeypatch: pytest.MonkeyPatch) -> object:
    """The real one."""
    real = attack.read_ahead
    monkeypatch.setattr(attack, "read_ahead", lambda: None)
    return real
