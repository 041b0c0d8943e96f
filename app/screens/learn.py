"""Learn: certified segmentation in short lessons."""

import streamlit as st

from app.lessons import LESSONS
from app.session import address
from app.views.places import place_of

_BY_NAME = {lesson.name: lesson for lesson in LESSONS}
_NUMBERED = {lesson.name: f"{number} · {lesson.title}" for number, lesson in enumerate(LESSONS, start=1)}
_QUERY, _CHOICE = "lesson", "lesson_choice"


def _open(name: str) -> None:
    st.session_state[_CHOICE] = name


st.title("How a pixel gets a promise")
st.markdown("Short lessons. Move a control, watch what happens, then go on to the next.")
address.keep_own("learn")
address.begin_from_url(_CHOICE, list(_BY_NAME), LESSONS[0].name, query=_QUERY)
chosen = st.pills(
    "Lesson",
    list(_BY_NAME),
    required=True,
    format_func=_NUMBERED.__getitem__,
    key=_CHOICE,
    label_visibility="collapsed",
)
lesson = _BY_NAME[str(chosen)]
address.write_to_url(_QUERY, lesson.name)
number = LESSONS.index(lesson) + 1
with place_of(lesson.name, _BY_NAME):
    st.subheader(_NUMBERED[lesson.name], divider="gray")
    st.fragment(lesson.show)()
    if number < len(LESSONS):
        following = LESSONS[number]
        st.button(
            f"Next: {following.title}",
            icon=":material/arrow_forward:",
            on_click=_open,
            args=(following.name,),
            key="next",
        )
