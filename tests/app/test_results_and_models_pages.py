"""The Results and Models pages as scripts, over every table and every model."""

from __future__ import annotations

import csv
import io

import pytest
from streamlit.testing.v1 import AppTest

import engine
from app.pictures.results import sigma_chart
from app.views import models as models_view
from app.views import results as results_view
from app.words.audits import AUDITS, TESTED_NOTHING
from app.words.sheet import as_csv
from tests.app.watching import open_page as page


@pytest.mark.parametrize("name", sorted(engine.papers.paper_tables))
def test_every_table_shows_both_sides_apart(name: str) -> None:
    table = engine.papers.paper_tables[name]
    test = page("results", table=table.label)
    assert not test.exception
    assert test.header[0].value == table.title
    sides = ["This project"] if table.published is None else ["This project", "As published"]
    assert [block.value for block in test.subheader] == sides
    grids = [frame.value for frame in test.dataframe]
    expected = [grid for grid in (engine.papers.own_grid(table), table.published) if grid and grid.rows]
    assert [len(frame) for frame in grids] == [len(grid.rows) for grid in expected]
    if engine.papers.own_grid(table).rows:
        commands = [block.value for block in test.code]
        assert commands
        expected_start = "evaluate-shapes --dataset psb" if name == "certify-2" else "sweep --dataset camvid"
        assert all(command.startswith(f"python -m engine {expected_start}") for command in commands)
        folded = [f"How these rows were made: {len(commands)} commands"] if len(commands) > 3 else []
        assert [block.label for block in test.expander] == folded
        alone = [block.value for block in test.caption if "the base model alone" in block.value]
        assert len(alone) == sum("--base " in command for command in commands)


@pytest.mark.parametrize("name", ["attacks", "figure", "samples", "shifts", "turns"])
def test_audits_show_what_was_tried_and_by_which_command(name: str) -> None:
    record = engine.papers.audit_records()[name]
    test = page("results", table=AUDITS[name].label)
    assert not test.exception
    assert test.header[0].value == AUDITS[name].title
    assert test.success[0].value == f"**{AUDITS[name].sentence(record)}**"
    assert [len(frame.value) for frame in test.dataframe] == [len(AUDITS[name].grid(record).rows)]
    assert test.code[0].value == record["command"]
    caption, again = test.caption[0].value, record["plan"]["n" if name == "turns" else "again"]
    assert ("asked again" in caption) == (again > 0)
    assert again == 0 or f"n = {record['settings']['n']} (asked again: τ = ½, n = {again})" in caption
    assert f"each of the {AUDITS[name].certificates(record):,} certificates made here" in caption


def test_models_of_shapes_have_their_cards() -> None:
    test = page("models")
    assert not test.exception
    captions = [block.value for block in test.caption if block.value.startswith("Scores on ")]
    assert len(captions) == len(set(captions)) > 0
    cards = {block.label: block for block in test.expander}
    for name, title, known in engine.models.part_models():
        card = engine.models.model_info(engine.models.of_category(name, known[0])).card
        assert cards[f"Card of {name}"].markdown[0].value == card.replace("# ", "### ", 1).strip()
        assert any(f"| `{name}` | {title} | {len(known)} | " in block.value for block in test.markdown)
    assert any("`+voted`" in block.value for block in test.markdown)


def test_an_audit_with_violations_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    record = engine.papers.audit_records()["attacks"]
    monkeypatch.setattr(engine.papers, "audit_records", lambda: {"attacks": {**record, "violations": 7}})
    test = page("results", table=AUDITS["attacks"].label)
    assert not test.success
    assert "flips of certified ones were found 7 times" in test.error[0].value


