"""Models as the app loads them: all through here, so that the first one tidies the process."""

import gc
import threading

import engine

_first = threading.Lock()


def load(name: str) -> engine.models.BaseModel:
    """The model of that name; the engine keeps it. Raises EngineError kinds."""
    model = engine.load_model(name)
    if not gc.get_freeze_count() and _first.acquire(blocking=False):
        # By now torch and everything else that stays for good is imported: a million objects, which the collector
        # would look through again and again, each time with the interpreter locked. Frozen once, they are left alone.
        gc.collect()
        gc.freeze()
    return model
