"""Whether a model is still the one that a certificate names."""

from engine.core.errors import EngineError
from engine.core.verification import Check
from engine.models.catalogue import check_weights, model_info


def weights_check(name: str, sha256: str, classes: tuple[str, ...]) -> Check:
    """Whether the weights of that name and their classes are those recorded; their file is hashed.

    >>> from engine.models.catalogue import model_info
    >>> info = model_info("street-noise25")
    >>> weights_check(info.name, info.weights_sha256, info.labels.classes).detail
    'the weights of street-noise25 are the ones recorded'
    """
    try:
        info = model_info(name)
        check_weights(name)
    except EngineError as error:
        return Check(name="weights", passed=False, detail=str(error))
    if info.weights_sha256 != sha256:
        detail = f"the certificate was made with other weights of {name} (sha256 {sha256[:12]}...)"
        return Check(name="weights", passed=False, detail=detail)
    if info.labels.classes != classes:
        return Check(name="weights", passed=False, detail=f"the recorded classes are not those of {name}")
    return Check(name="weights", passed=True, detail=f"the weights of {name} are the ones recorded")
