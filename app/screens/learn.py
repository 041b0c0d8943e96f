"""Learn: certified segmentation in five short lessons."""

from __future__ import annotations

import streamlit as st

from app.lessons import LESSONS

_BY_NAME = {lesson.name: lesson for lesson in LESSONS}
_NUMBERED = {lesson.name: f"{number} · {lesson.title}" for number, lesson in enumerate(LESSONS, start=1)}
_QUERY, _CHOICE, _WRITTEN = "lesson", "lesson_choice", "lesson_written"


def _follow_the_url() -> None:
    """A bound widget would write its label into the URL; a link to a lesson shall read `?lesson=plane`."""
    asked = st.query_params.get(_QUERY)
    if asked in _BY_NAME and asked != st.session_state.get(_WRITTEN):
        st.session_state[_CHOICE] = asked
    elif st.session_state.get(_CHOICE) not in _BY_NAME:
        st.session_state[_CHOICE] = st.session_state.get(_WRITTEN, LESSONS[0].name)


def _open(name: str) -> None:
    st.session_state[_CHOICE] = name


st.title("How a pixel gets a promise")
st.markdown("Five short lessons. Move a control, watch what happens, then go on to the next.")
_follow_the_url()
chosen = st.pills(
    "Lesson",
    list(_BY_NAME),
    required=True,
    format_func=_NUMBERED.__getitem__,
    key=_CHOICE,
    label_visibility="collapsed",
)
lesson = _BY_NAME[str(chosen)]
st.session_state[_WRITTEN] = st.query_params[_QUERY] = lesson.name
st.subheader(_NUMBERED[lesson.name], divider="gray")
st.fragment(lesson.show)()

place = LESSONS.index(lesson) + 1
if place < len(LESSONS):
    following = LESSONS[place]
    st.button(
        f"Next: {following.title}", icon=":material/arrow_forward:", on_click=_open, args=(following.name,), key="next"
    )
