"""What stays for good is left alone by the collector once, after the first model; later models freeze nothing more."""

from __future__ import annotations

import gc
import threading

from streamlit import config

from app.runs import models


def test_the_collector_is_spared_once() -> None:
    gc.unfreeze()
    models._first = threading.Lock()
    models.load("street-clean")
    frozen = gc.get_freeze_count()
    assert frozen > 100_000  # torch alone has more objects
    kept = [[] for _ in range(1000)]
    models.load("street-noise25")
    assert gc.get_freeze_count() <= frozen  # so what comes and goes is still collected
    del kept


def test_no_full_collection_follows_each_script_run() -> None:
    """The file says so, and the entry point too, for whoever starts the app without the file."""
    from pathlib import Path

    root = Path(__file__).resolve().parents[3]
    assert config.get_option("runner.postScriptGC") is False
    assert 'config.set_option("runner.postScriptGC", False' in (root / "app" / "main.py").read_text(encoding="utf-8")
