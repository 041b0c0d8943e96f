"""How much memory a network takes for a batch, measured by running it once."""

from __future__ import annotations

import torch
from torch import Tensor, nn


@torch.no_grad()
def measured_bytes(network: nn.Module, example: Tensor) -> int:
    """Bytes that one pass over `example` (B, 3, H, W) takes beyond weights and input, at least 1.

    On CUDA the allocator's own peak; elsewhere the outputs of all layers together, which bounds what lives at once
    from above as long as layers free what they are done with.
    """
    if example.device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(example.device)
        before = torch.cuda.memory_allocated(example.device)
        network(example)
        return max(1, torch.cuda.max_memory_allocated(example.device) - before)
    total = 0

    def count(_: nn.Module, __: object, output: object) -> None:
        nonlocal total
        if isinstance(output, Tensor):
            total += output.numel() * output.element_size()

    layers = [module for module in network.modules() if not any(module.children())]
    handles = [layer.register_forward_hook(count) for layer in layers]
    try:
        network(example)
    finally:
        for handle in handles:
            handle.remove()
    return max(1, total)
