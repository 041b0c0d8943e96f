"""A page for every public namespace of the engine."""

from __future__ import annotations

import importlib

from engine.core.registry import Registry

NAMESPACES = (
    "engine",
    "engine.inputs",
    "engine.changes",
    "engine.perturbations",
    "engine.stats",
    "engine.models",
    "engine.certification",
    "engine.attacks",
    "engine.evaluation",
    "engine.frequency",
    "engine.audits",
    "engine.papers",
    "engine.patches",
    "engine.synthetic",
    "engine.export",
    "engine.teaching",
    "engine.core",
)


def api_pages() -> dict[str, str]:
    """Markdown by file name; mkdocstrings fills it with what each namespace exports."""
    return {f"api/{name}.md": f"---\ntitle: {name}\n---\n\n::: {name}\n{_entries(name)}" for name in NAMESPACES}


def _entries(name: str) -> str:
    """What is in the registries of a namespace, as tables; empty where it has none."""
    module = importlib.import_module(name)
    tables = []
    for exported in module.__all__:
        registry = getattr(module, exported)
        if isinstance(registry, Registry) and name != "engine":  # there they are namespaces of their own
            rows = "\n".join(f"| `{key}` | {getattr(entry, 'title', '')} |" for key, entry in registry.items())
            tables.append(f"\n## In `{exported}`\n\n| name | what it is |\n|---|---|\n{rows}\n")
    return "".join(tables)
