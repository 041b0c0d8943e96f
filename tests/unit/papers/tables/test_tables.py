"""The papers' tables: published figures, and this project's rows made from sweeps."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest

import engine
from engine.core.errors import UnknownName
from engine.evaluation.sweep import BASE_CLEAN, BASE_NOISY, CERTIFIED, Row
from engine.models.part_models import of_category
from engine.papers.tables import files_of, model_scores, own_grid, own_results, paper_tables
from engine.papers.tables.base import Grid, find

TABLES = sorted(paper_tables)


def row(model: str, kind: str = CERTIFIED, sigma: float = 0.25, correction: str = "holm", **values: float) -> Row:
    numbers = {"accuracy": 0.8, "miou_image": 0.5, "miou_dataset": 0.6, "abstention": 0.1, "seconds": 1.5} | values
    certified = kind == CERTIFIED
    return Row(
        model=model, kind=kind, sigma=sigma if certified else 0.0, tau=0.75 if certified else 0.0,
        correction=correction if certified else "", radius=0.168 if certified else 0.0, images=3,
        n=100 if certified else 0, **numbers,
    )  # fmt: skip


def test_places_are_in_order() -> None:
    assert [table.place for table in paper_tables.values()] == list(range(1, len(TABLES) + 1))


@pytest.mark.parametrize("name", TABLES)
def test_published_figures_are_possible(name: str) -> None:
    table = paper_tables[name]
    assert table.source
    assert table.reading
    for line in table.published.rows if table.published else ():
        cells = dict(zip(table.published.columns, line, strict=True))
        for column in {"accuracy", "mIoU", "abstained"} & cells.keys():
            value = cells[column]
            assert value is None or -1 <= float(value) <= 1
        if name.startswith("denoise") and cells["R"] is not None:  # R = sigma * ppf(0.75), printed with two digits
            assert float(cells["R"]) == pytest.approx(float(cells["σ"]) * 0.6744898, abs=0.006)


@pytest.mark.parametrize("name", TABLES)
def test_without_sweeps_there_are_no_rows_of_ours(name: str) -> None:
    table = paper_tables[name]
    assert table.own(dict.fromkeys(table.sweeps, ())).rows == ()


def test_known_changes_are_told_by_what_they_cover() -> None:
    families = [("gamma", 0.3, "gamma between 0.817 and 1.22"), ("blur", 3.0, "blur up to 2.07 px²")]
    made = [replace(row("m", sigma=sigma), family=name, region=told) for name, sigma, told in families]
    grid = paper_tables["changes"].own({"changes": [*made, row("m", BASE_CLEAN)]})
    assert [(line[1], line[2], line[3]) for line in grid.rows] == [
        (None, None, "nothing: the model itself"),
        ("blur", 3.0, "blur up to 2.07 px²"),
        ("gamma", 0.3, "gamma between 0.817 and 1.22"),
    ]


def test_rows_are_found_by_all_that_names_them() -> None:
    rows = [row("m", correction="bonferroni"), row("m", sigma=0.5), row("m+single"), row("m", accuracy=0.7)]
    found = find(rows, "m", CERTIFIED, 0.25, 0.75, "holm")
    assert found is not None
    assert found.accuracy == 0.7
    assert find(rows, "m", BASE_CLEAN) is None


def test_models_and_denoising() -> None:
    rows = [row("street-clean", BASE_CLEAN), row("street-clean", accuracy=0.1), row("street-clean+single")]
    grid = paper_tables["denoise-1"].own({"models": rows})
    assert [line[0] for line in grid.rows] == [
        "street-clean (no noise in training): clean",
        "street-clean: SegCertify",
        "street-clean: DenoiseCertify",
    ]
    assert grid.rows[0][1:] == (None, None, 0.8, 0.5, 0.6, None, None)
    assert grid.rows[1][1:] == (0.25, 0.168, 0.1, 0.5, 0.6, 0.1, 1.5)


def test_bonferroni_is_compared_with_holm() -> None:
    rows = [row("street-clean"), row("street-clean", correction="bonferroni", accuracy=0.78, abstention=0.13)]
    (line,) = paper_tables["certify-4"].own({"models": rows}).rows
    assert line[3:] == pytest.approx((-0.02, 0.0, 0.03))


def test_a_scale_run_on_fewer_images_says_so() -> None:
    name = "street-noise25+multiscale"
    few = [replace(row(name, BASE_CLEAN), images=2), replace(row(name), images=2)]
    many = [row("street-noise25", BASE_CLEAN), row("street-noise25"), row("street-noise25+scale:0.5", BASE_CLEAN)]
    grid = paper_tables["certify-8"].own({"scales": many, "multiscale": few})
    assert [line[:2] for line in grid.rows] == [
        ("0.5", "base"), ("1.0", "base"), ("1.0", "SegCertify"),
        ("multi, 2 images", "base"), ("multi, 2 images", "SegCertify"),
    ]  # fmt: skip


def test_shapes_stand_in_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"sigma": 0.25, "n": 1000, "correction": "holm"}
    values = {"accuracy": 0.8, "miou_shape": 0.6, "abstention": 0.2, "seconds": 30.0, "shapes": 5}
    rows = [
        {"tau": tau, "category": category, "radius": tau and 0.17101, **values}
        for tau in (0.0, 0.75)
        for category in ("", "Cup")
    ]
    stored = {"model": "parts-a", "settings": settings, "rows": rows}
    monkeypatch.setattr("engine.papers.tables.own_results", lambda: {"shapes-l2": stored, "shapes-so3-2": stored})
    base, shifts, turn = own_grid(paper_tables["certify-2"]).rows  # the base model once: the same shapes
    assert base == ("parts-a: base", None, 5, None, None, None, None, 0.8, 0.2, None)
    assert shifts == ("parts-a", "shifts, l2", 5, 1000, 0.75, 0.25, 0.17101, 0.8, 0.2, 30.0)
    assert turn[6] == "9.79°"  # 9.798 degrees, rounded down


def test_few_shapes_with_many_draws_stand_beside_many_with_few(monkeypatch: pytest.MonkeyPatch) -> None:
    def stored(n: int, shapes: int) -> dict[str, object]:
        values = {"accuracy": 0.8, "miou_shape": 0.6, "abstention": 0.2, "seconds": 30.0, "shapes": shapes}
        rows = [{"tau": tau, "category": "", "radius": tau and 0.17, **values} for tau in (0.0, 0.75)]
        return {"model": "parts-a", "settings": {"sigma": 0.25, "n": n, "correction": "holm"}, "rows": rows}

    held = {"shapes-l2": stored(1000, 19), "shapes-l2-more": stored(10_000, 2)}
    monkeypatch.setattr("engine.papers.tables.own_results", lambda: held)
    found = [(line[1], line[2], line[3]) for line in own_grid(paper_tables["certify-2"]).rows]
    few = [(None, 19, None), (None, 2, None), ("shifts, l2", 19, 1000), ("shifts, l2", 2, 10_000)]
    assert found == few
    for shapes, expected in ((76, [(None, 76, None), *few]), (19, few)):  # of base models alone, each number once
        held["shapes-base-a"] = stored(1, shapes)
        assert [(line[1], line[2], line[3]) for line in own_grid(paper_tables["certify-2"]).rows] == expected


def test_a_table_of_uneven_rows_is_a_fault() -> None:
    with pytest.raises(ValueError, match="another number of cells"):
        Grid(columns=("a", "b"), rows=(("x",),))
    with pytest.raises(UnknownName, match="denoise-1"):
        paper_tables["nope"]


@pytest.mark.parametrize("name", sorted(own_results()))
def test_bundled_results_are_of_the_weights_that_ship(name: str) -> None:
    stored = own_results()[name]
    if "plan" not in stored:  # of shapes
        assert stored["command"].startswith("python -m engine evaluate-shapes")
        category = next(row["category"] for row in stored["rows"] if row["category"])
        assert engine.models.model_info(of_category(stored["model"], category)).weights_sha256 == stored["weights"]
        return
    assert stored["command"].startswith("python -m engine sweep")
    for model, sha256 in stored["weights"].items():
        assert engine.models.model_info(model).weights_sha256 == sha256, (
            f"{name}.json was made with other weights of {model}"
        )
    assert {row["model"] for row in stored["rows"]} == set(stored["weights"])


def settings_of(part: Any) -> str:
    """Without the stream, which records of noise in float32 lack, and the family, which every row tells."""
    apart = {"stream", "family", "strength"}
    return str(sorted((name, value) for name, value in part["plan"]["settings"].items() if name not in apart))


@pytest.mark.parametrize("sweep", sorted({name for table in paper_tables.values() for name in table.sweeps}))
def test_parts_of_a_sweep_were_made_alike(sweep: str) -> None:
    # They stand in one table under one heading: the same images, draws and size.
    parts = [own_results()[name] for name in files_of(sweep) if "plan" in own_results()[name]]
    alike = {(part["dataset"], part["images"], part["plan"]["every"], settings_of(part)) for part in parts}
    assert len(alike) <= 1
    found: dict[tuple[object, ...], dict[str, object]] = {}
    for row in (row for part in parts for row in part["rows"]):
        key = tuple(row.get(name, "") for name in ("model", "kind", "sigma", "tau", "correction", "group", "family"))
        if row["kind"] == BASE_NOISY:
            continue  # one draw of another family has the same name
        assert key not in found or (row["kind"] == BASE_CLEAN and row == found[key])  # no certificate stands twice
        found[key] = row


def test_a_sweep_may_come_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    model = "street-noise25"
    clean, one, two = (asdict(row(model, BASE_CLEAN)), asdict(row(model)), asdict(row(model, sigma=0.5)))
    held = {"models": [clean, one], "models-2": [clean, two], "modelsX": [one]}
    parts = {name: {"plan": {}, "rows": rows} for name, rows in held.items()}
    monkeypatch.setattr("engine.papers.tables.own_results", lambda: parts)
    assert files_of("models") == ["models", "models-2"]
    assert [line[1] for line in own_grid(paper_tables["certify-5"]).rows] == [None, 0.25, 0.5]
    assert model_scores() == ((model, 0.8, 0.8, 0.25),)


def test_a_group_of_images_is_not_taken_for_all() -> None:
    whole = row("a")
    assert find([replace(whole, group="night", accuracy=0.1), whole], "a", CERTIFIED, 0.25, 0.75, "holm") == whole
    assert find([replace(whole, group="night")], "a", CERTIFIED, 0.25, 0.75, "holm") is None
