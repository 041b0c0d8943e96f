"""Where the files that ship with the project lie: weights, samples, results, records."""

from pathlib import Path

ENGINE = Path(__file__).resolve().parents[1]
"""The engine's own folder."""

_INSTALLED = ENGINE / "_assets"  # where a wheel has them
ASSETS = _INSTALLED if _INSTALLED.is_dir() else ENGINE.parent / "assets"
