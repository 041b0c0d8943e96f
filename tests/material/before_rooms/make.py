"""Makes the files beside this one with the code before the rooms (commit f6b10f6); see README.md. No test in here.

cd CHECKOUT_OF_f6b10f6 && OMP_NUM_THREADS=1 python .../tests/material/before_rooms/make.py
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, replace
from pathlib import Path

sys.path.insert(0, os.getcwd())

import numpy as np  # noqa: I001 - these are that commit's modules
import scipy
import torch
from engine.cli import main
from engine.models import zoo
from engine.models.architectures.pyramid_net import PyramidNet, PyramidNetSpec
from engine.models.publish import publish
from engine.training.loop import save_weights
from engine.training.shape_pools import find_sources, load_pools
from engine.version import VERSION, source_sha256
from PIL import Image
from tests.pictures import street_scene
from tests.tiny_models import forget_models, publish_denoiser, publish_part_model
from tests.unit.clouds.cloud_files import CUBE, CUBE_TRIANGLES, off
from tests.unit.training.tiny_parts import KNOWN, SPEC, tiny

HERE = Path(__file__).resolve().parent
REAL = zoo.ASSETS
CPU = ["--device", "cpu", "--precision", "fp32"]
IMAGE = [*CPU, "--size", "64", "--n0", "5", "--n", "60", "--sigma", "0.02", "--tau", "0.6", "--alpha", "0.1"]
SHAPE = [*CPU, "--points", "64", "--n0", "5", "--n", "60", "--tau", "0.6", "--alpha", "0.1", "--sigma", "0.1"]
CERTIFICATES = {
    "fixed": [],
    "anytime": ["--mode", "anytime", "--stop-at", "0.5"],
    "explore": ["--mode", "explore"],
    "free": ["--mode", "free", "--seed", "4"],
    "fdr": ["--correction", "fdr-by"],
    "budget": ["--correction", "k-step-down", "--budget", "8"],
    "laplace": ["--family", "l1-laplace"],
    "uniform": ["--family", "l1-uniform"],
    "denoised": ["--model", "street-noise25+scale:0.5+single"],
}
CLOUDS = {"cloud": ["--family", "l2"], "turned": ["--family", "so3"], "axis": ["--family", "rotation-axis"]}
SWEEP = ["sweep", "--dataset", "camvid", "--models", "street-noise25", "--denoise", "none,single"]
SWEEP += [
    "--sigmas",
    "0.02,0.1",
    "--taus",
    "0.6,0.75",
    "--corrections",
    "holm,bonferroni",
    "--n0",
    "3",
    "--n",
    "40",
    "--alpha",
    "0.1",
]
SWEEP += ["--size", "64", *CPU]
EVALUATE = ["evaluate", "--dataset", "camvid", *IMAGE]
SHAPES = ["evaluate-shapes", "--dataset", "psb", "--split", "all", "--model", "parts-tiny", "--taus", "0.75", *SHAPE]
AT = 1_700_000_000  # seconds: when every example was last changed, for what a journal notes of it


def run(*arguments: object) -> None:
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = main([str(argument) for argument in arguments])
    assert code == 0, said.getvalue()


def publish_segmenter(folder: Path) -> None:
    torch.manual_seed(5)
    network = PyramidNet(PyramidNetSpec(classes=11, widths=(4, 4, 8, 8), blocks=(1, 1, 1), pool_sizes=(1, 2))).eval()
    row = {
        "name": "street-noise25", "title": "Tiny", "role": "segmenter", "labels": "camvid", "trained_sigma": 0.25,
        "architecture": "pyramid_net", "spec": asdict(network.fuse().spec),
    }  # fmt: skip
    (folder / "street-noise25.md").write_text("# Card\n")
    publish(save_weights(network, folder / "trained.part"), row, folder)


def examples(folder: Path) -> None:
    """Three pictures in CamVid's layout, and three tetrahedra as cups."""
    rng = np.random.default_rng(5)
    for part in ("images", "labels"):
        (folder / "camvid" / "val" / part).mkdir(parents=True)
    for number in range(3):
        labels = np.repeat(np.repeat(rng.integers(0, 12, (4, 8)), 8, axis=0), 8, axis=1).astype(np.uint8)
        picture = np.roll(street_scene(64, 32), 9 * number, axis=1)
        Image.fromarray(picture).save(folder / "camvid" / "val" / "images" / f"{number}.png")
        Image.fromarray(labels).save(folder / "camvid" / "val" / "labels" / f"{number}.png")
    (folder / "psb" / "meshes").mkdir(parents=True)
    (folder / "psb" / "parts.json").write_text(json.dumps({"Cup": ["body", "handle"]}))
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float32)
    faces = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], dtype=np.int32)
    for number in range(3):
        np.savez_compressed(
            folder / "psb" / "meshes" / f"Cup_{number + 1}.npz",
            vertices=corners * (1.0, 1.0, 1.0 + number), faces=faces, face_labels=np.array([0, 0, 1, 1], np.uint8),
        )  # fmt: skip
    for path in [*folder.glob("camvid/**/*"), *folder.glob("psb/**/*")]:
        os.utime(path, (AT, AT))


