"""The lessons as scripts: each runs clean, and its key numbers react to its controls as the theory says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, norm
from streamlit.testing.v1 import AppTest

import engine
from app.components.pick_point import picked
from app.lessons import LESSONS, faults, which_changes
from app.lessons.base import percent
from app.runs.same_size import street_ways
from app.words.numbers import share
from app.words.public_faults import PUBLIC_FAULTS
from tests.app.watching import open_page

NAMES = [lesson.name for lesson in LESSONS]


def lesson(name: str) -> AppTest:
    return open_page("learn", lesson=name)


def metrics(test: AppTest) -> dict[str, str]:
    assert not test.exception
    return {metric.label: metric.value for metric in test.metric}


@pytest.mark.parametrize("name", NAMES)
def test_every_lesson_runs_clean_and_is_named_in_the_url(name: str) -> None:
    test = lesson(name)
    assert not test.exception
    assert name in test.query_params["lesson"]
    assert any(name == each.name and each.title in test.subheader[0].value for each in LESSONS)


@pytest.mark.parametrize("name", ["", "nope", "<script>", "plane,pixel"])
def test_unknown_lessons_open_the_first(name: str) -> None:
    test = lesson(name)
    assert not test.exception
    assert LESSONS[0].title in test.subheader[0].value


@pytest.mark.parametrize("number", range(1, len(LESSONS)))
def test_next_opens_the_following_lesson(number: int) -> None:
    test = lesson(NAMES[number - 1])
    test.button(key="next").click().run()
    assert not test.exception
    assert LESSONS[number].title in test.subheader[0].value
    assert NAMES[number] in test.query_params["lesson"]


def test_nothing_follows_the_last_lesson() -> None:
    assert all(button.key != "next" for button in lesson(NAMES[-1]).button)


def test_radius_in_the_plane_follows_the_noise_and_what_is_known() -> None:
    test = lesson("plane")
    shown = metrics(test)
    p = engine.teaching.plane.THREE_REGIONS.probabilities(np.array([[0.42, 0.345]]), 0.08)[0, 0]
    assert shown["p of A"] == f"{p:.4f}"
    assert 0 < 0.08 * norm.ppf(p) - float(shown["Certified radius R"]) < 0.001  # rounded down
    assert any("cannot be flipped from A" in text.value for text in test.markdown)
    test.selectbox(key="plane_draws").set_value(100).run()
    assert float(metrics(test)["Certified radius R"]) < float(shown["Certified radius R"])
    test.slider(key="plane_sigma").set_value(0.2).run()
    assert metrics(test)["p of A"] != shown["p of A"]


def test_presets_move_the_point() -> None:
    test = lesson("plane")
    test.button(key="plane_preset_0").click().run()
    shown = metrics(test)
    assert (shown["Base model says"], shown["Smoothed model says"]) == ("C", "A")  # the sliver is smoothed away


def test_attacks_inside_the_disc_keep_the_majority_and_far_ones_lose_it() -> None:
    test = lesson("plane")
    assert any("still a majority" in text.value for text in test.markdown)
    test.slider(key="plane_attack").set_value(3.0).run()
    assert any("the majority is lost" in text.value for text in test.markdown)


def test_the_lipschitz_disc_lies_in_the_smoothing_disc_and_grows_into_it() -> None:
    test = lesson("lipschitz")
    shown = metrics(test)
    p = engine.teaching.plane.THREE_REGIONS.probabilities(np.array([[0.20, 0.50]]), 0.08)[0, 0]
    smoothing, lipschitz = float(shown["Smoothing disc"]), float(shown["Lipschitz disc"])
    assert 0 < 0.08 * norm.ppf(p) - smoothing < 0.001  # rounded down
    assert 0 < 0.08 * np.sqrt(2 * np.pi) * (p - 0.5) - lipschitz < 0.001
    assert any("A gradient is not a certificate" in error.value for error in test.error)
    for steepness, least, most in ((0.1, 0.99 * smoothing, smoothing), (5.0, 0.0, 0.08 * np.sqrt(2 * np.pi) / 10)):
        test.select_slider(key="lip_steepness").set_value(steepness).run()
        assert metrics(test)["Smoothing disc"] == shown["Smoothing disc"]
        assert least <= float(metrics(test)["Lipschitz disc"]) <= most


def test_at_a_border_nothing_is_proved_by_a_slope_either() -> None:
    test = lesson("lipschitz")
    test.button(key="lip_preset_1").click().run()
    deep = metrics(test)
    assert float(deep["Slope at the point"]) > 10 * float(deep["Smoothing disc"])  # the score hardly falls there
    test.button(key="lip_preset_2").click().run()
    near = {name: float(value) for name, value in metrics(test).items() if "p of" not in name}
    assert near["Lipschitz disc"] <= near["Smoothing disc"] <= near["Slope at the point"] < 1.5 * near["Lipschitz disc"]
    test.slider(key="lip_sigma").set_value(0.25).run()
    assert not test.exception


def test_one_pixel_shows_exact_numbers() -> None:
    test = lesson("pixel")
    hits = int(metrics(test)["Hits"].split()[0])
    assert hits == engine.teaching.coins.flips(0.85, 60, seed=1).sum()
    assert float(metrics(test)["p-value"]) == pytest.approx(binom.sf(hits - 1, 60, 0.75), abs=6e-4)
    assert metrics(test)["Needed"] == "53 hits"  # binom.sf(52, 60, .75) = .0088 <= .01 < binom.sf(51, 60, .75)
    test.slider(key="coin_n").set_value(10).run()
    assert metrics(test)["Needed"] == "impossible"  # .75^10 = .056 > .01
    assert any("can certify nothing" in warning.value for warning in test.warning)


def test_draw_again_takes_another_seed_and_says_which() -> None:
    test = lesson("pixel")
    (button,) = [button for button in test.button if button.label == "Draw again"]
    button.click().run()
    seed = test.session_state["coin_seed"]
    assert any(f"Seed {seed}" in caption.value for caption in test.caption)
    hits = engine.teaching.coins.flips(0.85, 60, seed=seed).sum()
    assert metrics(test)["Hits"] == f"{hits} of 60"


def test_many_pixels_react() -> None:
    test = lesson("pixels")
    counts = {label: int(value.split()[0]) for label, value in metrics(test).items()}
    assert counts["No correction"] >= counts["Holm"] >= counts["Bonferroni"] > 0
    assert counts["Budget b"] == counts["Holm"]
    test.slider(key="many_b").set_value(5).run()
    assert int(metrics(test)["Budget b"].split()[0]) > counts["Holm"]
    test.slider(key="many_rank").set_value(50).run()
    assert any("Rank 50" in text.value and "abstain" in text.value for text in test.markdown)
    test.select_slider(key="many_N").set_value(2).run()  # the rank is now beyond the last pixel
    assert not test.exception
    test.select_slider(key="many_N").set_value(1000).run()
    test.slider(key="many_n").set_value(20).run()
    assert metrics(test)["Holm"] == "0 certified"  # .75^20 = .0032 > .1 / 1000


def test_dimension_reacts() -> None:
    test = lesson("dimension")
    shown = metrics(test)
    assert shown["l2 radius R"] == "0.168"  # .25 * ppf(.75) = .16862, rounded down
    assert shown["One pixel, by"] == "24.8 levels"  # .16862 * 255 / sqrt(3) = 24.83
    assert shown["Every pixel, by"] == "0.0895 levels"  # .16862 * 255 / sqrt(3 * 76800) = .0896
    test.selectbox(key="dim_size").set_value("CIFAR · 32 × 32").run()
    assert metrics(test)["l2 radius R"] == "0.168"
    assert metrics(test)["Every pixel, by"] == "0.775 levels"


def test_six_changes_have_one_size_and_very_different_shares() -> None:
    test = lesson("changes")
    told = [text.value for text in test.markdown if "of the answers changed" in text.value]
    assert len(told) == len(street_ways()) == 6
    clean, model = street_ways()["noise"].at(0.0), engine.load_model("street-plain")
    for (name, way), said in zip(street_ways().items(), told, strict=True):
        changed = way.at(way.strength(30.0) or 0.0)
        assert np.linalg.norm(changed - clean) == pytest.approx(30.0), name
        lost = engine.certification.prediction(model, changed) != engine.certification.prediction(model, clean)
        assert f"**{share(int(lost.sum()), lost.size)}** of the answers" in said
    assert any("covers none of the six" in text.value and "178 times" in text.value for text in test.markdown)
    assert any("every value up by 6." in said for said in told)  # 30 / 480 = .0625, a little more where white clips
    test.select_slider(key="which_size").set_value(48.0).run()
    assert any("every value up by 10." in text.value for text in test.markdown)
    assert not test.exception


def test_no_change_of_the_world_outside_is_in_a_ball_twice_as_large() -> None:
    """As the folded answer says."""
    spans = {title: span for title, span in which_changes._everyday().items() if title != "Attack"}
    assert min(size for span in spans.values() for _, size in span) > 2 * 0.25 * norm.ppf(0.75)
    assert all(low < high for (_, low), (_, high) in spans.values())


def test_some_window_always_hides_the_patch() -> None:
    test = lesson("patches")
    for first in (0, 5, 11, 20):
        test.slider(key="strip_at_4").set_value(first).run()
        shown = metrics(test)
        assert shown["Windows"] == "7"  # ceil(21 / 3)
        # Windows are 6 long and begin at 0, 3, ..., 18: those that begin in [first - 2, first].
        assert shown["Hide all of the patch"] == str(sum(first - 2 <= begin <= first for begin in range(0, 19, 3)))
        assert shown["Changed unnoticed"] == "0"
    test.slider(key="strip_patch").set_value(2).run()
    assert metrics(test)["Windows"] == "8"  # ceil(23 / 3)


def test_no_patch_gets_through_unless_the_filling_looks_under_the_window() -> None:
    test = lesson("patches")
    search = test.button(key="strip_search")
    search.click().run()
    assert any(
        "All 336 patches were tried: **none**" in text.value for text in test.markdown
    )  # 21 places, 2^4 contents
    test.radio(key="strip_fill").set_value("everything").run()
    assert any("speaks through the window" in box.value for box in [*test.warning, *test.error])
    test.button(key="strip_search").click().run()
    (told,) = [box.value for box in test.error if "no alarm sounds" in box.value]
    lost = int(metrics(test)["Changed unnoticed"])
    assert lost > 0
    assert f"**{lost} “certified” cells have another answer" in told
    assert test.selectbox(key="strip_content").value == "As found"
    test.slider(key="strip_patch").set_value(3).run()  # what was found is longer
    assert not test.exception
    assert test.selectbox(key="strip_content").value == "Black"


def test_every_fault_is_measured_beside_the_sound_engine() -> None:
    test = lesson("faults")
    for name in engine.audits.faults:
        test.selectbox(key="fault").set_value(name).run()
        shown = metrics(test)
        assert int(shown["Pictures"].replace(",", "")) >= 100
        assert int(shown["Faulty engine wrong"].replace(",", "")) >= int(shown["Sound engine wrong"].replace(",", ""))
    test.selectbox(key="fault").set_value("early-return").run()
    assert any("The promise is broken" in error.value for error in test.error)


def test_the_interval_under_repeated_pressing_is_explained() -> None:
    test = lesson("faults")
    (told,) = [text.value for text in test.caption if "exact 99 % interval" in text.value]
    assert "Bars count **all pictures so far**: every press adds 2,000" in told
    assert "number of pictures is fixed before" in told
    assert "not of the best of several, nor of one that ends when it looks right" in told


def test_a_fault_is_proved_by_the_test_that_may_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows where the interval of a single look clears alpha, and the anytime test does not."""
    errors, pictures, alpha = 118, 1000, 0.09
    assert engine.stats.interval(errors, pictures, 0.99)[0] > alpha
    assert engine.teaching.coins.refutation(errors, pictures, alpha) > 0.01
    measured = faults._Measured(families=pictures, faulty=errors, sound=80, alpha=alpha, sound_exact=None)
    monkeypatch.setattr(faults, "_sum", lambda *_: measured)
    test = AppTest.from_function(_all_so_far)
    test.session_state["faults_watch"] = dict.fromkeys(list(engine.audits.faults)[:2], 10)
    (table,) = test.run().dataframe
    assert list(table.value["proved"]) == ["not yet", "not yet"]


