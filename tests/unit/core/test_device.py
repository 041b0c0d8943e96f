"""Mixed precision only where the processor computes it: elsewhere it would be emulated, and slower than none."""

from __future__ import annotations

import pytest
import torch

from engine.core import device

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


@pytest.mark.parametrize(
    ("capabilities", "native"),
    [({}, False), ({"avx512_bf16": True}, True), ({"amx_bf16": True}, True), ({"arm_bf16": True}, True),
     ({"avx2": True, "avx512_f": True, "avx512_bf16": False}, False)],
)  # fmt: skip
def test_on_a_cpu_it_follows_its_units(
    capabilities: dict[str, bool], native: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    layer, values = torch.nn.Linear(3, 2), torch.ones(1, 3)
    with device.mixed_precision(CPU):
        assert layer(values).dtype == (torch.bfloat16 if native else torch.float32)
    assert device.choose_compute("cpu").precision == ("bf16" if native else "fp32")


@pytest.mark.parametrize("native", [False, True])
def test_on_a_gpu_emulation_does_not_count(native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def supported(*, including_emulation: bool) -> bool:
        asked.append(including_emulation)
        return native

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
    monkeypatch.setattr(torch, "autocast", lambda kind, *, dtype, enabled: (kind, dtype, enabled))
    assert device.mixed_precision(CUDA) == ("cuda", torch.bfloat16, native)
    assert asked == [False]