def half(journal: Path, target: Path) -> None:
    """The journal as a stop would have left it: its heading, one example, and the beginning of a line."""
    lines = journal.read_bytes().split(b"\n")
    target.write_bytes(b"\n".join(lines[:2]) + b"\n" + lines[2][:40])


def make(folder: Path, scratch: Path) -> None:
    (folder / "models").mkdir(parents=True)
    zoo.ASSETS = folder
    publish_segmenter(folder / "models")
    publish_denoiser(folder / "models", "denoise-street")
    publish_part_model(folder / "models")
    (folder / "models" / "trained.part").unlink()
    examples(folder)
    picture, mesh = folder / "street.png", folder / "cube.off"
    Image.fromarray(street_scene(64, 24)).save(picture)
    mesh.write_bytes(off(CUBE, faces=CUBE_TRIANGLES))
    for name, options in CERTIFICATES.items():
        run("certify", picture, "--out", scratch / name, *IMAGE, *options)
        shutil.copy(scratch / name / "certificate.npz", folder / f"{name}.npz")
    for name, options in CLOUDS.items():
        run("certify", mesh, "--out", scratch / name, "--model", "parts-tiny@Cup", *SHAPE, *options)
        shutil.copy(scratch / name / "certificate.npz", folder / f"{name}.npz")
    run(*SWEEP, "--root", folder / "camvid", "--out", scratch / "sweep")
    shutil.copy(scratch / "sweep" / "result.json", folder / "sweep.json")
    half(scratch / "sweep" / "images.jsonl", folder / "sweep-half.jsonl")
    run(*EVALUATE, "--root", folder / "camvid", "--json", folder / "evaluate.json")
    kept = scratch / "shapes.jsonl"
    run(*SHAPES, "--root", folder / "psb", "--json", folder / "shapes.json", "--keep", kept)
    half(kept, folder / "shapes-half.jsonl")
    spec = replace(SPEC, parts=2, categories=1)
    plan = tiny(spec=spec, categories={"Cup": KNOWN["Cup"]}, points=16, pool=32, own_count=1, split="all")
    load_pools(plan, find_sources(plan, folder / "psb"), folder / "pools.npz", lambda _: None)
    zoo.ASSETS = REAL
    forget_models()
    run("certify", picture, "--out", scratch / "shipped", *IMAGE)
    shutil.copy(scratch / "shipped" / "certificate.npz", folder / "shipped.npz")
    made = {
        "commands": {"sweep": SWEEP, "evaluate": EVALUATE, "evaluate-shapes": SHAPES},
        "version": VERSION,
        "source_sha256": source_sha256(),
        "packages": [package.__version__ for package in (torch, np, scipy)],
        "threads": torch.get_num_threads(),
        "changed_at": AT,
    }
    (folder / "made.json").write_text(json.dumps(made) + "\n")


if __name__ == "__main__":
    for path in HERE.iterdir():
        if path.name not in {"make.py", "README.md"}:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    scratch = Path(sys.argv[1] if len(sys.argv) > 1 else "/tmp/before_rooms")
    shutil.rmtree(scratch, ignore_errors=True)
    make(HERE, scratch)
