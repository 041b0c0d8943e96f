"""A pytest plugin, `-p tests.material.precision`: what `auto` chooses is set by CERTISCOPE_PRECISION, bf16 or fp32.

By itself it is bf16 where the processor computes that natively, so a suite that passes here may fail elsewhere.
"""

from __future__ import annotations

import os

from engine.core import device

device._native_bf16 = lambda _: os.environ["CERTISCOPE_PRECISION"] == "bf16"
