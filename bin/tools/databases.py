"""The templates that databases are cloned from, made by Odoo's own commands.

Only the clones are made by SQL: ``odoo db duplicate`` loads a registry for each.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import postgres
from .base import ADDON, BESIDE, BRIDGES, ROOT, die, digest, say, setting_up
from .odoo import CONFIG, home, odoo

if TYPE_CHECKING:
    from processes.database import Database

# kind -> what it is a clone of, the modules that are installed, and those that come by
# themselves then; the files of both decide whether there is a new template
TEMPLATES = {
    "base": (None, ["l10n_in"], []),
    "demo": ("base", [ADDON], []),
    "addon": ("base", [ADDON], []),
    "beside": ("addon", BESIDE, BRIDGES),
}
# of each kind, as every change of the addon makes a new one
KEPT = 4
# the tests' own databases and processes
sys.path.append(str(ROOT / "tests"))


def database(name: str) -> "Database":
    # what it imports is there in the environment alone
    from processes.database import Database

    return Database(str(CONFIG), name)


def template(kind: str, *, anew: bool = False) -> "Database":
    """A database that is made if it is not there yet, or from what is no more so."""
    with setting_up():
        return _need(kind, anew)


def _need(kind: str, anew: bool = False) -> "Database":
    parent, modules, brought = TEMPLATES[kind]
    # somebody else's server may hold databases of another copy of this project
    copy = "" if postgres.is_private() else f"_{digest(ROOT)[:6]}"
    found = database(f"irp{copy}_{kind}_{content_key(kind)}")
    if anew:
        found.drop()
    if not found.exists():
        original = parent and _need(parent)
        say(f"Making a database ({kind}) with {', '.join(modules)} ...")
        part = database(f"{found.name}.part")
        if original:
            original.clone(part.name)
        else:
            odoo("db", "init", "--force", part.name)
        (_install_demo if kind == "demo" else _install)(part, modules, brought)
        odoo("db", "rename", part.name, found.name)
    for old in found.names(f"^irp{copy}_{kind}_[0-9a-f]+$")[KEPT:]:
        database(old).drop()
    return found


def _install(part: "Database", modules: list[str], brought: list[str]) -> None:
    odoo("module", "install", "--database", part.name, *modules)
    # Odoo ends with 0 also when it skips a module
    rows = part.rows("SELECT name FROM ir_module_module WHERE state = 'installed'")
    if missing := {*modules, *brought}.difference(name for (name,) in rows):
        die(f"Odoo has not installed {', '.join(sorted(missing))}.")


def _install_demo(part: "Database", modules: list[str], _brought: list[str]) -> None:
    # Odoo loads demo data only on top of modules that have theirs; ours needs none, and
    # a failure in demo data is only a warning of Odoo's
    part.rows("UPDATE ir_module_module SET demo = true WHERE state = 'installed'")
    options = ("--with-demo", "--stop-after-init", "--no-http", "--max-cron-threads=0")
    odoo("server", "--database", part.name, "--init", ",".join(modules), *options)
    if not part.rows("SELECT 1 FROM ir_module_module WHERE name = %s AND demo", ADDON):
        die("The demo data are incomplete.")


def content_key(kind: str) -> str:
    """What decides how a database of that kind looks: Odoo, and our files but tests."""
    parent, modules, brought = TEMPLATES[kind]
    release = home() / "odoo" / "release.py"
    before = content_key(parent) if parent else (home(), release.read_text())
    folders = [ROOT / name for name in modules + brought]
    paths = sorted(path for folder in folders for path in folder.rglob("*"))
    files = [path for path in paths if path.is_file() and not _is_aside(path)]
    return digest(
        before, *((path.relative_to(ROOT), path.read_bytes()) for path in files)
    )


def _is_aside(path: Path) -> bool:
    return path.suffix == ".pyc" or "tests" in path.parts
