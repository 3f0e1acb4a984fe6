"""Odoo's runner and pytest find the same tests of the addons, each once.

Odoo's runner (`odoo.tests.loader`) takes the members of an addon's package `tests` that
are modules named `test_…`. It silently ignores folders and files that are not imported.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDON = ROOT / "l10n_in_einvoice_irp"
ADDONS = sorted(path.parent for path in ROOT.glob("l10n_in_einvoice_irp*/tests"))
MOST_FILES_OF_A_ROOM = 12


def files_on_disk(addon):
    folder = addon / "tests"
    return sorted(
        path.relative_to(folder).with_suffix("").as_posix()
        for path in folder.rglob("test_*.py")
    )


def imported(package):
    """Return (member of the package, its file) for each import of `__init__.py`."""
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    members = []
    for statement in tree.body:
        assert isinstance(statement, ast.ImportFrom)
        assert statement.level == 1
        room = statement.module.split(".") if statement.module else []
        members += [
            (alias.asname or alias.name, "/".join([*room, alias.name]))
            for alias in statement.names
        ]
    return members


def test_all_addons_have_tests():
    names = {addon.name for addon in ADDONS}
    bridges = {f"{ADDON.name}_{other}" for other in ("edi", "ewaybill", "queue_job")}
    assert {ADDON.name} | bridges <= names


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_every_test_file_is_imported_once(addon):
    files = [file for _name, file in imported(addon / "tests")]
    assert sorted(files) == files_on_disk(addon)


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_no_import_hides_another(addon):
    names = [name for name, _file in imported(addon / "tests")]
    assert len(set(names)) == len(names)
    assert all(name.startswith("test_") for name in names)


def test_rooms_of_tests_are_those_of_the_code():
    rooms = {path.parent.name for path in ADDON.glob("tests/*/__init__.py")}
    models = {path.parent.name for path in ADDON.glob("models/**/__init__.py")}
    assert rooms
    # attacks concern all rooms
    assert rooms <= models | {"wizards", "security"}


def test_no_room_is_crowded():
    folders = [path.parent for path in ADDON.glob("tests/**/__init__.py")]
    crowds = {folder: len(list(folder.glob("test_*.py"))) for folder in folders}
    assert max(crowds.values()) <= MOST_FILES_OF_A_ROOM, crowds
