"""Numbers and names for people: shares that are never rounded up, lengths of time, names from outside."""

from decimal import ROUND_DOWN, Decimal

_MARKDOWN = set("\\`*_{}[]()<>#+-!|~$:&^=.")


def duration(seconds: float) -> str:
    """A length of time, for people."""
    if seconds < 1.0:
        return "1 s"
    if seconds < 90.0:
        return f"{seconds:.0f} s"
    if seconds < 5400.0:
        return f"{seconds / 60.0:.0f} min"
    return f"{seconds / 3600.0:.1f} h"


def plain(name: str, most: int = 80) -> str:
    """A name from outside, such as an uploaded file's, for a Markdown text: letter by letter, and not too long."""
    shown = name if len(name) <= most else f"{name[: most - 1]}…"
    return "".join(f"\\{letter}" if letter in _MARKDOWN else letter for letter in shown if letter.isprintable())


def share(part: int, whole: int) -> str:
    """A share in percent with one digit, rounded down, so that 100 % means all."""
    return "–" if whole == 0 else f"{1000 * part // whole / 10:.1f} %"


def share_up(part: int, whole: int) -> str:
    """A share in percent with one digit, rounded up: the other side of `share`."""
    return f"{-(-1000 * part // whole) / 10:.1f} %"


def measured(fraction: float) -> str:
    """A measured fraction in percent with one digit, rounded down."""
    return share(int(fraction * 1e9), 10**9)


def percent(value: float) -> str:
    """A fraction in percent with all its digits."""
    return f"{(100 * Decimal(repr(value))).normalize():f} %"


def sure(alpha: float) -> str:
    """1 - alpha as a percentage, rounded down two digits behind alpha's first."""
    kept = 100 * (1 - Decimal(repr(alpha)))
    digits = max(0, -Decimal(repr(alpha)).adjusted() - 1)
    return f"{kept.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_DOWN).normalize():f} %"
