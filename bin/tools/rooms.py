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
        """Read the options."""
        options = (self.name, self.session_options, self.contract_options)
        self.layers = LayersContract(*options)

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print what breaks the layers."""
        self.layers.render_broken_contract(check)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Return what breaks the layers."""
        names = {module: list(constants(module)) for module in graph.modules}
        homes = {
            constant.value: module
            for module, found in names.items()
            for constant, is_definition in found
            if is_definition
        }
        for module, found in names.items():
            for constant, _is_definition in found:
                home = homes.get(constant.value, module)
                if home != module:
                    graph.add_import(
                        importer=module,
                        imported=home,
                        line_number=constant.lineno,
                        line_contents=constant.value,
                    )
        return self.layers.check(graph, verbose)


def constants(module: str) -> Iterator[tuple[ast.Constant, bool]]:
    """Yield each text in a module, and whether it is the name of a model there."""
    file = Path(*module.split(".")).with_suffix(".py")
    if not file.is_file():
        return
    tree = ast.parse(file.read_text(encoding="utf-8"))
    definitions = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_name"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, node in definitions
