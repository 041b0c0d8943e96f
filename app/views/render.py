"""HTML from the templates beside this file; whatever is put into them is escaped."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.components import data_url

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "html"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip


def render(template: str, **values: Any) -> str:
    """The template of that name in `html`, filled in. Raises jinja2.UndefinedError for a value that is missing."""
    return _TEMPLATES.get_template(f"{template}.html").render(**values)


_TEMPLATES.filters["data_url"] = data_url
_TEMPLATES.filters["count"] = lambda number: f"{number:,}"
_TEMPLATES.filters["percent"] = lambda share: f"{100 * share:.1f} %"
