"""Text of unknown origin as lines: their number and lengths are checked before any of them is read."""

import io
import re
import warnings

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.clouds.formats.base import damaged
from engine.inputs.clouds.working import MAX_POINTS

MAX_LINE = 4096
MAX_HEADER = 65_536
MAX_LINES = 2 * MAX_POINTS + 1_000  # of the largest mesh that is read, with its comments


class Lines:
    """The lines of a text file without comments (from `#` on) and blank lines. Raises InvalidInput."""

    def __init__(self, data: bytes, name: str, *, most: int = MAX_LINES) -> None:
        if b"\0" in data:
            raise InvalidInput(f"the file holds binary data where {name} text belongs; save it anew as {name}")
        self.name = name
        text = data.removeprefix(b"\xef\xbb\xbf")
        if b"\r" in text:
            text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        _check_lengths(text, name, most)
        if b"#" in text:
            text = re.sub(rb"#[^\n]*", b"", text)
        text = re.sub(rb"\n\s+", b"\n", text).lstrip()  # blank lines, and what lines begin with
        self._text = text if text.endswith(b"\n") or not text else text + b"\n"
        ends = np.flatnonzero(np.frombuffer(self._text, dtype=np.uint8) == 10)
        self._starts = np.concatenate(([0], ends + 1))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def text(self, first: int = 0, count: int | None = None) -> bytes:
        """Lines from `first` on, joined. Raises InvalidInput where the file has fewer."""
        stop = len(self) if count is None else first + count
        if first > len(self) or stop > len(self):
            raise damaged(self.name, f"it has {len(self):,} lines, fewer than its header declares")
        return self._text[self._starts[first] : self._starts[stop]]

    def words(self, line: int) -> list[bytes]:
        """The words of one line."""
        return self.text(line, 1).split()

    def table(self, first: int = 0, count: int | None = None) -> NDArray[np.float64]:
        """Lines as numbers, float64 (count, columns). Raises InvalidInput."""
        return table(self.text(first, count), self.name)


def table(text: bytes, name: str) -> NDArray[np.float64]:
    """Lines of equally many numbers between spaces, float64 (rows, columns). Raises InvalidInput."""
    if not text.strip():
        return np.empty((0, 0))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return np.loadtxt(io.BytesIO(text), dtype=np.float64, comments=None, ndmin=2, encoding="latin1")
    except (ValueError, OverflowError, UserWarning):
        raise damaged(name, "a line does not hold as many numbers, between spaces, as the others") from None


def _check_lengths(text: bytes, name: str, most: int) -> None:
    count = text.count(b"\n") + 1
    if count > most:
        raise InvalidInput(f"the {name} file has {count:,} lines; at most {most:,} can be read, so reduce it first")
    ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == 10)
    longest = int(np.diff(ends, prepend=-1, append=len(text)).max()) - 1
    if longest > MAX_LINE:
        raise InvalidInput(
            f"the {name} file has a line of {longest:,} characters; at most {MAX_LINE:,} can be read, so this is not "
            f"a usable {name} file"
        )
