"""A page for every public namespace of the engine."""

from __future__ import annotations

NAMESPACES = (
    "engine",
    "engine.inputs",
    "engine.perturbations",
    "engine.stats",
    "engine.models",
    "engine.certification",
    "engine.attacks",
    "engine.evaluation",
    "engine.audits",
    "engine.papers",
    "engine.synthetic",
    "engine.export",
    "engine.teaching",
    "engine.core",
)


def api_pages() -> dict[str, str]:
    """Markdown by file name; mkdocstrings fills it with what each namespace exports."""
    return {f"api/{name}.md": f"---\ntitle: {name}\n---\n\n::: {name}\n" for name in NAMESPACES}
