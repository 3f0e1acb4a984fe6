"""The template databases, created with Odoo's own commands.

Only cloning is done in SQL, because ``odoo db duplicate`` loads the whole registry.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import postgres
from .base import ADDON, BESIDE, BRIDGES, ROOT, die, digest, say, setting_up
from .odoo import CONFIG, home, odoo

if TYPE_CHECKING:
    from processes.database import Database

# kind -> the kind to clone, the modules to install, the modules that auto-install with
# them; a change in a file of these modules makes a new template
TEMPLATES = {
    "base": (None, ["l10n_in"], []),
    "demo": ("base", [ADDON], []),
    "addon": ("base", [ADDON], []),
    "beside": ("addon", BESIDE, BRIDGES),
}
# number of templates of a kind to keep
NEWEST = 4
# for the tests' helpers for databases and processes
sys.path.append(str(ROOT / "tests"))


def database(name: str) -> "Database":
    """Return the database with a name, which need not exist."""
    # needs psycopg2, which only the virtual environment has
    from processes.database import Database

    return Database(str(CONFIG), name)


def template(kind: str, *, reset: bool = False) -> "Database":
    """Return the up-to-date template of a kind; create it if it is missing."""
    with setting_up():
        return _need(kind, reset)


def _need(kind: str, reset: bool = False) -> "Database":
    parent, modules, auto_installed = TEMPLATES[kind]
    # a shared server may have databases of another working copy
    copy = "" if postgres.is_private() else f"_{digest(ROOT)[:6]}"
    found = database(f"irp{copy}_{kind}_{content_key(kind)}")
    if reset:
        found.drop()
    if not found.exists():
        original = parent and _need(parent)
        names = ", ".join(modules)
        say(f"Creating the {kind} database with {names} (up to a minute) ...")
        part = database(f"{found.name}.part")
        if original:
            original.clone(part.name)
        else:
            odoo("db", "init", "--force", part.name)
        (_install_demo if kind == "demo" else _install)(part, modules, auto_installed)
        odoo("db", "rename", part.name, found.name)
    for old in found.names(f"^irp{copy}_{kind}_[0-9a-f]+$")[NEWEST:]:
        database(old).drop()
    return found


def _install(part: "Database", modules: list[str], auto_installed: list[str]) -> None:
    odoo("module", "install", "--database", part.name, *modules)
    # Odoo exits with 0 even if it skips a module, so check
    rows = part.rows("SELECT name FROM ir_module_module WHERE state = 'installed'")
    if missing := {*modules, *auto_installed}.difference(name for (name,) in rows):
        die(f"Odoo did not install {', '.join(sorted(missing))}.")


def _install_demo(part: "Database", modules: list[str], _auto: list[str]) -> None:
    # Odoo loads demo data only if all dependencies have theirs, which ours do not need;
    # and if demo data fail to load, it only logs a warning, so check
    part.rows("UPDATE ir_module_module SET demo = true WHERE state = 'installed'")
    options = ("--with-demo", "--stop-after-init", "--no-http", "--max-cron-threads=0")
    odoo("server", "--database", part.name, "--init", ",".join(modules), *options)
    if not part.rows("SELECT 1 FROM ir_module_module WHERE name = %s AND demo", ADDON):
        die("The demo data are incomplete.")


def content_key(kind: str) -> str:
    """Return a hash of Odoo's release and our files without tests."""
    parent, modules, auto_installed = TEMPLATES[kind]
    release = home() / "odoo" / "release.py"
    before = content_key(parent) if parent else (home(), release.read_text())
    folders = [ROOT / name for name in modules + auto_installed]
    paths = sorted(path for folder in folders for path in folder.rglob("*"))
    files = [path for path in paths if path.is_file() and not _is_ignored(path)]
    return digest(
        before, *((path.relative_to(ROOT), path.read_bytes()) for path in files)
    )


def _is_ignored(path: Path) -> bool:
    return path.suffix == ".pyc" or "tests" in path.parts
