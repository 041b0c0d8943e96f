"""Networks whose answer on an input depends on what else is in the batch: their draws are not independent.

Batch normalisation by the batch's own statistics is the usual cause, a wrong index over the batch another. Either may
show at one batch size and not at the next, so a network is tried on the noisy inputs that it is asked about, once for
each size of batch and input, before anything is made of its answers.
"""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from engine.core.errors import InvalidInput
from engine.models.base import BaseModel, Labelling

_ANY: tuple[int, ...] = ()
_REPEATS = 4.0  # times what asking again changes, on average
_NOTHING = 1e-6  # of the mean logit, or of the labels: allowed where place and company's number are the same
_LABELS = 0.005  # may change by rounding where the place is another; 0.001 was seen in bf16
_OTHER = 0.05  # of what another draw changes, likewise; coupling seen there is as large as that

_seen: WeakKeyDictionary[nn.Module, set[tuple[int, ...]]] = WeakKeyDictionary()  # a cache, by network


def trust(network: nn.Module) -> None:
    """Leave out the trial for a network that is known to answer for every input alone."""
    _sizes(network).add(_ANY)


def know_alike(network: nn.Module, other: nn.Module) -> nn.Module:
    """The first network, of which from now on is known what is known of the other, that it was made of."""
    _seen[network] = _sizes(other)
    return network


def tried(model: BaseModel, batch: Tensor) -> bool:
    """Whether it is known that the model answers for every input alone in batches of this size, (B, *N, C)."""
    return len(batch) == 1 or not _sizes(model.network).isdisjoint((_ANY, tuple(batch.shape)))


@torch.inference_mode()
def labels_alone(model: BaseModel, batch: Tensor) -> Tensor:
    """As `BaseModel.predict`, which it costs once more at the first batch (B, *N, C) of every size.

    Random numbers that others draw stay the same. Raises InvalidInput for a network that couples this batch.

    >>> import engine
    >>> from dataclasses import replace
    >>> model = engine.load_model("street-noise25", engine.core.choose_compute("cpu", "fp32"))
    >>> batch = torch.rand(4, 48, 64, 3)
    >>> bool((labels_alone(model, batch) == model.predict(batch)).all())
    True
    >>> centred = torch.nn.BatchNorm2d(3, affine=False)  # in training mode
    >>> labels_alone(replace(model, network=centred), batch)
    Traceback (most recent call last):
    engine.core.errors.InvalidInput: street-noise25 answers differently for an input when others are beside it in the \
batch, so its draws would not be independent; export it in evaluation mode
    """
    if tried(model, batch):
        return model.predict(batch)
    images = model.inputs(batch)
    answers = _answers(model.network, images)
    _compare(model.network, images, answers, model.info.name)
    _sizes(model.network).add(tuple(batch.shape))
    return answers.argmax(dim=1) if answers.is_floating_point() else answers


@torch.inference_mode()
def refuse_coupled(network: nn.Module, images: Tensor, name: str) -> None:
    """Raises InvalidInput if what a network says of an image in this batch depends on the others, (B, 3, H, W)."""
    _compare(network, images, _answers(network, images), name)


def _compare(network: nn.Module, inputs: Tensor, answers: Tensor, name: str) -> None:
    """Raises InvalidInput if the answers on a batch, logits or labels, are not those on every input alone.

    The network is asked again with one input in its place, others in places of others, and blank ones in the rest. In
    its place an input meets the same arithmetic, so its answer may change by next to nothing, however little the
    statistics of a batch are felt: on CPUs, in fp32 and bf16, not a bit changed. Elsewhere last digits may differ, but
    not by a share of what another draw would change. No two inputs shown are alike, and the input of a place that is
    left blank is shown elsewhere; so a place that reads another is seen, whichever they are. Of networks with
    randomness of their own, what asking again changes is allowed for.
    """
    floating = answers.is_floating_point()
    size = answers.abs().float().nan_to_num(0.0, 0.0, 0.0).mean() if floating else torch.ones(())
    rounding = size * (2.0 * torch.finfo(answers.dtype).eps if floating else _LABELS)
    rounding = rounding + _OTHER * _apart(answers, answers, [(slot - 1, slot) for slot in range(len(answers))]).mean()
    with torch.random.fork_rng(devices=[inputs.device] if inputs.device.type == "cuda" else []):
        for places in _arrangements(len(inputs)):
            shown = torch.zeros_like(inputs)  # laid out in memory as the batch was
            for place, source in places:
                shown[place] = inputs[source]
            changed = _apart(_answers(network, shown), answers, places)
            if not changed.any():
                continue
            again = _apart(_answers(network, inputs), answers, [(slot, slot) for slot in range(len(answers))]).mean()
            for (place, source), change in zip(places, changed, strict=True):
                if change > _REPEATS * again + (_NOTHING * size if place == source else rounding):
                    raise InvalidInput(
                        f"{name} answers differently for an input when others are beside it in the batch, so its draws "
                        "would not be independent; export it in evaluation mode"
                    )


def _arrangements(count: int) -> list[list[tuple[int, int]]]:
    """Ways to fill a batch with inputs of a batch: (place, whose input it gets); other places are left blank."""
    if count == 2:
        return [[(0, 0)], [(1, 1)]]
    first, *rest = torch.randperm(count, generator=torch.Generator().manual_seed(count)).tolist()
    return [[(first, first), *zip(rest, rest[len(rest) // 2 :], strict=False)]]


def _answers(network: nn.Module, inputs: Tensor) -> Tensor:
    """Logits (B, classes, *N); where a network lays none out, labels, int64 (B, *N)."""
    answers: Tensor = network.labels(inputs) if isinstance(network, Labelling) else network(inputs)
    return answers


def _apart(answers: Tensor, others: Tensor, pairs: Sequence[tuple[int, int]]) -> Tensor:
    """How far answers are from others, float32 (pairs,): mean difference of logits, or share of labels."""
    return torch.stack([_distance(answers[one], others[other]) for one, other in pairs])


def _distance(one: Tensor, other: Tensor) -> Tensor:
    if not one.is_floating_point():
        return (one != other).float().mean()
    return (one.float() - other.float()).abs().nan_to_num(0.0).mean()  # both -inf, as of a class that is left out


def _sizes(network: nn.Module) -> set[tuple[int, ...]]:
    return _seen.setdefault(network, set())
