"""ADE20K's scene parsing benchmark (Zhou et al. 2017): the archive ADEChallengeData2016.

ROOT is that folder or the one it was unpacked into. Images are images/{training,validation}/*.jpg, labels are
annotations/{training,validation}/*.png: 0 is void, 1..150 are the classes 0..149. The splits are also called `train`
and `val`.
"""

from pathlib import Path

from engine.inputs.datasets._label_files import PairedDataset, one_based_table
from engine.inputs.datasets._tree import same_stem_pairs
from engine.inputs.datasets.base import DatasetSource
from engine.inputs.folders import check_split, release
from engine.inputs.labels.ade20k import SPACE

_LAYOUT = "ROOT/images/{training,validation}/*.jpg and ROOT/annotations/{training,validation}/*.png, 0 is void"
_SPLITS = {"train": "training", "training": "training", "val": "validation", "validation": "validation"}


def open_ade20k(root: Path, split: str) -> PairedDataset:
    """One split of ADE20K, by name. Raises InvalidInput."""
    folder = release(root, "ADEChallengeData2016")
    check_split(split, _SPLITS, folder, _LAYOUT)
    items = same_stem_pairs(folder / "images" / _SPLITS[split], folder / "annotations" / _SPLITS[split], _LAYOUT)
    table = one_based_table(len(SPACE))
    return PairedDataset(SPACE, items, lambda _: table)


DATASET = DatasetSource(name="ade20k", title="ADE20K scenes (150 classes)", layout=_LAYOUT, open=open_ade20k)
