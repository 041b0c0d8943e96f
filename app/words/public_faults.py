"""Faults found in public certification code: the repository, what goes wrong there, and the file that shows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFault:
    """number: as in METHOD, section 10. commit: of the repository on GitHub, in which `file` was read."""

    number: int
    repository: str
    commit: str
    file: str
    wrong: str

    @property
    def source(self) -> str:
        """Where the file can be read as it was."""
        return f"https://github.com/{self.repository}/blob/{self.commit}/{self.file}"


_SEGCERTIFY = ("eth-sri/segmentation-smoothing", "937d8f63ecb49886545587f1a83bc62cbda2ce66")
_DENOISECERTIFY = ("othmanela/certified_segmentation", "2ae23e4cfb8a9a7267e72598176a3439436965c2")
_IMAGES, _CLOUDS = "HRNet-Semantic-Segmentation", "code/patch_Pointnet_Pointnet2_pytorch"
_PLACES = ((*_SEGCERTIFY, f"code/patch_{_IMAGES}"), (*_DENOISECERTIFY, f"code/{_IMAGES}"))


def _in_both(number: int, file: str, wrong: str) -> tuple[PublicFault, ...]:
    """`file` below the folder of images, or from the root where it begins with a slash."""
    return tuple(
        PublicFault(
            number=number,
            repository=repository,
            commit=commit,
            file=file[1:] if file.startswith("/") else f"{folder}/{file}",
            wrong=wrong,
        )
        for repository, commit, folder in _PLACES
    )


def _in_segcertify(number: int, file: str, wrong: str) -> PublicFault:
    repository, commit = _SEGCERTIFY
    return PublicFault(number=number, repository=repository, commit=commit, file=file, wrong=wrong)


PUBLIC_FAULTS: tuple[PublicFault, ...] = (
    *_in_both(1, "lib/datasets/base_dataset.py", "the last noisy copy of a batch stands in for all of them"),
    *_in_both(2, "/code/multiclassify_utils.py", "rank i of the k-FWER is tested at kα/(N+1-i)"),
    _in_segcertify(
        4, f"code/patch_{_IMAGES}/tools/attack.py", "the projection onto the budget is computed and dropped"
    ),
    _in_segcertify(
        7, f"{_CLOUDS}/test_partseg_smooth_rot.py", "rotation vectors in space are certified as if they added"
    ),
    _in_segcertify(9, f"{_CLOUDS}/test_partseg_smooth.py", "the best of all 50 parts is shifted by the shape's first"),
    *_in_both(10, "tools/test_smoothing.py", "with --unscaled, height and width change places in a resize"),
    *_in_both(12, "tools/test_smoothing.py", "abstained and absent classes count as an IoU of 0"),
    *_in_both(13, "/code/multiclassify_utils.py", "the test is a SciPy function that was removed"),
    _in_segcertify(17, f"{_CLOUDS}/test_partseg_smooth.py", "noise is drawn and added in float32"),
)
"""Those in the code of SegCertify and of DenoiseCertify, as their papers name it."""
