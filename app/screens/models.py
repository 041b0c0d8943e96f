"""Every model: what it is, how it was trained, how it scores, what can go around it, and where to get others."""

import streamlit as st

import engine
from app.views.models import show_around, show_offers, show_overview, show_part_models
from app.words.numbers import plain

st.title("Models")
st.markdown(
    "A certificate is about a **base model**, smoothed with noise. These ship with Certiscope: one architecture, "
    "trained in several ways, so that the effect of training can be seen. Their cards say on what data, how, and how "
    "well."
)
infos = {info.name: info for info in engine.models.available()}
show_overview(list(infos.values()))

name = st.segmented_control(
    "Card", list(infos), default=next(iter(infos)), required=True, key="card", bind="query-params"
)
info = infos.get(str(name), next(iter(infos.values())))
with st.container(border=True):
    st.markdown(info.card.replace("# ", "### ", 1))
    if info.weights_sha256:
        st.caption(f"Weights sha256 `{info.weights_sha256}`, checked whenever they are loaded.")

if shapes := engine.models.part_models():
    st.header("Models of shapes", anchor=False)
    show_part_models(shapes)

st.header("Around a model", anchor=False)
st.markdown(
    "What stands around a model makes a new base model of it; the names go behind a plus sign, on the command line as "
    "in certificates: `street-clean+single`."
)
show_around((*engine.models.wrapper_choices(), *engine.models.wrapper_choices("cloud")), engine.models.denoisers())

st.header("Other people's models", anchor=False)
if problem := engine.models.configuration_problem():
    st.error(f"{plain(problem, 300)}. The models that ship with Certiscope work all the same.")
show_offers(engine.models.offers())
