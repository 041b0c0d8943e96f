"""Docstrings are sentences with shapes and formulas in them, `int16 (*N), 2 * sigma < 1`: shown letter by letter."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import griffe

_CODE = re.compile(r"(``?[^`\n]+``?)")
_METHOD = re.compile(r"METHOD,? section (\d+)")
_MARKUP = re.compile(r"[\\*_\[\]|]")


class PlainSentences(griffe.Extension):
    """Escapes what Markdown would take for its own, and fences examples; finds names that are assigned in pairs."""

    def on_module_members(self, *, node: ast.AST | griffe.ObjectNode, mod: griffe.Module, **_: Any) -> None:
        """griffe passes over `A, B = 1, 2`: whoever exports A could not be shown."""
        for line in node.body if isinstance(node, ast.Module) else ():
            for target in line.targets if isinstance(line, ast.Assign) else ():
                for name in target.elts if isinstance(target, ast.Tuple) else ():
                    if isinstance(name, ast.Name) and name.id not in mod.members:
                        mod.set_member(name.id, griffe.Attribute(name.id, lineno=line.lineno, endlineno=line.lineno))

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        if obj.docstring is not None:
            obj.docstring.value = as_markdown(obj.docstring.value)

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """Leave out the fields of dataclasses: they stand in the signature, and the class's docstring tells of them."""
        for cls in _classes(pkg):
            if cls.has_labels("dataclass"):
                for name, member in list(cls.members.items()):
                    plain = isinstance(member, griffe.Attribute) and not member.has_labels("property")
                    if plain and member.docstring is None:
                        del cls.members[name]


def _classes(place: griffe.Module | griffe.Class) -> Iterator[griffe.Class]:
    """All classes in a module or class, whatever it only imports left out."""
    for member in place.members.values():
        if isinstance(member, griffe.Class):
            yield member
        if isinstance(member, griffe.Module | griffe.Class):
            yield from _classes(member)


def as_markdown(text: str) -> str:
    """A docstring as Markdown that shows it as it stands: examples in fences, indented blocks as code."""
    shown: list[str] = []
    example = False
    for line in text.splitlines():
        if line.lstrip().startswith(">>>") and not example:
            shown += ["", "```pycon"]
            example = True
        elif example and not line.strip():
            shown.append("```")
            example = False
        shown.append(line if example or line.startswith("    ") else _escaped(line))
    return "\n".join([*shown, "```"] if example else shown)


def _escaped(line: str) -> str:
    pieces = _CODE.split(line)
    pieces[::2] = [_MARKUP.sub(r"\\\g<0>", piece).replace("<", "&lt;") for piece in pieces[::2]]
    return _METHOD.sub(r"[\g<0>](../method.md#section-\g<1>)", "".join(pieces))
