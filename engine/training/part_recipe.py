"""Everything that decides the weights of a part model, apart from the meshes themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from engine.core.errors import InvalidSetting
from engine.models.architectures.part_net import PartNetSpec
from engine.training.part_categories import CATEGORIES, count_parts
from engine.training.shape_views import ROTATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsRecipe:
    """Raises InvalidSetting for a rotation that is unknown or a `spec` that does not count as `categories` do.

    The rate rises over `warmup` steps and falls as a cosine to the last; `ema` is the decay of the averaged weights.
    `sigma` is that of the noise on positions, in radii of the shape; it is left out for `clean_share` of the examples
    and random for `random_sigma_share`. Parts count by their frequency to the power -`part_weight_power`; of what a
    point should answer, `label_smoothing` is spread over the parts of its category.

    A view of a shape has `points` of the `pool` points sampled of it. It is turned as `rotation` says: "full" (any
    way up), "z" (about the axis that points up in the project's own shapes) or "none". Full is right for shapes of
    viewers, which lie any way up, as do those of the benchmark, and for smoothing over rotations. It is stretched along
    each axis by a factor between those of `stretch`, mirrored half of the time, and every position is off by a normal
    `jitter` in radii: shapes as they are, so it counts as no noise.

    Of the examples `own_share` are shapes that the project builds, `own_count` for each category that it can build.
    The others are of `dataset`: of its split `split`, or where that is empty of all but fold `fold` of the Princeton
    benchmark. Of shapes that are points, `pool` are drawn, each once before any comes again.
    """

    starts_from: ClassVar[str] = ""

    name: str
    title: str
    sigma: float
    spec: PartNetSpec
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(CATEGORIES))
    steps: int = 4_000
    batch: int = 8
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.03
    warmup: int = 300
    ema: float = 0.998
    clean_share: float = 0.1
    random_sigma_share: float = 0.12
    label_smoothing: float = 0.05
    part_weight_power: float = 0.15
    points: int = 2048
    pool: int = 16_384
    rotation: str = "full"
    stretch: tuple[float, float] = (0.8, 1.25)
    jitter: float = 0.0
    dataset: str = "psb"
    split: str = ""
    own_share: float = 0.15
    own_count: int = 12
    fold: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.rotation not in ROTATIONS:
            raise InvalidSetting(f"rotation must be one of {', '.join(ROTATIONS)}, got {self.rotation!r:.40}")
        wanted = (count_parts(self.categories), len(self.categories))
        if (self.spec.parts, self.spec.categories) != wanted:
            raise InvalidSetting(
                f"the network of {self.name} must have (parts, categories) = {wanted}, "
                f"got {(self.spec.parts, self.spec.categories)}"
            )
        if not 16 <= self.points <= self.pool:
            raise InvalidSetting(f"points must lie in [16, {self.pool}], the points of the pool, got {self.points}")
