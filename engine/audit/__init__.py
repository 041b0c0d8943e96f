"""The validity harness: is every promise kept, on models whose true probabilities are known? Are known faults seen?"""

from engine.audit.faults import Fault, faults, measure_fault
from engine.audit.rows import AuditReport, AuditRow, FaultRow
from engine.audit.run import run_audit

__all__ = ["AuditReport", "AuditRow", "Fault", "FaultRow", "faults", "measure_fault", "run_audit"]
