"""The lessons, in the order in which they build on each other. A new one is one file and one entry here."""

from app.lessons import coin, dimension, faults, lipschitz, many, patches, plane, which_changes
from app.lessons.base import Lesson

LESSONS: tuple[Lesson, ...] = (
    plane.LESSON,
    coin.LESSON,
    many.LESSON,
    dimension.LESSON,
    faults.LESSON,
    lipschitz.LESSON,
    which_changes.LESSON,
    patches.LESSON,
)
