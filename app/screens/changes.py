"""Everyday changes: what brightness, contrast, gamma and blur do to a model, and what is promised against them."""

import streamlit as st

from app.forms.changes import choose_change
from app.runs import certify
from app.runs.changes import PAGE, real_pictures
from app.runs.requests import Outcome, Request
from app.session import state
from app.views.account import show_ledger
from app.views.changes import show_stage
from app.views.page_run import PageRun, Watched, ended
from app.views.progress import show_progress
from app.views.result import show_parts
from app.views.verdict import show_guarantee
from app.words.changes import would_cover
from app.words.numbers import plain
from app.words.promise import kind_of
from app.words.real_pictures import covered

_RUN = PageRun(page=PAGE)


def _promise(watched: Watched, request: Request, outcome: Outcome | None) -> None:
    """What is promised, or what would be, and beside it the button that begins a run, or one under way."""
    said, pressed = st.columns([4, 1], vertical_alignment="center")
    with said:
        if outcome is None:
            st.info(would_cover(request.settings), icon=":material/verified_user:")
        else:
            show_guarantee(outcome.certificate)
    if watched.job is not None and watched.busy:
        show_progress(watched.job, "Draw", key="cancel_changes")
        return
    if watched.job is not None and outcome is None:
        ended(watched.job, "The run", stopped=" Nothing was certified.")
        if isinstance(watched.job.result, Outcome):
            st.caption(
                "The last certificate is for another picture or other settings: press **Certify** for a new one."
            )
    label = "Certify again" if outcome else "Certify"
    if pressed.button(
        label,
        type="secondary" if outcome else "primary",
        icon=":material/play_arrow:",
        width="stretch",
        key="certify_change",
    ):
        _RUN.start(lambda: certify.submit(request, page=PAGE))


st.title("Everyday changes")
st.markdown(
    "Nobody attacks this picture: it only gets brighter, flatter or blurred. Drag the slider and watch a model without "
    "defence. Inside the **green band** the certified pixels of a smoothed model cannot be flipped."
)
watched = _RUN.find()
controls, promise, stage = (st.container(key=f"changes_{name}") for name in ("controls", "promise", "stage"))
request = choose_change(controls)
if request is not None:
    asked, made = request.certify, watched.job.result if watched.job is not None else None
    outcome = made if isinstance(made, Outcome) and asked.gave(made) else None
    with promise:
        _promise(watched, asked, outcome)
    if outcome is not None:
        state.add_to_ledger(outcome.certificate, outcome.request.name)
        st.subheader(f"{kind_of(asked.settings)} for {plain(asked.name)}", anchor=False)
        show_parts(outcome)
    show_ledger()
    with stage:
        show_stage(asked, request.undefended, request.reach, outcome)
        st.caption(covered(asked.settings, real_pictures(asked)))
else:
    show_ledger()
