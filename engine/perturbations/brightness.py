"""Any brightness with any small change beside it, certified by a random brightness and noise of every value."""

from scipy.stats import norm

from engine.changes import Parameter, changes
from engine.perturbations._additive import additive, misplaced_by
from engine.perturbations._limits import check_limits
from engine.perturbations._regions import Ellipse, Region
from engine.perturbations.base import Amounts, Family, Second

CHANGE = changes["brightness"]
BESIDE = Parameter(name="l2", title="l2 size of any other change", neutral=0.0, low=0.0, high=1.0)


def family_of(strength: float) -> Family:
    """The family whose random brightness has that standard deviation, in intensities.

    The noise is (b, z): x + b 1 + sigma z. A picture x + b' 1 + d has that of x with (b, z) moved by (b', d / sigma),
    in deviations by ((b' / strength)^2 + (|d| / sigma)^2)^(1/2): the l2 rule on all d + 1 numbers. What a picture is
    that was clipped or rounded afterwards, and how much of its change is brightness, is for `covered_levels`.
    """

    def region(*, sigma: float, tau: float, floor: float = 0.5) -> Region:
        check_limits(sigma=sigma, tau=tau, floor=floor)
        far = float(norm.ppf(tau) - norm.ppf(floor))
        return Ellipse(parameters=(*CHANGE.parameters, BESIDE), axes=(strength * far, sigma * far))

    return Family(
        name="brightness",
        title="Brightness, and any small change beside it",
        unit="brightness that is added to all intensities in [0, 1], with no other change",
        assumes="one Gaussian number for the whole picture, added to all intensities, of standard deviation "
        f"{strength:g}, and beside it independent Gaussian noise of standard deviation sigma on every channel of every "
        "pixel, never clamped",
        source="Cohen et al. 2019, Theorem 1, on brightness and pixels together",
        inputs=("image",),
        perturb=additive(lambda out, source: source.normal(out), common=strength),
        region=region,
        measure=Amounts(change=CHANGE, beside=BESIDE.name),
        misplaced=misplaced_by(drawn=17.0, size=1.6, density=0.4, common=strength),
        second=Second(
            title="Standard deviation of the brightness", unit="intensities in [0, 1]", default=0.2, low=0.01, high=1.0,
            at=family_of,
        ),
    )  # fmt: skip


FAMILY = family_of(0.2)
