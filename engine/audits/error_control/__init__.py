"""The validity harness: is every promise kept, on models whose true probabilities are known? Are known faults seen?"""

from engine.audits.error_control.faults import Fault, faults, measure_fault
from engine.audits.error_control.rows import AuditReport, AuditRow, FaultRow
from engine.audits.error_control.run import run_audit

__all__ = ["AuditReport", "AuditRow", "Fault", "FaultRow", "faults", "measure_fault", "run_audit"]
