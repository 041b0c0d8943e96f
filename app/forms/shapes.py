"""Where shapes come from: samples that the project builds, and uploads."""

import streamlit as st

import engine
from app.forms.fields import number
from app.runs.requests import Chosen

_SAMPLES, _UPLOAD = "Sample shapes", "Upload"
_FIRST = "Chair"


def pick_shape() -> Chosen | None:
    """Show the picker; returns the choice, or None while there is none."""
    categories = {category for _, _, known in engine.models.part_models() for category in known}
    built = [name for name in engine.synthetic.shape_categories() if name in categories]
    source = st.segmented_control(
        "Shape",
        [_SAMPLES, _UPLOAD] if built else [_UPLOAD],
        default=_SAMPLES if built else _UPLOAD,
        required=True,
        key="shapes",
        bind="query-params",
        label_visibility="collapsed",
    )
    return _upload() if source == _UPLOAD or not built else _sample(built)


def _sample(built: list[str]) -> Chosen:
    left, right = st.columns([3, 2])
    first = built.index(_FIRST) if _FIRST in built else 0
    category = left.selectbox("Shape", built, first, key="kind", bind="query-params", persist_state="session")
    with right:
        seed = int(
            number("Number", 1, key="shape", low=0, high=999_999,
                   help="Every number is another shape of that kind, with exact ground truth.") or 0
        )  # fmt: skip
    return Chosen(
        kind="cloud", name=f"{category}-{seed}.ply", data=_built(str(category), seed), category=str(category),
        classes=engine.synthetic.shape_categories()[str(category)],
    )  # fmt: skip


@st.cache_data(max_entries=32, show_spinner=False)
def _built(category: str, seed: int) -> bytes:
    return engine.export.shape_ply(engine.synthetic.build_shape(category, seed))


def _upload() -> Chosen | None:
    suffixes = engine.inputs.cloud_suffixes()
    file = st.file_uploader("Upload a mesh or a point cloud", type=[one[1:] for one in suffixes], key="shape_file")
    megabytes = min(engine.inputs.MAX_CLOUD_BYTES // 2**20, int(st.get_option("server.maxUploadSize")))
    st.caption(
        f"{', '.join(one[1:].upper() for one in suffixes)} up to {megabytes} MB. It is never written to disk; the "
        "points stay in this server's memory with their result for an hour after you leave, and whoever has this "
        "page's link can see both."
    )
    return None if file is None else Chosen(kind="cloud", name=file.name, data=file.getvalue())
