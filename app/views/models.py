"""Tables of the Models page."""

from collections.abc import Sequence

import streamlit as st

import engine


def show_overview(infos: Sequence[engine.models.ModelInfo]) -> None:
    """One line a model, with its scores on CamVid where this project measured them."""
    scores = {row[0]: row for row in engine.papers.model_scores()}
    rows = []
    for info in infos:
        _, clean, certified, sigma = scores.get(info.name, ("", None, None, None))
        rows.append(
            (
                f"`{info.name}`",
                info.title,
                f"{info.labels.name} ({len(info.labels)})",
                "–" if clean is None else f"{clean:.1%}",
                "–" if certified is None else f"{certified:.1%} at σ = {sigma:g}",
            )
        )
    st.markdown(_table(("model", "what it is", "classes", "correct, clean", "certified and correct"), rows))
    for words in dict.fromkeys(_measured(name) for name in engine.papers.files_of("models")):
        st.caption(words)


def _measured(name: str) -> str:
    """On what the scores of that file of results were measured."""
    stored = engine.papers.own_results()[name]
    settings = stored["plan"]["settings"]
    return (
        f"Scores on {stored['images']} images of {stored['dataset']} at working size {settings['size']}; certified "
        f"at the σ at which it is best, τ = 0.75, n = {settings['n']}, α = {settings['alpha']:g}, Holm."
    )


def show_part_models(models: Sequence[tuple[str, str, tuple[str, ...]]]) -> None:
    """What the models of shapes are, and their cards. models: name, title, categories, at least one each."""
    infos = {name: engine.models.model_info(engine.models.of_category(name, known[0])) for name, _, known in models}
    rows = [
        (f"`{name}`", title, str(len(known)), f"{infos[name].trained_sigma:g}" if infos[name].trained_sigma else "none")
        for name, title, known in models
    ]
    st.markdown(_table(("model", "what it is", "categories", "noise in training, σ"), rows))
    st.markdown(
        "The category is an input of the network: `MODEL@Chair` is the base model that a certificate is about. Scores "
        "on shapes that were not trained on are in the cards and on the Results page."
    )
    for name, info in infos.items():
        with st.expander(f"Card of {name}", icon=":material/badge:"):
            st.markdown(info.card.replace("# ", "### ", 1))


def show_around(parts: Sequence[engine.models.WrapperChoice], denoisers: Sequence[tuple[str, str, str]]) -> None:
    """What can go around a model, and the denoisers' cards. denoisers: name, title, card."""
    rows = [(f"`+{part.name}`", part.title, part.about) for part in parts]
    st.markdown(_table(("name", "what it is", "about"), rows))
    for name, title, card in denoisers:
        with st.expander(f"{title} (`{name}`)", icon=":material/badge:"):
            st.markdown(card.replace("# ", "### ", 1))


def show_offers(offers: Sequence[engine.models.OfferInfo]) -> None:
    """What can be downloaded, and how to use files of one's own."""
    st.markdown(
        "Off-the-shelf segmenters are not part of Certiscope. `python -m engine fetch NAME` downloads one where the "
        "command runs, checks it, and writes it into `models.toml`; this page and every command know it from then on. "
        "They were not trained on noise: put a denoiser around them."
    )
    rows = [
        (
            f"`{offer.name}`",
            offer.title,
            f"{offer.megabytes:g} MB",
            offer.terms,
            "nothing more" if offer.installed else f"`{offer.install}`",
        )
        for offer in offers
    ]
    st.markdown(_table(("name", "what it is", "download", "terms", "needs"), rows))
    with st.expander("A model of your own", icon=":material/add_box:"):
        st.markdown(
            "Write `models.toml` in the folder where you start Certiscope. A model is named by a path on this machine, "
            "never uploaded: some of these files run code when they are opened."
        )
        st.code(_EXAMPLE, language="toml")
        st.markdown(
            "Sources: "
            + "; ".join(f"**{name}**: {title}" for name, title in engine.models.model_sources())
            + ". Diffusion models are read in the layout of the published guided-diffusion checkpoints, and used as "
            "`MODEL+single:NAME`."
        )


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, whose cells wrap."""
    lines = [columns, ["---"] * len(columns), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_EXAMPLE = """[[model]]
name = "my-segmenter"
source = "scripted"              # a TorchScript or torch.export file
path = "models/segmenter.pt"
labels = ["background", "road"]  # or the name of a label space, such as "cityscapes"
mean = [0.485, 0.456, 0.406]
std = [0.229, 0.224, 0.225]

[[denoiser]]
name = "guided-256"
path = "models/256x256_diffusion_uncond.pt"
"""