def _all_so_far() -> None:
    from app.lessons.faults import _all_so_far

    _all_so_far()


def test_faults_of_public_code_stand_beside_what_they_do_here() -> None:
    test = lesson("faults")
    (table,) = [each.value for each in test.dataframe if "repository" in each.value.columns]
    assert len(table) == len(PUBLIC_FAULTS)
    for row, found in zip(table.to_dict("records"), PUBLIC_FAULTS, strict=True):
        assert row["source"] == found.source
        measured = [each for each in engine.audits.faults.values() if each.number == found.number]
        assert bool(row["broken with it"]) == bool(measured)
    chunk = engine.audits.measure_fault("wrong-k-levels", repetitions=100, seed=1)
    (shown,) = {(row["promised (α)"], row["broken with it"]) for _, row in table[table["fault"] == 2].iterrows()}
    assert shown == (percent(chunk.alpha), f"{percent(chunk.rate)} of 100")
    said = next(each.value for each in test.caption if "papers do not name" in each.value)
    assert all(f" {number}" in said for number in (3, 5, 6, 8, 14, 16, 18))


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0.0 %"), (1.0, "100.0 %"), (0.5, "50.0 %"), (1e-9, "< 0.1 %"), (1 - 1e-9, "> 99.9 %")]
)
def test_percent_never_rounds_to_certainty(value: float, text: str) -> None:
    assert percent(value) == text


def test_a_place_from_the_browser_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.components import pick_point

    for state in (
        None,
        {},
        {"point": None},
        {"point": {"x": "1", "y": 0}},
        {"point": {"x": 2, "y": 0}},
        {"point": {"x": float("nan"), "y": 0}},
    ):
        monkeypatch.setattr(pick_point.st, "session_state", {"key": state})
        assert picked("key", (0.25, 0.75)) == (0.25, 0.75)
    monkeypatch.setattr(pick_point.st, "session_state", {"key": {"point": {"x": 0.1, "y": 1}}})
    assert picked("key", (0.25, 0.75)) == (0.1, 1.0)
