"""What Certiscope is, in one screen."""

import streamlit as st

import engine
from app import navigation
from app.components.compare import compare
from app.forms.samples import example
from app.pictures import overlay
from app.words.promise import guarantee

st.title("What can a segmentation model promise?")
left, right = st.columns([5, 6], gap="large")
with left:
    st.markdown(
        """
A segmentation model names the class of every pixel. An adversary who may change the image a little can make it name
almost anything. **Certiscope** shows which pixels of a *smoothed* model cannot be flipped, whatever the adversary does
within a radius, and how sure that is.

1. **Add noise, many times.** The model is asked about the same image under fresh Gaussian noise.
2. **Test every pixel.** If one class wins so often that its true share must exceed τ, no change smaller than
   R = σ·ppf(τ) can make another class win.
3. **Answer for all pixels at once.** Holm's correction keeps the chance that *any* certificate is false at most α.
   Where the evidence is thin, the pixel stays white: the model abstains.

What is guaranteed is said in a sentence, with its probability. What is only estimated is called an estimate. Every
certificate can be downloaded and checked again, on another machine, with other noise.
"""
    )
    if st.button("Certify an image", type="primary", icon=":material/verified_user:"):
        st.switch_page(navigation.CERTIFY)
with right:
    shown = example()
    space = engine.models.model_info(shown.certificate.provenance.model).labels
    compare(
        overlay.png(shown.image.as_uint8()),
        overlay.labels_png(shown.certificate.labels, space),
        left_label="Input",
        right_label="Certified",
        key="example",
    )
    st.caption(f"{guarantee(shown.certificate)} White: the model abstains.")
