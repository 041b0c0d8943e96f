"""A contract for import-linter: the entries of a registry do not import each other, so that each can go alone."""

from __future__ import annotations

from typing import ClassVar

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class EntriesContract(Contract):
    """packages: registries. What their files share lies in `base` and in modules whose names begin with "_"."""

    type_name: ClassVar[str] = "entries"

    packages = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - the caller's signature
        wrong = []
        for package in self.packages:  # type: ignore[attr-defined]
            children = graph.find_children(package)
            entries = {name for name in children if name.rpartition(".")[2][0] != "_" and not name.endswith(".base")}
            for entry in sorted(entries):
                used = graph.find_modules_directly_imported_by(entry)
                wrong += [f"{entry} imports {other}" for other in sorted(used & entries - {entry})]
        return ContractCheck(kept=not wrong, metadata={"wrong": wrong})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["wrong"]:
            output.print_error(line)
