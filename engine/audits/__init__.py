"""Audits: the measured error of every procedure, certificates under attack, speed against the limit."""

from engine.audits.error_control import Fault, FaultRow, faults, measure_fault

__all__ = ["Fault", "FaultRow", "faults", "measure_fault"]
