"""What a lesson is, what it gives to do and asks, and how it writes probabilities."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A row of the table of lessons. `show` renders it, as a fragment: alone, when one of its controls moves."""

    name: str
    title: str
    show: Callable[[], None]


def try_this(*prompts: str) -> None:
    """Things to do with the controls, each with what to look for."""
    with st.container(border=True):
        st.markdown("**Try this**\n\n" + "\n".join(f"- {prompt}" for prompt in prompts))


def question(asked: str, answer: str) -> None:
    """Something to think about; the answer shows at a click."""
    with st.expander(f"**Question.** {asked}", icon=":material/psychology_alt:"):
        st.markdown(answer)


def percent(value: float, digits: int = 1) -> str:
    """A probability for people; never rounded to certainty."""
    if 0.0 < value < 10.0 ** -(digits + 2):
        return f"< {10.0**-digits:.{digits}f} %"
    if 1.0 - 10.0 ** -(digits + 2) < value < 1.0:
        return f"> {100.0 - 10.0**-digits:.{digits}f} %"
    return f"{100.0 * value:.{digits}f} %"
