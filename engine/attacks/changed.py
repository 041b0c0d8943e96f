"""An input after a change of known amounts."""

from collections.abc import Mapping

import numpy as np
import torch

from engine.changes import Change
from engine.core.errors import InvalidSetting
from engine.inputs.changed import changed_image
from engine.inputs.clouds import Cloud, changed_cloud
from engine.inputs.subject import Image, Subject


def changed_input(subject: Subject, change: Change, amounts: Mapping[str, float]) -> Subject:
    """The input after a change of these amounts, in float64; parameters that are not named are neutral.

    Raises InvalidSetting for a change of another kind of input or an amount that it does not have, InvalidInput.

    >>> import engine
    >>> grey = engine.inputs.image_from_array(np.full((48, 64, 3), 0.5))
    >>> float(changed_input(grey, engine.changes.changes["brightness"], {"brightness": 0.25}).values.max())
    0.75
    """
    change.check_input(subject.kind)
    names = [one.name for one in change.parameters]
    unknown = [name for name in amounts if name not in names]
    if unknown:
        raise InvalidSetting(f"{change.name} is told by {', '.join(names)}, not by {unknown[0]!r:.40}")
    values = torch.tensor([amounts.get(one.name, one.neutral) for one in change.parameters], dtype=torch.float64)
    moved = change.apply(torch.from_numpy(np.array(subject.values, dtype=np.float64)), values).numpy()
    if isinstance(subject, Cloud):
        return changed_cloud(subject, moved)
    assert isinstance(subject, Image)
    return changed_image(subject, moved)
