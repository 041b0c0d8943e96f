"""A compact PointNet++ that gives every point of a shape of known category its part.

Two levels of set abstraction (centres spread over the shape, each a summary of its neighbours), a summary of the whole
shape, and the way back to the points by interpolation. Linear layers on features run before features are gathered
or interpolated, once a point and not once a neighbour. On CPUs, in evaluation, samples go through one by one: the
activations of one stay in the cache, and an answer is bit for bit the same in any batch.

Source: Qi et al. 2017, "PointNet++: Deep Hierarchical Feature Learning on Point Sets in a Metric Space".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as functional
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_linear_bn_eval

from engine.models.architectures._point_sets import (
    NEAREST,
    carry,
    farthest_points,
    highest,
    inverse_distance_weights,
    nearest_points,
    take,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartNetSpec:
    """Sizes of a PartNet; `parts` counts those of all categories together, `normals` says if it reads them.

    For the two levels: `centres`, `neighbours` of each, `reaches` (the usual distance of a neighbour, by which offsets
    are divided), and `first` and `second`, the widths of their layers, two or more each. `scene` are the widths of the
    whole shape's summary, `back` those of the layers on the way back: at the second level, at the first, at the points.
    `dropout` is the share of features left out before the last layer, in training only.
    """

    parts: int
    categories: int
    normals: bool
    centres: tuple[int, int] = (512, 128)
    neighbours: tuple[int, int] = (24, 24)
    reaches: tuple[float, float] = (0.15, 0.4)
    first: tuple[int, ...] = (32, 64, 128)
    second: tuple[int, ...] = (128, 256)
    scene: tuple[int, ...] = (256, 512)
    back: tuple[int, int, int] = (256, 128, 128)
    dropout: float = 0.2


class PartNet(nn.Module):
    """Maps points (B, P, 3 or 6) and categories, int64 (B,), to logits (B, parts, P); any P >= 16.

    Channels are positions in the unit ball, then unit normals; a network without normals leaves those out. Positions
    should come in float32, the precision of all geometry; layers run in that of the weights, or of autocast. No random
    numbers in evaluation; permuted points give permuted logits but for ties; gradients reach the positions through
    offsets and interpolation, with neighbours held fixed.
    """

    def __init__(self, spec: PartNetSpec) -> None:
        super().__init__()
        self.spec = spec
        channels = 6 if spec.normals else 3
        at2, at1, at0 = spec.back
        self.first = _Abstraction(channels, spec.first, spec.reaches[0])
        self.second = _Abstraction(spec.first[-1], spec.second, spec.reaches[1])
        self.scene = _Abstraction(spec.second[-1], spec.scene, 1.0)
        self.back2 = _Joint((spec.second[-1], spec.scene[-1]), at2)
        self.mix2 = _Joint((at2,), at2)
        self.back1 = _Joint((spec.first[-1], at2), at1)
        self.mix1 = _Joint((at1,), at1)
        self.back0 = _Joint((channels, at1, spec.categories), at0)
        self.mix0 = _Joint((at0,), at0)
        self.dropout = nn.Dropout(spec.dropout)
        self.classify = nn.Linear(at0, spec.parts)

    def forward(self, values: Tensor, category: Tensor) -> Tensor:
        """Raises ValueError if normals are wanted and not there."""
        channels = 6 if self.spec.normals else 3
        if values.shape[-1] < channels:
            raise ValueError(f"this network reads {channels} values a point (normals too), got {values.shape[-1]}")
        values = values[..., :channels].float()
        kinds = functional.one_hot(category, self.spec.categories).to(self.classify.weight.dtype)
        alone = values.device.type == "cpu" and not self.training
        size = 1 if alone else max(1, len(values))
        parts = zip(*(torch.split(x, size) for x in (values, kinds, *self._near(values[..., :3]))), strict=True)
        return torch.cat([self._logits(*part) for part in parts]).transpose(1, 2)

    def _near(self, points: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Which points are centres, int64 (B, M), and who is near whom, int64 (B, ..., k): the neighbours of the first
        centres and of the second, and on the way back those of the first centres and of the points."""
        centres = farthest_points(points, self.spec.centres[0])
        points1 = take(points, centres)
        points2 = points1[:, : self.spec.centres[1]]  # a beginning of the spread-out centres is as well spread
        return (
            centres,
            nearest_points(points1, points, self.spec.neighbours[0]),
            nearest_points(points2, points1, self.spec.neighbours[1]),
            nearest_points(points1, points2, NEAREST),
            nearest_points(points, points1, NEAREST),
        )

    def _logits(
        self,
        values: Tensor,
        kinds: Tensor,
        centres: Tensor,
        near1: Tensor,
        near2: Tensor,
        back1: Tensor,
        back0: Tensor,
    ) -> Tensor:
        """Logits (B, P, parts) of points, one-hot categories (B, categories), and what `_near` says of them."""
        points = values[..., :3]
        points1 = take(points, centres)
        points2 = points1[:, : self.spec.centres[1]]
        values = values.to(kinds.dtype)
        features1 = self.first(points, values, points1, near1)
        features2 = self.second(points1, features1, points2, near2)
        everything = torch.arange(points2.shape[1], device=points.device).expand(len(points), 1, -1)
        scene = self.scene(points2, features2, torch.zeros_like(points[:, :1]), everything)
        features2 = self.mix2([self.back2([features2, scene])])
        way1 = back1, inverse_distance_weights(points1, points2, back1)
        features1 = self.mix1([self.back1([features1, features2], [None, way1])])
        kinds = kinds[:, None]
        way0 = back0, inverse_distance_weights(points, points1, back0)
        features = self.mix0([self.back0([values, features1, kinds], [None, way0, None])])
        logits: Tensor = self.classify(self.dropout(features))
        return logits

    def fuse(self) -> PartNet:
        """Fold batch normalisation into the linear layers, in place; for inference and attacks, never for training."""
        self.eval()
        for module in self.modules():
            if isinstance(module, _Joint):
                module.fuse()
        return self


