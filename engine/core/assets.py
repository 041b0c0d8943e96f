"""Where the files that ship with the project lie: weights, samples, results, records."""

from __future__ import annotations

from pathlib import Path

ENGINE = Path(__file__).resolve().parents[1]
"""The engine's own folder."""

ASSETS = ENGINE.parent / "assets"
