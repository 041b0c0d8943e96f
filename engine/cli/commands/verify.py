"""verify: check a saved certificate against everything it claims."""

import argparse
from dataclasses import asdict
from pathlib import Path

from engine.certification.certificates import Certificate
from engine.cli.command import NO_CERTIFICATE, Command
from engine.cli.options import read_subject, read_working
from engine.cli.output import left_open, print_json
from engine.core.errors import InvalidSetting
from engine.core.files import read_bytes
from engine.inputs.subject import Image
from engine.patches import PatchCertificate, is_patch_certificate

_EXIT_FAILED = 1
_DESCRIPTION = """Recomputes every decision from the counts. Exits with 0 if the certificate holds, with 1 if a check
fails, and with 3 if all checks pass but it is none: what a false discovery rate selected promises nothing. All of a
certificate against patches is computed again, which needs the image."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("certificate", type=Path, metavar="CERT")
    parser.add_argument(
        "--image", "--shape", dest="subject", type=Path, metavar="FILE", help="the image or shape it is about"
    )
    parser.add_argument(
        "--working", type=Path, metavar="NPY", help="what it is about, exactly: an attacked image or shape"
    )
    parser.add_argument("--resample", action="store_true", help="draw again and compare")
    parser.add_argument("--seed", type=int, help="draw with this seed: an independent replication")
    parser.add_argument("--trust-models", action="store_true", help="load even configured models that run code")


def run(options: argparse.Namespace) -> int:
    from engine.certification.verify import verify

    if options.seed is not None and not options.resample:
        raise InvalidSetting("--seed is for --resample; add it or leave the seed out")
    if options.subject and options.working:
        raise InvalidSetting("--working stands in for --image or --shape; give one of them")
    data = read_bytes(options.certificate)
    if is_patch_certificate(data):
        return _verify_patches(options, PatchCertificate.load(data))
    certificate = Certificate.load(data)
    subject = read_working(options.working) if options.working else None
    if options.subject:
        subject = read_subject(options.subject, certificate.settings)
    outcome = verify(
        certificate, subject=subject, resample=options.resample, seed=options.seed, trust_models=options.trust_models
    )
    checks = [asdict(check) for check in outcome.checks]
    print_json(
        {
            "certificate": outcome.certificate,
            "passed": outcome.passed,
            "consistent": outcome.consistent,
            **(left_open(certificate.settings, certificate.labels.size) if outcome.certificate else {}),
            "checks": checks,
            "taken_on_trust": list(outcome.on_trust),
        }
    )
    if not outcome.consistent:
        return _EXIT_FAILED
    return 0 if outcome.certificate else NO_CERTIFICATE


def _verify_patches(options: argparse.Namespace, certificate: PatchCertificate) -> int:
    """All of it is computed again, whether --resample is given or not."""
    from engine.inputs.images import read_image
    from engine.patches import verify_patches

    if options.seed is not None:
        raise InvalidSetting("there is no chance in a certificate against patches; leave --seed out")
    subject = read_working(options.working) if options.working else None
    if options.subject:
        subject = read_image(options.subject, size=certificate.settings.size)
    if subject is not None and not isinstance(subject, Image):
        raise InvalidSetting("a certificate against patches is about an image, not a shape")
    outcome = verify_patches(certificate, image=subject, trust_models=options.trust_models)
    print_json(
        {
            "certificate": outcome.certificate,
            "passed": outcome.passed,
            "consistent": outcome.consistent,
            "checks": [asdict(check) for check in outcome.checks],
            "taken_on_trust": list(outcome.on_trust),
        }
    )
    return 0 if outcome.passed else _EXIT_FAILED


COMMAND = Command(
    name="verify",
    help="check a certificate; exit 1 if it does not hold",
    description=_DESCRIPTION,
    configure=configure,
    run=run,
)
