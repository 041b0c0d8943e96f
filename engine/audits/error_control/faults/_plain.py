"""Where most faults show: pixels that are independent of each other, every class at exactly tau, tested by Holm."""

from engine.audits.error_control.models import AT_TAU, INDEPENDENT, Scenario
from engine.certification.settings import Settings

PLAIN = Scenario(dependence=INDEPENDENT, pattern=AT_TAU)
HOLM = Settings(sigma=0.25, tau=0.75, n0=21, n=100, alpha=0.1, correction="holm")