_Way = tuple[Tensor, Tensor]
"""How values at points (B, M, 3) come to queries (B, Q, 3): indices and weights of the nearest, (B, Q, k) each."""


class _Joint(nn.Module):
    """ReLU of the batch-normalised sum of a linear map of each input: a layer on the concatenation of them all.

    Inputs are (B, ..., channels) of shapes that broadcast; one with a way is carried along it, after its map.
    """

    def __init__(self, inputs: Sequence[int], outputs: int) -> None:
        super().__init__()
        fan_in = sum(inputs)
        self.maps = nn.ModuleList(nn.Linear(channels, outputs, bias=False) for channels in inputs)
        self.norm: nn.Module = nn.BatchNorm1d(outputs)
        for linear in self.linears():  # as one layer of all the inputs would start
            nn.init.uniform_(linear.weight, -(fan_in**-0.5), fan_in**-0.5)

    def linears(self) -> list[nn.Linear]:
        """The linear map of each input."""
        return [linear for linear in self.maps if isinstance(linear, nn.Linear)]

    def forward(self, inputs: Sequence[Tensor], ways: Sequence[_Way | None] = ()) -> Tensor:
        mapped = [linear(x) for linear, x in zip(self.maps, inputs, strict=True)]
        if ways:
            mapped = [x if way is None else carry(x, *way) for x, way in zip(mapped, ways, strict=True)]
        return functional.relu(self.normalised(mapped), inplace=True)

    def normalised(self, mapped: Sequence[Tensor]) -> Tensor:
        """What comes before the ReLU, of the mapped inputs; the first has the shape of the result."""
        total, *others = mapped
        for other in others:
            total = total.add_(other)
        normal: Tensor = self.norm(total.flatten(0, -2)).view_as(total)
        return normal

    def fuse(self) -> None:
        if isinstance(self.norm, nn.BatchNorm1d):
            first, *others = (fuse_linear_bn_eval(linear, self.norm) for linear in self.linears())
            for linear in others:
                linear.register_parameter("bias", None)  # the shift is in the sum once
            self.maps = nn.ModuleList([first, *others])
            self.norm = nn.Identity()


class _Abstraction(nn.Module):
    """A small network on the neighbours of each centre, in coordinates about it, and the maximum over them."""

    def __init__(self, channels: int, widths: tuple[int, ...], reach: float) -> None:
        super().__init__()
        self.reach = reach
        self.gather_first = channels < widths[0]
        self.enter = _Joint((3, channels), widths[0])
        self.layers = nn.ModuleList(_Joint((a,), b) for a, b in pairwise(widths))

    def forward(self, points: Tensor, features: Tensor, centres: Tensor, near: Tensor) -> Tensor:
        """From points (B, P, 3) with features (B, P, C) to features (B, M, width) of centres (B, M, 3).

        `near`, int64 (B, M, k), are the neighbours. Offsets are taken in the precision of the points: the difference of
        two features of positions would lose them in bfloat16.
        """
        offsets = ((take(points, near) - centres[:, :, None]) / self.reach).to(features.dtype)
        offset, feature = self.enter.maps
        around = feature(take(features, near)) if self.gather_first else take(feature(features), near)
        x = functional.relu(self.enter.normalised([offset(offsets), around]), inplace=True)
        *inner, last = self.layers
        for layer in inner:
            x = layer([x])
        assert isinstance(last, _Joint)
        top = highest(last.normalised([last.maps[0](x)]))  # the maximum first: there are fewer values to cut off
        return functional.relu(top)  # not in place: the gradient of the maximum needs it as it is
