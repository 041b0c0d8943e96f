"""Options of runs on shapes that take no time. No test in here."""

SMALL = ["--points", "64", "--n0", "3", "--n", "40", "--tau", "0.6", "--precision", "fp32", "--device", "cpu"]
