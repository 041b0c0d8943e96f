"""Audits: the measured error of every procedure, certificates under attack, speed against the limit."""
