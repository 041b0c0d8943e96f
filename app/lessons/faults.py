"""Lesson: faults that were published, built in one at a time, and what they do to the promise."""

from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

import engine
from app.lessons.base import Lesson, percent, try_this
from app.pictures.style import BLUE, GREY, ORANGE, RED
from app.views.charts import chart
from app.words.public_faults import PUBLIC_FAULTS

_CHUNK = 100  # families at a time: a fraction of a second
_MOST = 40  # chunks of one measurement
_LEVEL = 0.01  # of the verdict
_PAUSE = 0.2  # seconds between two chunks
_INTERVALS = (
    "The faulty and the sound engine judge the *same* draws, unless the noise is at fault. Bars count **all pictures "
    "so far**: every press adds 2,000 to them, the same ones for everybody. A whisker is an exact 99 % interval: of "
    "measurements whose number of pictures is fixed before the first, at least 99 % give an interval that holds the "
    "true rate. That is said of each single measurement, not of the best of several, nor of one that ends when it "
    "looks right: whoever presses until a whisker clears α may get there without any fault. The verdict above may be "
    "looked at after every press."
)
_GOAL = "faults_goal"
_WATCH = "faults_watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """Errors of the faulty and of the sound engine on the same families."""

    families: int
    faulty: int
    sound: int
    alpha: float
    sound_exact: float | None


def show() -> None:
    """Render the lesson."""
    st.markdown(
        "Each of these slips was found in published certification code. The program runs, the pictures look fine, the "
        "sentence still says *with probability 1 − α*. Only a **measurement on a model whose true p is known** tells: "
        "certify many pictures in which every certificate would be false, and count."
    )
    known = engine.audits.faults
    name = str(
        st.selectbox(
            "Build in a fault", list(known), format_func=lambda n: f"Fault {known[n].number}: {known[n].title}",
            key="fault",
        )
    )  # fmt: skip
    fault = known[name]
    st.markdown(fault.explanation)
    s = fault.settings
    st.caption(f"Model: {fault.model}. τ = {s.tau:g}, n₀ = {s.n0}, n = {s.n}, α = {s.alpha:g}, {s.procedure.title}.")
    st.button(
        "Certify 2,000 more pictures", type="primary", icon=":material/science:", on_click=_more,
        args=(name,),
    )  # fmt: skip
    goal, done = _goal(name), _done(name)
    # The page looks again by itself only while there is something left to measure.
    st.fragment(_measurement, run_every=_PAUSE if done < goal else None)(name)
    st.caption(_INTERVALS)
    _all_so_far()
    try_this(
        "Guess before you measure: which fault is the worst, and which is nearly invisible? Write it down, then look.",
        "Fault 8 is a single free hit. Why does it matter at all? Because Holm spends α to the last drop.",
        "Fault 6 barely leaves α. That is why a validity check must *compute* its chance to see a fault, not hope.",
    )
    _where_found()


def _goal(name: str) -> int:
    return min(_MOST, int(st.session_state.get(_GOAL, {}).get(name, 3)))


def _done(name: str) -> int:
    return int(st.session_state.get(_WATCH, {}).get(name, 0))


def _more(name: str) -> None:
    goals = st.session_state.setdefault(_GOAL, {})
    goals[name] = min(_MOST, _done(name) + 20)


def _measurement(name: str) -> None:
    """Measure one more chunk and show the sum of all."""
    done, goal = _done(name), _goal(name)
    if done < goal:
        done += 1
        st.session_state.setdefault(_WATCH, {})[name] = done
    measured = _sum(name, done)
    _bars(measured)
    _verdict(measured)
    if done < goal:
        st.progress(done / goal, text=f"{measured.families:,} of {goal * _CHUNK:,} pictures")
    elif st.session_state.get("faults_running") == name:
        st.session_state["faults_running"] = None
        st.rerun()
    if done < goal:
        st.session_state["faults_running"] = name


@st.cache_data(max_entries=512, show_spinner=False)
def _chunk(name: str, number: int) -> engine.audits.FaultRow:
    """One chunk, the same for everyone: the seed is its number."""
    return engine.audits.measure_fault(name, repetitions=_CHUNK, seed=number)


def _sum(name: str, chunks: int) -> _Measured:
    rows = [_chunk(name, number) for number in range(1, max(1, chunks) + 1)]
    return _Measured(
        families=sum(row.repetitions for row in rows),
        faulty=sum(row.errors for row in rows),
        sound=sum(row.sound_errors for row in rows),
        alpha=rows[0].alpha,
        sound_exact=rows[0].sound_exact,
    )


def _bars(m: _Measured) -> None:
    figure = go.Figure()
    for title, errors, colour in (("sound engine", m.sound, BLUE), ("with the fault", m.faulty, RED)):
        low, high = engine.stats.interval(errors, m.families, 0.99)
        rate = errors / m.families
        figure.add_bar(
            y=[f"{title}<br><b>{percent(rate)}</b>"], x=[rate], orientation="h", marker_color=colour, width=0.6,
            showlegend=False,
            error_x={"type": "data", "symmetric": False, "array": [high - rate], "arrayminus": [rate - low],
                     "thickness": 2, "width": 8, "color": GREY},
        )  # fmt: skip
    figure.add_vline(x=m.alpha, line_dash="dash", line_width=3, line_color=ORANGE)
    figure.add_annotation(
        x=m.alpha, y=1.0, yref="paper", yanchor="bottom", text=f"α = {m.alpha:g}: the promise", showarrow=False
    )
    figure.update_xaxes(range=[0.0, 1.03], dtick=0.2, tickformat=".0%")
    figure.update_yaxes(autorange="reversed")
    chart(
        figure,
        key="fault_bars",
        x="share of pictures with a broken promise",
        y="",
        height=240,
        top=30,
    )


def _verdict(m: _Measured) -> None:
    low, high = engine.stats.interval(m.faulty, m.families, 0.99)
    cells = st.columns(3)
    cells[0].metric("Pictures", f"{m.families:,}")
    cells[1].metric("Sound engine wrong", f"{m.sound:,}", help="pictures with a broken promise, measured")
    cells[2].metric("Faulty engine wrong", f"{m.faulty:,}", help="pictures with a broken promise, measured")
    exact = "" if m.sound_exact is None else f" Exactly computed, the sound engine errs in {percent(m.sound_exact)}."
    interval = f"{percent(m.faulty / m.families)} (99 % interval for one look: {percent(low)} to {percent(high)})"
    if _refuted(m):
        st.error(
            f"**The promise is broken.** With the fault {interval} of the pictures have a false certificate too many; "
            f"promised were at most {percent(m.alpha)}. The test behind this verdict (level 1 %) is an anytime test: "
            f"it stays valid however often you add pictures and look.{exact}",
            icon=":material/gpp_bad:",
        )
    else:
        st.info(
            f"Not proved yet: with the fault {interval} of the pictures have a false certificate too many. Certify "
            f"more pictures.{exact}",
            icon=":material/hourglass_top:",
        )


def _refuted(m: _Measured) -> bool:
    """Whether the fault is proved to break the promise, by a test that may be looked at after every press."""
    return engine.teaching.coins.refutation(m.faulty, m.families, m.alpha) <= _LEVEL


def _all_so_far() -> None:
    seen = {name: count for name, count in st.session_state.get(_WATCH, {}).items() if count}
    if len(seen) < 2:
        return
    st.markdown("**Faults you have measured**")
    rows = []
    for name, count in seen.items():
        m = _sum(name, count)
        low, high = engine.stats.interval(m.faulty, m.families, 0.99)
        rows.append(
            {
                "fault": engine.audits.faults[name].title,
                "pictures": m.families,
                "promised (α)": percent(m.alpha),
                "sound, measured": percent(m.sound / m.families),
                "faulty, measured": percent(m.faulty / m.families),
                "99 % interval": f"{percent(low)} – {percent(high)}",
                "proved": "yes" if _refuted(m) else "not yet",
            }
        )
    st.dataframe(rows, hide_index=True, width="stretch")
    st.caption("Intervals for one look at each; *proved*, at level 1 % for each fault, holds however often you looked.")


def _where_found() -> None:
    """The faults of named repositories, beside what they do when they are built in here."""
    known = {fault.number: name for name, fault in engine.audits.faults.items()}
    st.markdown("**Where they were found**")
    rows = []
    for found in PUBLIC_FAULTS:
        name = known.get(found.number)
        m = None if name is None else _sum(name, _done(name))
        rows.append(
            {
                "fault": found.number,
                "repository": found.repository,
                "what goes wrong": found.wrong,
                "promised (α)": percent(m.alpha) if m else "",
                "broken with it": f"{percent(m.faulty / m.families)} of {m.families:,}" if m else "",
                "broken without": percent(m.sound / m.families) if m else "",
                "source": found.source,
            }
        )
    st.dataframe(
        rows, hide_index=True, width="stretch",
        column_config={"source": st.column_config.LinkColumn(display_text=r"([^/]+)$")},
    )  # fmt: skip
    unnamed = sorted(known.keys() - {found.number for found in PUBLIC_FAULTS})
    st.caption(
        "The code of the papers on SegCertify and DenoiseCertify, as read at the commits that the links name. "
        "Pictures with a broken promise are measured on this page, more of them as you add some; a fault without a "
        "figure is not about the rate of errors. "
        f"Faults {', '.join(map(str, unnamed[:-1]))} and {unnamed[-1]} are from code that the papers do not name."
    )


LESSON = Lesson(name="faults", title="Break the certificate", show=show)
