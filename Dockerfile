# CPU by default. CUDA: docker build --build-arg TORCH_BACKEND=cu130 .   (any backend name that uv knows)
FROM python:3.11-slim

# libgomp: torch and scikit-learn; the other two: open3d, which links them even without a display.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 libgl1 libx11-6 \
    && rm -rf /var/lib/apt/lists/*

ARG TORCH_BACKEND=cpu
WORKDIR /srv/certiscope
COPY requirements.txt .
RUN pip install --no-cache-dir uv \
    && uv pip install --system --no-cache --torch-backend="${TORCH_BACKEND}" --requirement requirements.txt \
    && pip uninstall --yes uv

COPY .streamlit .streamlit
COPY app app
COPY engine engine
COPY assets assets

RUN useradd --create-home --uid 10001 certiscope
USER certiscope
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"
CMD ["python", "-m", "streamlit", "run", "app/main.py", "--server.address=0.0.0.0", "--server.port=8501"]
