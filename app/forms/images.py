"""Where images come from: bundled samples, uploads, rendered scenes, photographs of installed packages, a dataset."""

import importlib.util
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import engine
from app.forms.fields import number
from app.forms.samples import SAMPLES, sample_file, sample_table
from app.runs.requests import Chosen

DATASET_VARIABLE = "CERTISCOPE_CAMVID"
_THUMBNAIL = 138
_CLASSES = engine.inputs.label_spaces["camvid"].classes
_DATASET_SPLITS = ("val", "test", "train")


def pick_image() -> Chosen | None:
    """Show the picker; returns the choice, or None while there is none."""
    source = st.segmented_control(
        "Image",
        list(_SOURCES),
        default="Samples",
        required=True,
        key="source",
        bind="query-params",
        label_visibility="collapsed",
    )
    return _SOURCES.get(str(source), _samples)()  # an empty ?source= chooses nothing


def _samples() -> Chosen | None:
    rows = sample_table()
    names = [row["name"] for row in rows]
    chosen = st.session_state.get("sample") or st.query_params.get("sample")
    if chosen not in names:
        chosen = names[0]
    with st.container(horizontal=True, gap="small"):
        for row in rows:
            with st.container(width=_THUMBNAIL, gap="xxsmall"):
                st.image(str(SAMPLES / row["image"]), width="stretch", alt=row["title"])
                _sample_button(row, chosen=row["name"] == chosen)
    st.caption("Rendered by this project, with exact ground truth; the model has not seen them.")
    row = rows[names.index(chosen)]
    data, labels = sample_file(row["image"], row["labels"])
    return Chosen(kind="image", name=row["name"], data=data, labels=labels, classes=_CLASSES, preview=False)


def _sample_button(row: Mapping[str, str], *, chosen: bool) -> None:
    name, title = row["name"], row["title"]
    if chosen:
        st.button(title, key=f"use_{name}", width="stretch", type="primary", icon=":material/check:")
    else:
        st.button(title, key=f"use_{name}", width="stretch", on_click=_choose, args=(name,))


def _choose(name: str) -> None:
    st.session_state["sample"] = name
    st.query_params["sample"] = name


def _upload() -> Chosen | None:
    file = st.file_uploader("Upload a street photograph", type=["png", "jpg", "jpeg", "webp"], key="upload")
    st.caption(
        f"PNG, JPEG or WebP up to {engine.inputs.MAX_BYTES // 2**20} MB. It is never written to disk; it stays in this "
        "server's memory with its result for an hour after you leave, and whoever has this page's link can see both."
    )
    return None if file is None else Chosen(kind="image", name=file.name, data=file.getvalue())


def _render() -> Chosen | None:
    seed = int(
        number("Seed of the scene", 7, key="scene", low=0, high=999_999,
               help="Every seed is another street, with exact ground truth.") or 0
    )  # fmt: skip
    data, labels = _rendered(seed)
    return Chosen(kind="image", name=f"street-{seed}", data=data, labels=labels, classes=_CLASSES)


@st.cache_data(max_entries=32)
def _rendered(seed: int) -> tuple[bytes, NDArray[np.uint8]]:
    scene = engine.synthetic.render_street(seed)
    return engine.export.png(scene.pixels), scene.labels


def _photographs() -> Chosen | None:
    found = _package_photographs()
    if not found:
        st.info("No installed package brings photographs: `pip install scikit-learn` adds two.")
        return None
    name = st.selectbox("Photograph", list(found), key="photo", bind="query-params")
    st.caption("Real photographs, but not street scenes: watch what the model is sure of, and what it abstains on.")
    return Chosen(kind="image", name=name, data=found[name].read_bytes())


@st.cache_data(max_entries=1)
def _package_photographs() -> Mapping[str, Path]:
    spec = importlib.util.find_spec("sklearn")
    if spec is None or spec.origin is None:
        return {}
    folder = Path(spec.origin).parent / "datasets" / "images"
    return {f"{path.stem} (scikit-learn)": path for path in sorted(folder.glob("*.jpg"))}


def _dataset() -> Chosen | None:
    root = os.environ.get(DATASET_VARIABLE, "")
    splits = [name for name in _DATASET_SPLITS if root and (Path(root) / name / "images").is_dir()]
    if not splits:
        st.info(
            "No dataset is connected. Start the app with `make run CAMVID=DIR`, where `DIR/val/images` and "
            "`DIR/val/labels` hold photographs and label maps, and they appear here with their ground truth."
        )
        return None
    left, right = st.columns([1, 3])
    split = left.selectbox("Split", splits, key="split", bind="query-params")
    try:
        dataset = _open_dataset(root, str(split))
        items = {item.name: item for item in dataset.items()}
        name = right.selectbox("Image", list(items), key="item", bind="query-params")
        item = items[str(name)]
        data, labels = item.image_path.read_bytes(), dataset.read_labels(item)
    except (engine.EngineError, OSError) as error:
        st.error(f"This dataset cannot be read: {error}")
        return None
    return Chosen(kind="image", name=item.name, data=data, labels=labels, classes=_CLASSES)


@st.cache_resource(max_entries=4)
def _open_dataset(root: str, split: str) -> engine.inputs.SegmentationDataset:
    return engine.inputs.datasets["camvid"].open(Path(root), split)


_SOURCES: Mapping[str, Callable[[], Chosen | None]] = {
    "Samples": _samples,
    "Upload": _upload,
    "Render": _render,
    "Photographs": _photographs,
    "Dataset": _dataset,
}
