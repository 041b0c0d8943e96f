"""Where a certificate comes from."""

from dataclasses import dataclass, fields

from engine.core.errors import InvalidInput

_TYPES: dict[str, type] = {
    "classes": tuple,
    "source_size": tuple,
    "versions": dict,
    "seconds_sampling": float,
    "seconds_testing": float,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a certificate comes from: enough to run it again and to check that nothing was exchanged."""

    model: str
    weights_sha256: str
    classes: tuple[str, ...]
    input_sha256: str
    source_sha256: str
    source_size: tuple[int, int]
    device: str
    precision: str
    stopped: str
    versions: dict[str, str]
    seconds_sampling: float
    seconds_testing: float
    created: str

    def __post_init__(self) -> None:
        for field in fields(self):
            value, wanted = getattr(self, field.name), _TYPES.get(field.name, str)
            if not isinstance(value, wanted):
                raise InvalidInput(f"its {field.name} is not a {wanted.__name__}")
        words = [*self.classes, *self.versions, *self.versions.values()]
        if not self.classes or not all(isinstance(word, str) for word in words):
            raise InvalidInput("its classes and versions must be words")
        if len(self.source_size) != 2 or not all(isinstance(side, int) for side in self.source_size):
            raise InvalidInput("its source size is not two whole numbers")
