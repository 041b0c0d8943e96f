"""Sentences of the app, plain text and HTML-safe; knows no Streamlit, no job and no page."""
