"""Commands that certify refuse numbers of draws which certify nothing, before the work."""

from collections.abc import Iterable

from engine.certification.settings import Settings
from engine.certification.useful import check_useful
from engine.evaluation.examples import example_image
from engine.evaluation.examples_shapes import read_shape_example
from engine.inputs.datasets import SegmentationDataset
from engine.inputs.shape_datasets import ShapeDataset

OPTION = "--n"


def check_images(variants: Iterable[Settings], source: SegmentationDataset) -> None:
    """Raises InvalidSetting where one of the settings certifies nothing of the dataset's first image, at its working
    size. Those of corrections that make no certificates are refused with other words, elsewhere."""
    wanted, items = _promising(variants), source.items()
    for settings in wanted if items else ():
        check_useful(settings, example_image(source, items[0], settings.size).components, option=OPTION)


def check_shapes(variants: Iterable[Settings], source: ShapeDataset) -> None:
    """The same of its first shape."""
    wanted, items = _promising(variants), source.items()
    for settings in wanted if items else ():
        cloud, _ = read_shape_example(source, items[0], settings.points)
        check_useful(settings, cloud.components, option=OPTION)


def _promising(variants: Iterable[Settings]) -> list[Settings]:
    """Those that make certificates, the largest tau first: it needs most draws."""
    return sorted((each for each in variants if each.procedure.certifies), key=lambda each: -each.tau)
