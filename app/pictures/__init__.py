"""Arrays and certificates in, PNG files and Plotly figures out; knows no Streamlit, no job and no page."""
