"""A contract for import-linter: layers that hold for the names of models, too.

Who names a model of ours (``env["…"]``, ``_inherit``, the comodel of a field) uses the
file that defines it. Imports do not show that, so this contract adds it to them.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from grimp import ImportGraph
from importlinter import Contract, ContractCheck
from importlinter.contracts.layers import LayersContract


class ModelLayersContract(Contract):
    """The contract ``layers``, with its options; files are found from the root."""

    type_name = "model_layers"

    def validate(self) -> None:
        options = (self.name, self.session_options, self.contract_options)
        self.layers = LayersContract(*options)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        trees = {module: read_tree(module) for module in graph.modules}
        homes = {
            name: module for module, tree in trees.items() for name in defined(tree)
        }
        for module, tree in trees.items():
            for line, text in texts(tree):
                if homes.get(text, module) != module:
                    graph.add_import(
                        importer=module,
                        imported=homes[text],
                        line_number=line,
                        line_contents=text,
                    )
        return self.layers.check(graph, verbose)

    def render_broken_contract(self, check: ContractCheck) -> None:
        self.layers.render_broken_contract(check)


def read_tree(module: str) -> ast.Module:
    """Return the code of a module; nothing of a package or what is not ours."""
    file = Path(*module.split(".")).with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8") if file.is_file() else "")


def defined(tree: ast.Module) -> Iterator[str]:
    """Yield the models that a module defines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_name":
            yield from (text for _line, text in texts(node))


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield each text in some code, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