@pytest.mark.parametrize("name", ["attacks", "shifts", "turns"])
def test_an_audit_that_tested_nothing_is_no_success(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    record = dict(engine.papers.audit_records()[name])
    if name == "turns":
        record["inside"] = {**record["inside"], "certified_points_turned": 0}
    else:
        record["certified_components"] = 0
    monkeypatch.setattr(engine.papers, "audit_records", lambda: {name: record})
    test = page("results", table=AUDITS[name].label)
    assert not test.success
    assert not test.error
    assert test.info[0].value == f"**{TESTED_NOTHING}**"


def test_turns_tell_what_was_not_decided_too() -> None:
    record = dict(engine.papers.audit_records()["turns"])
    told = AUDITS["turns"].sentence(record)
    assert "20 shapes, 10,000 turns by up to the certified 9.76°, which carried certified points of " in told
    assert "18,514,000 times: none was flipped, and 233,566 times the draws showed nothing." in told
    assert told.endswith("400 turns by 3 times the angle, where nothing is promised, flipped certified points 0 times.")
    record["inside"] = {**record["inside"], "violations": 3}
    record["outside"] = {**record["outside"], "turns": 0}
    told = AUDITS["turns"].sentence(record)
    assert "flips of certified ones were found 3 times" in told
    assert "For contrast" not in told


def test_an_audit_of_shapes_speaks_of_shapes_and_points() -> None:
    record = {**engine.papers.audit_records()["attacks"], "alone": 0}
    record["shapes"] = record.pop("images")
    told = AUDITS["shifts"].sentence(record)
    assert "on each of 30 shapes" in told
    assert "2,068,995 certified points of street-noise25: none was flipped" in told
    assert "on 100% of the shapes" in told
    assert "image" not in told
    assert "pixel" not in told
    assert AUDITS["shifts"].certificates(record) == 30 * 19
    assert "For contrast" not in told
    outside = {"flipped": 1234, "certified_components_attacked": 56789, "now_abstain": 1, "norm_max": 1.0}
    told = AUDITS["shifts"].sentence({**record, "outside": outside, "plan": {**record["plan"], "beyond": 3.0}})
    assert told.endswith(
        "For contrast: 4 attacks on each with 3 R, where nothing is promised, flipped certified points 1,234 times."
    )
    assert AUDITS["shifts"].certificates({**record, "outside": outside}) == 30 * (19 + 4)  # those beyond R too
    assert "flips of certified ones were found 4 times" in AUDITS["shifts"].sentence({**record, "violations": 4})


@pytest.mark.parametrize(("taus", "alone"), [((0.0,), True), ((0.0, 0.75), False)])
def test_a_record_without_certified_rows_is_of_the_base_model_alone(taus: tuple[float, ...], alone: bool) -> None:
    def show(taus: tuple[float, ...]) -> None:
        from app.views import results

        settings = {"sigma": 0.05, "tau": 0.75, "n0": 3, "n": 100, "points": 64, "mode": "fixed", "correction": "holm"}
        rows = [{"tau": tau, "shapes": 1, "abstention": 0.5} for tau in taus]
        stored = {"settings": {**settings, "alpha": 0.001}, "rows": rows, "model": "m", "dataset": "d"}
        results._show_shape_command({**stored, "compute": "cpu", "version": "1", "command": "c"})

    (told,) = AppTest.from_function(show, args=(taus,)).run().caption
    assert ("the base model alone" in told.value) == alone


def test_seconds_stand_beside_the_threads_that_they_took() -> None:
    assert results_view._computed({"compute": "cpu/bf16", "threads": 1}) == "cpu/bf16 on 1 thread"
    assert results_view._computed({"compute": "cpu/bf16", "threads": 2}) == "cpu/bf16 on 2 threads"
    assert results_view._computed({"compute": "cuda/bf16"}) == "cuda/bf16"


def test_a_radius_is_never_rounded_up_and_nothing_is_lost_in_the_csv() -> None:
    grid = engine.papers.Grid(columns=("model", "R", "accuracy"), rows=(("a", 0.16889, 0.85555), ("b", None, 0.5)))
    rows = list(csv.reader(io.StringIO(as_csv(grid.columns, grid.rows))))
    assert rows == [["model", "R", "accuracy"], ["a", "0.16889", "0.85555"], ["b", "", "0.5"]]
    assert results_view._cell("R", 0.16889) == "0.168"
    assert results_view._cell("as plain PGD", 0.9667) == "97%"
    assert results_view._cell("R", 0.41, 2) == "0.41"  # the float is below it, but this is what was printed
    assert results_view._cell("s / image", 0.580514) == "0.58"
    assert results_view._cell("R", None) == "–"
    assert results_view._cell("points turned", 18_514_001) == "18,514,001"  # a count is never rounded
    assert results_view._cell("accuracy", 0.65) == "0.650"
    assert results_view._cell("accuracy", -0.0012) == "-0.0012"
    assert results_view._cell("accuracy", float("nan")) == "–"
    assert results_view._digits(engine.papers.Grid(columns=("accuracy",), rows=((0.65,), (None,)))) == 2


def test_the_charts_have_a_line_for_each_certified_model() -> None:
    columns = ("model", "σ", "R", "accuracy", "mIoU", "abstained")
    rows = (
        ("m: clean", None, None, 0.9, 0.5, None),
        ("m: SegCertify", 0.25, 0.16, 0.8, 0.5, 0.1),
        ("m: SegCertify", 0.5, 0.33, 0.7, 0.5, 0.1),
        ("m: DenoiseCertify", 0.25, 0.16, 0.85, 0.5, 0.1),
    )
    figure = sigma_chart(engine.papers.Grid(columns=columns, rows=rows))
    assert [(line.name, list(line.x), list(line.y), line.line.dash) for line in figure.data] == [
        ("m: SegCertify", [0.25, 0.5], [0.8, 0.7], "solid"),
        ("m: DenoiseCertify", [0.25], [0.85], "dash"),
    ]
    assert len({line.line.color for line in figure.data}) == 1
    ways = tuple((f"m: {way}", 0.25, 0.16, 0.8, 0.5, 0.1) for way in ("single step", "multi-step (8)"))
    figure = sigma_chart(engine.papers.Grid(columns=columns, rows=ways))
    assert len({line.line.color for line in figure.data}) == 2


def test_every_model_is_listed_with_its_card() -> None:
    for info in engine.models.available():
        test = page("models", card=info.name)
        assert not test.exception
        shown = " ".join(block.value for block in test.markdown)
        assert info.card.replace("# ", "### ", 1).strip() in shown
        assert any(info.weights_sha256 in block.value for block in test.caption)


def test_offers_say_size_terms_and_what_they_need() -> None:
    test = page("models")
    shown = " ".join(block.value for block in test.markdown)
    for offer in engine.models.offers():
        assert f"`{offer.name}`" in shown
        assert f"{offer.megabytes:g} MB" in shown
    for part in engine.models.wrapper_choices():
        assert f"`+{part.name}`" in shown


def test_a_cell_cannot_break_the_table() -> None:
    assert models_view._table(("a", "b"), [("x|y", "z")]).splitlines()[-1] == "| x\\|y | z |"


def test_unknown_choices_do_not_crash() -> None:
    assert not page("results", table="<b>").exception
    assert not page("results", table="").exception
    assert not page("models", card="nothing").exception
