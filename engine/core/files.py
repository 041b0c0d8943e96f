"""Files that come from anywhere: their size is checked before they are read."""

from pathlib import Path

from engine.core.errors import InvalidInput

MAX_BYTES = 200 * 1024 * 1024
_MAX_TEXT = 4 * 1024 * 1024


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a file, refused unread if it has more than `limit`. Raises InvalidInput."""
    try:
        size = path.stat().st_size
        if size > limit:
            raise InvalidInput(f"{path} has {size / 2**20:.1f} MB; at most {limit // 2**20} MB can be read")
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}") from None


def read_text(path: Path, limit: int = _MAX_TEXT) -> str:
    """A text file in UTF-8, with or without a byte order mark, of at most `limit` bytes. Raises InvalidInput."""
    try:
        return read_bytes(path, limit).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(f"{path} is not text in UTF-8; save it as such") from None
