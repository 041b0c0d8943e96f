"""The training loop: AdamW, a cosine rate, averaged weights, checkpoints; seeded, and resumable at any step.

Every random choice is a function of (seed, step, position in the batch), so a run that was stopped and resumed sees the
same examples and the same noise as one that was not.
"""

import copy
import json
import time
from collections.abc import Callable
from dataclasses import Field, asdict
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.core.errors import Cancelled, InvalidInput
from engine.core.progress import Cancel, never

Network = TypeVar("Network", bound=nn.Module)
Objective = Callable[[Network, Tensor, Tensor, torch.Generator], Tensor]
"""(network, inputs, targets int64, randomness of this step) -> the loss: of images float32 (B, 3, H, W) in [0, 1] and
targets (B, H, W), or of clouds float32 (B, P, C) and targets (B, P)."""

Examples = torch.utils.data.Dataset[tuple[NDArray[Any], NDArray[Any]]]
"""Example i of a run, for any i: an image float32 (H, W, 3) or a cloud float32 (P, C), and its targets, whole numbers.
It must follow from the seed of the plan and i alone."""


class TrainingPlan(Protocol):
    """What the loop needs of a recipe, which is a frozen dataclass: the fields that `base.Recipe` explains."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def steps(self) -> int: ...
    @property
    def batch(self) -> int: ...
    @property
    def learning_rate(self) -> float: ...
    @property
    def weight_decay(self) -> float: ...
    @property
    def warmup(self) -> int: ...
    @property
    def ema(self) -> float: ...
    @property
    def seed(self) -> int: ...


_LOG_EVERY, _SAVE_EVERY = 100, 500


def optimise(
    network: Network,
    objective: Objective[Network],
    data: Examples,
    plan: TrainingPlan,
    out: Path,
    *,
    log: Callable[[str], None] = print,
    cancelled: Cancel = never,
) -> Network:
    """Train to the last step, from `out`/checkpoint.pt if it is there; returns the averaged network, on the CPU.

    Writes `out`/recipe.json, log.jsonl and checkpoints. Raises Cancelled after writing a
    checkpoint, InvalidInput for a folder with another recipe's.
    """
    recipe = json.dumps(asdict(plan), indent=1)
    kept = out / "recipe.json"
    if (out / "checkpoint.pt").is_file() and kept.is_file() and kept.read_text(encoding="utf-8") != recipe:
        raise InvalidInput(f"{out} holds a checkpoint of another recipe; choose another folder, or delete it")
    kept.write_text(recipe, encoding="utf-8")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network.to(device=device, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    average = copy.deepcopy(network)
    optimizer = torch.optim.AdamW(_parameter_groups(network, plan.weight_decay), lr=plan.learning_rate)
    start = _resume(out / "checkpoint.pt", network, average, optimizer)
    examples = range(start * plan.batch, plan.steps * plan.batch)
    loader = iter(torch.utils.data.DataLoader(data, batch_size=plan.batch, sampler=examples, num_workers=1))
    recent, began = [], time.monotonic()
    for step in range(start, plan.steps):
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * _schedule(step, plan)
        values, targets = next(loader)
        inputs = _as_networks_read_them(values.to(device))
        randomness = torch.Generator(device).manual_seed(plan.seed * 1_000_003 + step)
        loss = objective(network, inputs, targets.to(device).long(), randomness)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimizer.step()
        _average(average, network, min(plan.ema, (step + 1) / (step + 10)))
        recent.append(loss.item())
        if (step + 1) % _LOG_EVERY == 0:
            rate = (time.monotonic() - began) / (step + 1 - start)
            row = {"step": step + 1, "loss": round(float(np.mean(recent)), 4), "seconds_per_step": round(rate, 3)}
            with (out / "log.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            log(json.dumps(row))
            recent = []
        stop = cancelled()
        if (step + 1) % _SAVE_EVERY == 0 or step + 1 == plan.steps or stop:
            _checkpoint(out / "checkpoint.pt", step + 1, network, average, optimizer)
        if stop:
            raise Cancelled(f"stopped after step {step + 1}; run again to go on")
    return average.cpu().eval()


def save_weights(network: nn.Module, path: Path) -> Path:
    """Write what inference needs as float16 safetensors: half the size, no visible loss."""
    state = network.state_dict()
    save_file({name: tensor.to(torch.float16).contiguous() for name, tensor in state.items()}, path)
    return path


def _as_networks_read_them(values: Tensor) -> Tensor:
    """Images (B, H, W, 3) as (B, 3, H, W), channels last in memory; clouds (B, P, C) as they are."""
    if values.ndim == 4:
        return values.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
    return values


def _parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]


def _schedule(step: int, plan: TrainingPlan) -> float:
    if step < plan.warmup:
        return (step + 1) / plan.warmup
    progress = (step - plan.warmup) / max(1, plan.steps - plan.warmup)
    return 0.5 * (1.0 + float(np.cos(np.pi * progress))) + 1e-3


@torch.no_grad()
def _average(average: nn.Module, model: nn.Module, decay: float) -> None:
    for kept, new in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        if kept.dtype.is_floating_point:
            kept.lerp_(new, 1.0 - decay)
        else:
            kept.copy_(new)


def _checkpoint(path: Path, step: int, model: nn.Module, average: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    state = {"step": step, "model": model.state_dict(), "average": average.state_dict(), "opt": optimizer.state_dict()}
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)


def _resume(path: Path, model: nn.Module, average: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    if not path.is_file():
        return 0
    state = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    average.load_state_dict(state["average"])
    optimizer.load_state_dict(state["opt"])
    return int(state["step"])
