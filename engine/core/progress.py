"""How long work tells how far it is, and is asked whether to stop."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called between batches with (draws done, draws in all)."""

Cancel = Callable[[], bool]
"""Asked between batches; true stops the work with `Cancelled`."""


def unheard(done: int, total: int) -> None:
    """The `Progress` of work that nobody watches."""


def never() -> bool:
    """The `Cancel` of work that nobody can cancel."""
    return False
