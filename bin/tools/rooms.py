"""The lint hook that holds the direction between the rooms of the Odoo side.

Usage: ``python bin/tools/rooms.py [ROOT]``. A room is a folder or a file of
``models/``, or ``wizards/``, which stands on top of all. The floors are those of the
contract ``models-layers`` in ``.importlinter``, which sees imports alone. This one also
sees where a model of ours is named: ``env["…"]``, ``_inherit``, the comodel of a field.
"""

import ast
import re
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

TOP = "wizards"
CONTRACT = "importlinter:contract:models-layers"
# foreign keys that point up; no code of the lower room calls the model
FOREIGN_KEYS = {
    # a call is logged under the registration that it was made for
    ("portal", "l10n_in.irp.document"),
}


class Use(NamedTuple):
    """That the code of a room uses another room."""

    file: Path
    line: int
    room: str
    other: str
    what: str


class Floor(NamedTuple):
    """Rooms on one level; whether they may use one another."""

    rooms: frozenset[str]
    is_shared: bool


def read_floors(root: Path) -> list[Floor]:
    """Return the floors, the highest first."""
    config = ConfigParser()
    config.read(root / ".importlinter", encoding="utf-8")
    lines = config[CONTRACT]["layers"].split("\n")
    floors = [
        Floor(frozenset(re.findall(r"\w+", line)), ":" in line)
        for line in lines
        if line.strip()
    ]
    return [Floor(frozenset({TOP}), False), *floors]


def room_of(path: Path) -> str:
    """Return the room of a file or folder, given from the addon's folder on."""
    top, *rest = path.with_suffix("").parts
    return TOP if top == TOP else rest[0] if rest else ""


def read_sources(addon: Path) -> dict[Path, ast.Module]:
    """Return file, from the addon's folder on -> its code."""
    return {
        path.relative_to(addon): ast.parse(path.read_text(encoding="utf-8"))
        for folder in ("models", TOP)
        for path in sorted((addon / folder).rglob("*.py"))
        if path.name != "__init__.py"
    }


def model_names(tree: ast.Module) -> Iterator[str]:
    """Yield the models that a file defines."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(
                targets=[ast.Name(id="_name")], value=ast.Constant(value=str(name))
            ):
                yield name


def imported_rooms(path: Path, node: ast.ImportFrom) -> Iterator[str]:
    """Yield the rooms from which a relative import takes something."""
    if not node.level:
        return
    folder = path.parents[node.level - 1]
    names = [node.module] if node.module else [alias.name for alias in node.names]
    for name in names:
        target = folder.joinpath(*name.split("."))
        if target.parts[:1] in (("models",), (TOP,)):
            yield room_of(target)


def read_uses(sources: dict[Path, ast.Module]) -> list[Use]:
    """Return every use of another room."""
    homes = {
        name: room_of(path)
        for path, tree in sources.items()
        for name in model_names(tree)
    }
    return [
        Use(path, node.lineno, room_of(path), other, what)
        for path, tree in sources.items()
        for node in ast.walk(tree)
        for other, what in used_rooms(path, node, homes)
        if other not in (room_of(path), "")
    ]


def used_rooms(
    path: Path, node: ast.AST, homes: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield each room that a node of code uses, and by what."""
    match node:
        case ast.ImportFrom():
            for room in imported_rooms(path, node):
                yield room, "import"
        case ast.Constant(value=str(name)) if name in homes:
            if (room_of(path), name) not in FOREIGN_KEYS:
                yield homes[name], name


def find_faults(sources: dict[Path, ast.Module], floors: list[Floor]) -> list[str]:
    """Return what breaks the direction, each in a line; empty if nothing does."""
    levels = {room: level for level, floor in enumerate(floors) for room in floor.rooms}
    homeless = {room_of(path) for path in sources} - levels.keys()
    if homeless:
        return [f"{room}: on no floor of {CONTRACT}" for room in sorted(homeless)]
    uses = read_uses(sources)
    faults = []
    for use in uses:
        floor = floors[levels[use.room]]
        is_beside = use.other in floor.rooms and not floor.is_shared
        if is_beside or levels[use.other] < levels[use.room]:
            place = "beside" if is_beside else "above"
            faults.append(
                f"{use.file}:{use.line}: {use.room} uses {use.other}, which is {place}"
                f" it ({use.what})"
            )
    return faults or find_circles(uses)


def find_circles(uses: list[Use]) -> list[str]:
    """Return the first circle between rooms, if there is one."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for use in uses:
        sorter.add(use.room, use.other)
    try:
        sorter.prepare()
    except CycleError as error:
        return [f"circle: {' <- '.join(error.args[1])}"]
    return []


def main() -> int:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    sources = read_sources(root / "l10n_in_einvoice_irp")
    faults = find_faults(sources, read_floors(root))
    print("\n".join(faults), end="\n" if faults else "")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
