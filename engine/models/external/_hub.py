"""Fetches a model's files from the Hugging Face hub on request, into a folder that appears only when complete."""

import hashlib
import io
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from engine.core.errors import Cancelled, DownloadFailed, EngineError, IntegrityError
from engine.core.progress import Cancel, Progress
from engine.models.external._packages import imported

_INSTALL = "pip install huggingface_hub"


def snapshot(
    repository: str,
    target: Path,
    *,
    wanted: Sequence[str],
    first_of: Sequence[str],
    progress: Progress,
    cancelled: Cancel,
) -> Path:
    """The files `wanted` and the first of `first_of` that the repository has, all of one revision, as folder `target`.

    A folder that is already there is taken as it is. `progress(bytes, bytes in all)` counts all files together.
    Raises MissingPackage, Cancelled, DownloadFailed, IntegrityError; nothing half done stays behind.
    """
    if target.is_dir():
        return target
    hub = imported("huggingface_hub", _INSTALL)
    try:
        listing = hub.HfApi().model_info(repository, files_metadata=True)
        files = _chosen(repository, {file.rfilename: file for file in listing.siblings}, wanted, first_of)
        teller = _Teller(progress, cancelled, sum(file.size or 0 for file in files))
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".partial-") as folder:
            partial = Path(folder) / target.name
            for file in files:
                found = hub.hf_hub_download(
                    repository, file.rfilename, revision=listing.sha, local_dir=partial, tqdm_class=_bar(teller)
                )
                _check(Path(found), file)
                teller.finished += file.size or 0
            partial.rename(target)
    except EngineError:
        raise
    except Exception as error:  # the hub's client raises kinds of its own, and those of the layers below it
        reason = str(error).strip().partition("\n")[0]
        raise DownloadFailed(f"{repository} could not be downloaded ({reason:.200}); check the connection") from error
    return target


def _chosen(repository: str, there: dict[str, Any], wanted: Sequence[str], first_of: Sequence[str]) -> list[Any]:
    either = [there[name] for name in first_of if name in there]
    if not either:
        raise DownloadFailed(f"{repository} has neither {' nor '.join(first_of)}")
    return [*(there[name] for name in wanted if name in there), either[0]]


def _check(found: Path, file: Any) -> None:
    """The hub lists the sha256 of its large files."""
    expected = file.lfs.sha256 if file.lfs else ""
    digest = hashlib.sha256(found.read_bytes()).hexdigest()
    if expected and digest != expected:
        raise IntegrityError(
            f"the download of {found.name} has sha256 {digest[:12]}..., the hub says {expected[:12]}...; try again"
        )


class _Teller:
    """Tells how far all files together are, and stops once it is cancelled."""

    def __init__(self, progress: Progress, cancelled: Cancel, total: int) -> None:
        self._progress, self._cancelled, self._total = progress, cancelled, total
        self.finished, self._told = 0, 0

    def tell(self, done: int) -> None:
        """`done` bytes of the present file are there; it may be told by several bars."""
        if self._cancelled():
            raise Cancelled("the download was cancelled; nothing of it is kept")
        self._told = max(self._told, self.finished + done)
        self._progress(self._told, max(self._told, self._total))


def _bar(teller: _Teller) -> Callable[..., Any]:
    """A progress bar for the hub's client that draws nothing and starts no thread."""
    from tqdm import tqdm  # comes with huggingface_hub

    class Bar(tqdm):  # type: ignore[misc]
        monitor_interval = 0

        def __init__(self, *arguments: Any, **settings: Any) -> None:
            settings.pop("name", None)
            super().__init__(*arguments, **settings | {"disable": False, "file": io.StringIO()})

        def update(self, n: float | None = 1) -> None:
            self.n += n or 0
            teller.tell(int(self.n))

        def display(self, *_: Any, **__: Any) -> None:
            """Nothing is drawn."""

    return Bar
