"""Part models: what an example is, and trainings made tiny that stop, resume, export and learn.

The benchmark here is generated: shapes of the project's own, or tetrahedra, in psb's layout.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from engine.cli.main import main
from engine.core.device import Compute
from engine.core.errors import Cancelled, InvalidInput, InvalidSetting
from engine.inputs.shape_datasets._shapenet_parts import CATEGORIES as SHAPENET
from engine.inputs.shape_datasets._shapenet_parts import SYNSETS
from engine.models import zoo
from engine.models.architectures.part_net import PartNet
from engine.models.publish import MAX_WEIGHT_BYTES, publish
from engine.synthetic.shapes import shape_categories
from engine.training import tasks
from engine.training.loop import save_weights
from engine.training.objectives import NoiseMix
from engine.training.part_categories import CATEGORIES, first_parts
from engine.training.part_objective import PartsObjective, categories_of
from engine.training.part_recipe import PartsRecipe
from engine.training.parts import RECIPES, manifest_row, train_parts
from engine.training.shape_examples import ShapeViews
from tests.material.shape_trees import PARTS, write_psb, write_shapenet_whole
from tests.material.tiny_models import forget_models
from tests.material.tiny_parts import KNOWN, SPEC, silent, tiny

TETRAHEDRA = {name: tuple(parts) for name, parts in PARTS.items()}  # Cup with 2 parts, then Chair with 3


def tetrahedral(**changes: object) -> PartsRecipe:
    """Of tetrahedra that keep their orientation: label 0 where the normal has no x, whatever the stretch."""
    values = {"categories": TETRAHEDRA, "spec": replace(SPEC, parts=5, categories=2), "own_count": 0}
    return tiny(**{**values, "rotation": "none", **changes})


def same(one: dict[str, Tensor], two: dict[str, Tensor]) -> bool:
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)


@pytest.fixture
def tetrahedra(tmp_path: Path) -> Path:
    write_psb(tmp_path / "psb")
    return tmp_path / "psb"


@pytest.mark.parametrize("name", ["parts-clean", "parts-normals-noise"])
def test_stopped_and_resumed_is_the_same(name: str, psb: Path, tmp_path: Path) -> None:
    straight = load_file(train_parts(tiny(name), psb, tmp_path / "straight", log=silent))
    calls = iter([False, True])
    with pytest.raises(Cancelled, match="after step 2"):
        train_parts(tiny(name), psb, tmp_path / "out", log=silent, cancelled=lambda: next(calls))
    assert same(straight, load_file(train_parts(tiny(name), psb, tmp_path / "out", log=silent)))
    other = load_file(train_parts(tiny(name, seed=1), psb, tmp_path / "other", log=silent))
    assert not same(straight, other)
    with pytest.raises(InvalidInput, match="holds a checkpoint of another recipe"):
        train_parts(tiny(name, sigma=0.1), psb, tmp_path / "out", log=silent)


@pytest.mark.parametrize("name", ["parts-noise", "parts-rotated"])
def test_what_is_exported_is_what_was_averaged(name: str, psb: Path, copied_assets: Path, compute: Compute) -> None:
    # The averaged network of the last checkpoint, whose normalisation is not folded, against the zoo's folded float16.
    plan = tiny(name)
    weights = train_parts(plan, psb, copied_assets / "out", log=silent)
    (copied_assets / f"{name}.md").write_text("# Card\n")
    publish(weights, manifest_row(plan), copied_assets)
    forget_models()
    averaged = PartNet(plan.spec).eval()
    averaged.load_state_dict(torch.load(copied_assets / "out" / "checkpoint.pt", weights_only=True)["average"])
    values = torch.from_numpy(ShapeViews(plan, psb, copied_assets / "out" / "shapes.npz", silent)[0][0])[None]
    expected = averaged(values, torch.tensor([1])).detach()
    found = zoo.load_network(name, zoo.PARTS, compute)(values, torch.tensor([1]))
    torch.testing.assert_close(found, expected, rtol=0.02, atol=0.01 * float(expected.abs().max()))
    assert zoo.bundled_network(name, zoo.PARTS).categories == KNOWN
    assert {tensor.dtype for tensor in load_file(weights).values()} == {torch.float16}


def test_it_learns(tetrahedra: Path, tmp_path: Path) -> None:
    # Which face a point lies on tells its part, up to noise of 0.05 at the edges; answering at random gives about a
    # half. On examples that the run has not seen, as their numbers are past its last.
    plan = tetrahedral(steps=100, batch=8, warmup=10, learning_rate=1e-2, ema=0.9)
    weights = load_file(train_parts(plan, tetrahedra, tmp_path / "out", log=silent))
    trained = PartNet(plan.spec).fuse()
    trained.load_state_dict(weights)
    torch.manual_seed(plan.seed)
    fresh = PartNet(plan.spec).eval()
    data = ShapeViews(plan, tetrahedra, tmp_path / "out" / "shapes.npz", silent)
    made = PartsObjective(
        mix=NoiseMix(sigma=plan.sigma), category_of=categories_of(TETRAHEDRA), part_weights=torch.ones(5), smoothing=0.0
    )
    views = [data[plan.steps * plan.batch + number] for number in range(32)]
    values, targets = (torch.from_numpy(np.stack(column)) for column in zip(*views, strict=True))
    with torch.no_grad():
        before, after = (
            made(network, values, targets, torch.Generator().manual_seed(0)).item() for network in (fresh, trained)
        )
    assert before > 0.6
    assert after < 0.5 * before


def test_an_example_follows_from_seed_and_number_alone(psb: Path, tmp_path: Path) -> None:
    first, again = (ShapeViews(tiny(), psb, tmp_path / name / "shapes.npz", silent) for name in "ab")
    forwards = [first[number] for number in range(12)]
    np.random.default_rng().random()
    backwards = [again[number] for number in reversed(range(12))][::-1]
    for (values, labels), (others, other_labels) in zip(forwards, backwards, strict=True):
        assert values.shape == (64, 6)
        assert (values.dtype, labels.dtype) == (np.float32, np.int64)
        np.testing.assert_array_equal(values, others)
        np.testing.assert_array_equal(labels, other_labels)
    assert len({values.tobytes() for values, _ in forwards}) == 12
    other = ShapeViews(tiny(seed=1), psb, tmp_path / "a" / "shapes.npz", silent)
    assert not np.array_equal(other[0][0], forwards[0][0])
    without = ShapeViews(tiny("parts-clean"), psb, tmp_path / "a" / "shapes.npz", silent)
    np.testing.assert_array_equal(without[0][0], forwards[0][0][:, :3])  # the same views, no normals


def test_labels_stay_with_their_points(tetrahedra: Path, tmp_path: Path) -> None:
    data = ShapeViews(tetrahedral(jitter=0.01), tetrahedra, tmp_path / "shapes.npz", silent)
    seen = set()
    for number in range(30):
        values, labels = data[number]
        first = 0 if labels.max() < 2 else 2  # cups have the parts 0 and 1, chairs 2, 3 and 4
        np.testing.assert_array_equal(labels - first, np.abs(values[:, 3]) > 1e-6)
        seen |= set(labels.tolist())
    assert seen == {0, 1, 2, 3}


def test_rare_parts_count_more(tetrahedra: Path, tmp_path: Path) -> None:
    # The faces of the tetrahedron have areas 1/2, 1/2, 1/2 and sqrt(3)/2: part 0 has 1 / (3/2 + sqrt(3)/2) of it.
    data = ShapeViews(tetrahedral(pool=16_000), tetrahedra, tmp_path / "shapes.npz", silent)
    weights = data.part_weights(0.5).double().numpy()
    share = np.array([1.0, 0.5 + 0.75**0.5]) / (1.5 + 0.75**0.5)
    expected = share**-0.5 / (share**0.5).sum()
    np.testing.assert_allclose(weights[[0, 1]], expected, rtol=0.02)
    np.testing.assert_allclose(weights[[2, 3]], expected, rtol=0.02)
    np.testing.assert_allclose(data.part_weights(0.0)[:4], 1.0, rtol=1e-6)


def test_what_is_trained_on(psb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = ShapeViews(tiny(own_share=0.3), psb, tmp_path / "shapes.npz", silent)
    names = [source.name for source in data.sources]
    assert names[:4] == ["Chair_1", "Chair_2", "Cup_1", "Cup_2"]  # 0 is for validation
    assert names[4:] == [f"{category} 100000{number}" for category in ("Chair", "Cup", "Lamp") for number in range(2)]
    assert [source.own for source in data.sources] == [False] * 4 + [True] * 6
    lamps = sum(data[number][1].min() >= 6 for number in range(1000))
    assert lamps == pytest.approx(1000 * 0.3 / 3, abs=45)  # Binomial: a standard deviation of 9.5
    only = ShapeViews(tiny(own_share=0.0), psb, tmp_path / "shapes.npz", silent)
    assert max(only[number][1].max() for number in range(100)) == 5
    monkeypatch.setattr("engine.training.shape_pools.source_sha256", lambda package: f"{package}, built otherwise")
    with pytest.raises(InvalidInput, match="holds samples of other shapes"):
        ShapeViews(tiny(own_share=0.3), psb, tmp_path / "shapes.npz", silent)


def test_shapes_are_sampled_once(tetrahedra: Path, tmp_path: Path) -> None:
    cache = tmp_path / "out" / "shapes.npz"
    said: list[str] = []
    first = ShapeViews(tetrahedral(), tetrahedra, cache, said.append)[3][0]
    assert np.array_equal(ShapeViews(tetrahedral(), tetrahedra, cache, said.append)[3][0], first)
    assert said == ["sampling 6 shapes"]
    with pytest.raises(InvalidInput, match=r"shapes\.npz holds samples of other shapes or parts; delete it"):
        ShapeViews(tetrahedral(pool=300), tetrahedra, cache, silent)
    (tetrahedra / "meshes" / "Cup_9.npz").write_bytes(b"changed since")
    with pytest.raises(InvalidInput, match="holds samples of other shapes"):
        ShapeViews(tetrahedral(), tetrahedra, cache, silent)
    cache.write_bytes(cache.read_bytes()[:500])
    with pytest.raises(InvalidInput, match=r"shapes\.npz cannot be read .* delete it"):
        ShapeViews(tetrahedral(), tetrahedra, cache, silent)
    cache.unlink()
    with pytest.raises(InvalidInput, match=r"Cup_9\.npz"):
        ShapeViews(tetrahedral(), tetrahedra, cache, silent)
    assert not cache.exists()


def test_roots_that_do_not_serve(psb: Path, tetrahedra: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(InvalidInput, match="no folder"):
        train_parts(tiny(), tmp_path / "none", out)
    with pytest.raises(InvalidInput, match="gives Chair the parts arm, backsupport, leg, but parts-normals-noise is"):
        train_parts(tiny(), tetrahedra, out)
    with pytest.raises(InvalidInput, match=r"no shape of Airplane, .*, Vase to train parts-clean on"):
        train_parts(replace(RECIPES["parts-clean"], own_count=0), psb, out)
    cupless = {"Chair": KNOWN["Chair"], "Lamp": KNOWN["Lamp"]}
    with pytest.raises(InvalidInput, match=r"gives Cup the parts body, handle, but .* is trained for none"):
        train_parts(tiny(categories=cupless, spec=replace(SPEC, parts=8, categories=2)), psb, out)
    with pytest.raises(InvalidInput, match="starts from random weights: give it no file"):
        train_parts(tiny(), psb, out, start=tmp_path / "weights")
    with pytest.raises(InvalidSetting, match=r"other parts of Chair than shapes built here; set own_count to 0"):
        train_parts(tetrahedral(own_count=1), tetrahedra, out)
    assert not out.exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rotation": "y"}, "rotation must be one of full, z, none, got 'y'"),
        ({"spec": replace(SPEC, parts=9)}, r"must have \(parts, categories\) = \(10, 3\), got \(9, 3\)"),
        ({"points": 15}, r"points must lie in \[16, 200\]"),
        ({"points": 201}, r"points must lie in \[16, 200\]"),
    ],
)
def test_recipes_that_cannot_be(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        tiny(**changes)


def test_a_model_of_shapenet_is_trained_and_scored(
    tmp_path: Path, copied_assets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From files in the release's layout to scores, by the real recipe with a tiny network."""
    root = tmp_path / "shapenet"
    write_shapenet_whole(root)
    name = "shapenet-normals-noise"
    spec = replace(SPEC, parts=50, categories=16)
    plan = replace(RECIPES[name], spec=spec, steps=2, batch=2, warmup=1, points=48, pool=96)
    weights = train_parts(plan, root, tmp_path / "out", log=silent)
    with np.load(tmp_path / "out" / "shapes.npz") as stored:
        assert stored["points"].shape == (16, 96, 3)  # the training split, every point twice
        assert {tuple(point) for point in stored["points"][0, :48]} == {tuple(p) for p in stored["points"][0, 48:]}
        rows = np.loadtxt(root / SYNSETS["Airplane"] / "a.txt")
        which = (stored["normals"][0] @ rows[:, 3:6].T).argmax(axis=1)  # the point is known by its normal
        np.testing.assert_allclose(stored["normals"][0], rows[which, 3:6], atol=1e-5)
        np.testing.assert_array_equal(stored["labels"][0], rows[which, 6])
    (copied_assets / f"{name}.md").write_text("# Card\n")
    publish(weights, manifest_row(plan), copied_assets)
    forget_models()
    start = ["evaluate-shapes", "--dataset", "shapenet-part", "--root", str(root), "--model", name, "--points", "48"]
    assert main([*start, "--n0", "2", "--n", "30", "--tau", "0.6", "--sigma", "0.1", "--device", "cpu"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["dataset"] == "shapenet-part/val"
    assert {row["category"] for row in told["rows"]} == {"", *SHAPENET}
    assert main([*start, "--model", "parts-normals-noise"]) == 2
    assert "does not answer the parts that the dataset gives Airplane" in capsys.readouterr().err


def test_the_real_recipes(tmp_path: Path) -> None:
    assert tasks["parts"].recipes is RECIPES
    rows = {name: manifest_row(plan) for name, plan in RECIPES.items()}
    found = {name: (row["spec"]["normals"], row["trained_sigma"] > 0) for name, row in rows.items()}
    assert found == {
        "parts-clean": (False, False),
        "parts-noise": (False, True),
        "parts-normals-noise": (True, True),
        "parts-rotated": (True, False),
        "shapenet-normals-noise": (True, True),
    }
    row = json.loads(json.dumps(rows.pop("shapenet-normals-noise")))
    assert {name: tuple(parts) for name, parts in row["categories"].items()} == SHAPENET
    for row in rows.values():
        again = json.loads(json.dumps(row))
        assert (again["role"], again["architecture"]) == ("parts", "part_net")
        assert list(again["categories"]) == list(CATEGORIES)
        assert again["categories"]["Airplane"] == ["body", "engine", "rudder", "stabilizer", "wing"]
        assert (again["spec"]["parts"], again["spec"]["categories"]) == (94 + 12, 19 + 3)
    plan = RECIPES["parts-normals-noise"]
    assert json.loads(json.dumps(asdict(plan)))["name"] == plan.name
    written = save_weights(PartNet(plan.spec).fuse(), tmp_path / "model.safetensors")
    assert written.stat().st_size < MAX_WEIGHT_BYTES


def test_the_categories_and_their_numbers() -> None:
    firsts = first_parts(CATEGORIES)
    assert [firsts[name] for name in ("Airplane", "Ant", "Armadillo", "Bicycle", "Lamp")] == [0, 5, 10, 94, 102]
    category_of = categories_of(CATEGORIES)
    assert [category_of[firsts[name]].item() for name in CATEGORIES] == list(range(len(CATEGORIES)))
    for name, parts in shape_categories().items():
        assert CATEGORIES[name] == parts  # what is built can be asked about


def test_the_categories_are_the_real_benchmarks(shared_data: Path) -> None:
    if not (shared_data / "psb" / "parts.json").is_file():
        pytest.skip("no ../shared/data/psb beside the checkout: this test needs the real benchmark")
    real = json.loads((shared_data / "psb" / "parts.json").read_text())
    assert list(CATEGORIES)[: len(real)] == list(real)
    assert {name: list(CATEGORIES[name]) for name in real} == real
