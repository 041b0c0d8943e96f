"""The paper's synthetic experiments: a chart at once, recomputed on demand, beside what was published."""

import json
from pathlib import Path

import streamlit as st

import engine
from app.runs import experiment
from app.views.experiments import show_chart, show_downloads, show_findings, show_origin
from app.views.page_run import PageRun, Watched, ended
from app.views.places import place_of
from app.views.progress import show_progress

_BUNDLED = Path(__file__).resolve().parents[2] / "assets" / "experiments"
_RESULTS = "experiment_results"
_RUN = PageRun(page="experiments")


@st.cache_resource(max_entries=16, show_spinner=False)
def _bundled(name: str) -> engine.papers.ExperimentResult:
    return engine.papers.ExperimentResult.from_dict(json.loads((_BUNDLED / f"{name}.json").read_text(encoding="utf-8")))


def _choose() -> engine.papers.Experiment:
    entries = engine.papers.experiments
    names = {entry.label: name for name, entry in entries.items()}
    label = st.segmented_control(
        "Experiment",
        list(names),
        default=next(iter(names)),
        required=True,
        key="experiment",
        bind="query-params",
        label_visibility="collapsed",
    )
    return entries[names.get(str(label), next(iter(entries)))]  # an empty word in the URL chooses none


def _find() -> Watched:
    """The recomputation under way or ended; its result is kept."""
    watched = _RUN.find()
    if watched.job is not None and isinstance(result := watched.job.result, engine.papers.ExperimentResult):
        st.session_state.setdefault(_RESULTS, {})[result.name] = result
    return watched


def _recompute(entry: engine.papers.Experiment, *, busy: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        quality = st.segmented_control(
            "Repetitions per point",
            [choice.repetitions for choice in engine.papers.Quality],
            default=engine.papers.Quality.DRAFT.repetitions,
            required=True,
            key="repetitions",
            help="600 as in the paper: half a minute or less. 60: a few seconds, rougher curves.",
        )
        seed = st.number_input("Seed", 0, 999_999, 1, key="experiment_seed", width=140)
        pressed = st.button("Recompute here", type="primary", icon=":material/play_arrow:", disabled=busy)
    if pressed:
        (chosen,) = [choice for choice in engine.papers.Quality if choice.repetitions == quality]
        _RUN.start(lambda: experiment.submit(entry.name, seed=int(seed), quality=chosen))


def _show(entry: engine.papers.Experiment, watched: Watched) -> None:
    st.header(entry.title, anchor=False)
    st.markdown(f"*{entry.question}*")

    recomputed = st.session_state.get(_RESULTS, {}).get(entry.name)
    result = recomputed or _bundled(entry.name)
    show_chart(entry, result)
    show_origin(result, bundled=recomputed is None)
    _recompute(entry, busy=watched.busy)
    if watched.job is not None and watched.busy:
        show_progress(watched.job, "Recomputing: point", key="cancel_experiment")
    elif watched.job is not None:
        ended(watched.job, "The recomputation", "; the chart is the one from before")

    st.subheader("How to read it", anchor=False)
    st.markdown(entry.reading)
    st.markdown(f"**Setting.** {entry.setting}")
    st.subheader("Published and measured", anchor=False)
    st.markdown("**What the paper finds.** " + " ".join(entry.published))
    show_findings(result)
    st.caption(f"Source: {entry.source}.")
    show_downloads(result)


st.title("Experiments")
st.markdown(
    "How good is the method itself, apart from any network? The paper asks a **toy model whose error rates are "
    "known**: N components, two classes, and each draw of each component is wrong with probability γ, or 5γ on a bad "
    "one. So we know what should be certified, and every gap is the procedure's own. These are the paper's figures, "
    "computed again by the code that certifies images here."
)
watched = _find()
entry = _choose()
with place_of(entry.name, engine.papers.experiments):
    _show(entry, watched)
