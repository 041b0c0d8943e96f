"""Whether a run can certify anything at all: asked before it, by every command and page that makes certificates."""

from engine.certification.settings import Settings
from engine.core.errors import InvalidSetting


def check_useful(settings: Settings, components: int, *, option: str = "n =") -> None:
    """Raises InvalidSetting where so few draws certify none of so many components, whatever they show.

    Its sentence names a number of draws that is worth making. option: what their number is called where it is set.
    `certify` itself asks nothing: it runs what it is asked to run.

    >>> check_useful(Settings(tau=0.9, n=300), 320 * 240)
    >>> check_useful(Settings(tau=0.9, n=100), 320 * 240)
    Traceback (most recent call last):
    engine.core.errors.InvalidSetting: with n = 100 nothing can be certified at tau 0.9 among 76,800 components: take \
n = 300 (n = 173 at the least) or a smaller tau
    """
    needed = settings.smallest_useful_n(components)
    if settings.n >= needed:
        return
    done = "certified" if settings.procedure.certifies else "selected"
    raise InvalidSetting(
        f"with {option} {settings.n} nothing can be {done} at tau {settings.tau:g} among {components:,} components: "
        f"take {option} {settings.useful_n(components)} ({option} {needed} at the least) or a smaller tau"
    )
