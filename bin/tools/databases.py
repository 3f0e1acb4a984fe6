"""The template databases, created with Odoo's own commands.

Only cloning is done in SQL, because ``odoo db duplicate`` loads the whole registry.
"""

import sys
from typing import TYPE_CHECKING

from .base import ADDON, BESIDE, BRIDGES, ORDERS, ROOT, die, digest, say, setting_up
from .odoo import CONFIG, HOME, odoo

if TYPE_CHECKING:
    from processes.database import Database

# kind -> the kind to clone, the modules to install, the modules that auto-install with
# them; a change in a file of these modules makes a new template. "fresh" has the demo
# data, "demo" what became of it; with a portal, "demo_iris" is such a clone as well
TEMPLATES = {
    "base": (None, ["l10n_in"], []),
    "fresh": ("base", [ADDON], []),
    "demo": ("fresh", [], []),
    "addon": ("base", [ADDON], []),
    "beside": ("addon", BESIDE, BRIDGES),
    "orders": ("beside", ORDERS, []),
}
# number of templates of a kind to keep
NEWEST = 4
# for the tests' helpers for databases and processes, and the client that they import
sys.path += [str(ROOT / "tests"), str(ROOT / ADDON)]


def template(kind: str, *, reset: bool = False) -> "Database":
    """Return the up-to-date template of a kind; create it if it is missing."""
    with setting_up():
        return _need(kind, reset)


def _need(kind: str, reset: bool = False) -> "Database":
    # needs psycopg2, which only the virtual environment has
    from processes.database import Database

    parent, modules, _auto_installed = TEMPLATES[kind.partition("_")[0]]
    # a shared server may have databases of another working copy
    prefix = f"irp_{digest(ROOT)[:6]}_{kind}_"
    found = Database(str(CONFIG), f"{prefix}{_content_key(kind)}")
    if reset:
        found.drop()
    if not found.exists():
        original = parent and _need(parent)
        more = f" with {', '.join(modules)} (a minute)" if modules else ""
        say(f"Creating the {kind} database{more} ...")
        part = Database(str(CONFIG), f"{found.name}.part")
        if original:
            original.clone(part.name)
        else:
            odoo("db", "init", "--force", part.name)
        _install(part, kind)
        odoo("db", "rename", part.name, found.name)
    for old in found.names(f"^{prefix}[0-9a-f]+$")[NEWEST:]:
        Database(str(CONFIG), old).drop()
    return found


def _install(part: "Database", kind: str) -> None:
    _parent, modules, auto_installed = TEMPLATES[kind.partition("_")[0]]
    if kind == "fresh":
        # Odoo loads demo data only if all dependencies have theirs, which ours do not
        # need, and only if it is started as a server
        part.rows("UPDATE ir_module_module SET demo = true WHERE state = 'installed'")
        options = ("--with-demo", "--stop-after-init", "--no-http", "--init")
        odoo("server", "--database", part.name, *options, ",".join(modules))
    elif modules:
        odoo("module", "install", "--database", part.name, *modules)
    # Odoo exits with 0 even if it skips a module or cannot load its demo data
    complete = "state = 'installed' AND (demo OR NOT %s)"
    rows = part.rows(
        f"SELECT name FROM ir_module_module WHERE {complete}", kind == "fresh"
    )
    if missing := {*modules, *auto_installed}.difference(name for (name,) in rows):
        die(f"Odoo did not install {', '.join(sorted(missing))} completely.")


def _content_key(kind: str) -> str:
    """Return a hash of Odoo's release and our files without tests."""
    parent, modules, auto_installed = TEMPLATES[kind.partition("_")[0]]
    release = (HOME, (HOME / "odoo/release.py").read_text())
    files = [
        (path.relative_to(ROOT), path.read_bytes())
        for name in modules + auto_installed
        for path in sorted((ROOT / name).rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    ]
    files = [file for file in files if "tests" not in file[0].parts]
    return digest(_content_key(parent) if parent else release, *files)
