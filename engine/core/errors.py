"""Every error that a user can cause, as one class per kind; the message is one sentence that says what to do."""

from collections.abc import Iterable


class EngineError(Exception):
    """Base of all errors the engine raises on purpose; `str(error)` is fit to show to a person."""


class InvalidSetting(EngineError):
    """A setting lies outside its allowed set."""


class InvalidInput(EngineError):
    """An image, dataset or file cannot be used; the message says why and what would work."""


class UnknownName(EngineError, KeyError):
    """A registry has no entry of that name; the message lists the valid ones."""

    def __str__(self) -> str:
        return str(self.args[0])  # a KeyError would show its repr


class NotCertifiable(EngineError):
    """No radius can be proved under these settings."""


class IntegrityError(EngineError):
    """Stored bytes are not what their record says: a changed weight file, a tampered certificate."""


class MissingPackage(EngineError):
    """What was asked for needs a package that is not installed; the message says how to get it."""


class DownloadFailed(EngineError):
    """A download that was asked for did not succeed; nothing of it is left behind."""


class Cancelled(EngineError):
    """The work was cancelled between two batches."""


class QueueFull(EngineError):
    """The job queue holds as many jobs as it may."""


def unknown_name(kind: str, name: object, known: Iterable[str]) -> UnknownName:
    """Build the error for a name that a registry does not have."""
    return UnknownName(f"unknown {kind} {name!r:.60}; known: {', '.join(sorted(known))}")
