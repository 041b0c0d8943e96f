"""How much memory a network takes for a batch, measured by running it once."""

from collections.abc import Callable

import torch
from torch import Tensor, nn


@torch.no_grad()
def measured_bytes(network: nn.Module, example: Tensor, beside: Callable[[Tensor], int] = lambda _: 0) -> int:
    """Bytes that one pass over `example` (B, 3, H, W) takes beyond weights and input, at least 1; and those that
    `beside` says are needed for what it gives.

    On CUDA the allocator's own peak; elsewhere the outputs of all layers together, which bounds what lives at once
    from above as long as layers free what they are done with.
    """
    if example.device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(example.device)
        before = torch.cuda.memory_allocated(example.device)
        given = network(example)
        return max(1, torch.cuda.max_memory_allocated(example.device) - before) + beside(given)
    total = 0

    def count(_: nn.Module, __: object, output: object) -> None:
        nonlocal total
        if isinstance(output, Tensor):
            total += output.numel() * output.element_size()

    layers = [module for module in network.modules() if not any(module.children())]
    handles = [layer.register_forward_hook(count) for layer in layers]
    try:
        given = network(example)
    finally:
        for handle in handles:
            handle.remove()
    return max(1, total) + beside(given)
