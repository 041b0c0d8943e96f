"""Downloads one file on request: checked as it comes, put in place only when whole."""

import hashlib
import tempfile
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import IO

from engine.core.errors import Cancelled, DownloadFailed, IntegrityError
from engine.core.progress import Cancel, Progress

_CHUNK = 256 * 1024
_SECONDS_OF_SILENCE = 30.0


def download(url: str, target: Path, hash_prefix: str, progress: Progress, *, cancelled: Cancel) -> Path:
    """The file at `url` as `target`, whose sha256 must begin with `hash_prefix`; nothing is loaded if it is there.

    It grows in a temporary file beside `target` that never stays behind. Raises Cancelled once `cancelled()` is true,
    DownloadFailed if it does not arrive whole or cannot be written, IntegrityError if it is not the file expected.
    """
    if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest().startswith(hash_prefix):
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".partial-") as folder:
            partial = Path(folder) / target.name
            with urllib.request.urlopen(url, timeout=_SECONDS_OF_SILENCE) as answer, partial.open("wb") as file:
                expected = int(answer.headers.get("Content-Length") or 0)
                digest = _copied(answer, file, expected, progress, cancelled)
            if expected and partial.stat().st_size != expected:
                raise DownloadFailed(f"the download of {target.name} was cut short; try again")
            if not digest.startswith(hash_prefix):
                raise IntegrityError(
                    f"the download of {target.name} has sha256 {digest[:12]}..., expected {hash_prefix}...; try again"
                )
            partial.replace(target)
    except (OSError, HTTPException, ValueError) as error:
        raise DownloadFailed(f"{target.name} could not be downloaded ({error}); check the connection") from error
    return target


def _copied(answer: IO[bytes], file: IO[bytes], expected: int, progress: Progress, cancelled: Cancel) -> str:
    """Copy to the end and return the sha256."""
    digest, done = hashlib.sha256(), 0
    while chunk := answer.read(_CHUNK):
        if cancelled():
            raise Cancelled("the download was cancelled; nothing of it is kept")
        file.write(chunk)
        digest.update(chunk)
        done += len(chunk)
        progress(done, max(expected, done))
    return digest.hexdigest()
