"""An audit's report as aligned text."""

from collections.abc import Iterator, Sequence

from engine.audits.error_control.rows import AuditReport, AuditRow, FaultRow

_ROW_TITLES = ("procedure", "mode", "claim", "alpha", "families", "errors", "rate", "upper99", "exact", "", "note")
_FAULT_TITLES = ("fault", "model", "alpha", "families", "errors", "rate", "lower99", "sound", "exact", "")


def lines(report: AuditReport) -> Iterator[str]:
    """The claims, model by model, then the faults, then one line of verdict."""
    for model in dict.fromkeys(row.model for row in report.rows):
        yield model
        yield from _aligned([_ROW_TITLES, *(_claim(row) for row in report.rows if row.model == model)])
        yield ""
    yield "faults built in on purpose (sound: the rate without the fault)"
    yield from _aligned([_FAULT_TITLES, *(_fault(row) for row in report.faults)])
    yield ""
    yield verdict(report)


def verdict(report: AuditReport) -> str:
    """One line."""
    held = sum(row.passed for row in report.rows)
    seen = sum(fault.detected for fault in report.faults)
    return (
        f"{'PASSED' if report.passed else 'FAILED'}: {held} of {len(report.rows)} claims hold, {seen} of "
        f"{len(report.faults)} faults detected ({'quick' if report.quick else 'full'} form, seed {report.seed}, "
        f"{report.seconds:.0f} s)"
    )


def _claim(row: AuditRow) -> tuple[str, ...]:
    exact = "-" if row.exact is None else f"{row.exact:.4f}"
    counts = f"{row.repetitions:,}", f"{row.errors:,}", f"{row.rate:.4f}", f"{row.upper99:.4f}"
    outcome = "ok" if row.passed else "FAILED"
    return (row.procedure, row.mode, row.claim, f"{row.alpha:g}", *counts, exact, outcome, row.note)


def _fault(row: FaultRow) -> tuple[str, ...]:
    exact = "-" if row.sound_exact is None else f"{row.sound_exact:.4f}"
    counts = f"{row.repetitions:,}", f"{row.errors:,}", f"{row.rate:.4f}", f"{row.lower99:.4f}"
    outcome = "detected" if row.detected else "MISSED"
    return (row.title, row.model, f"{row.alpha:g}", *counts, f"{row.sound_rate:.4f}", exact, outcome)


def _aligned(table: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Two spaces before every column; numbers, which begin with a digit, to the right, words to the left."""
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    right = [table[-1][column][:1].isdigit() and column > 1 for column in range(len(table[0]))]
    for row in table:
        cells = zip(row, widths, right, strict=True)
        yield "  " + "  ".join(cell.rjust(width) if turn else cell.ljust(width) for cell, width, turn in cells).rstrip()
