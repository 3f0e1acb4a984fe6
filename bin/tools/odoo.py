"""Find Odoo 19, write its configuration and run its own commands."""

import os
import re
import site
import sys
import sysconfig
from pathlib import Path

from . import postgres
from .base import LOCAL, ROOT, die, run, say, setting_up
from .machine import FOR_ODOO, VENV, missing, need_packages

OWN = os.environ.get("ODOO_PATH")
# the folder that contains the package ``odoo``
HOME = Path(OWN or LOCAL / "odoo/usr/lib/python3/dist-packages").resolve()
CONFIG = LOCAL / "odoo.conf"
# for every Odoo that these commands start; the environment may have a wkhtmltopdf,
# which comes before one that prints no headers
os.environ["ODOO_RC"] = str(CONFIG)
os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"


def odoo(*arguments: object) -> None:
    """Run one of Odoo's own commands."""
    run(sys.executable, "-m", "odoo", *arguments)


def setup() -> None:
    """Set up everything a running Odoo needs."""
    with setting_up():
        need_packages(*missing(FOR_ODOO))
        if not (OWN or HOME.is_dir()):
            say("Getting Odoo from Debian's archive (over 100 MB) ...")
            run(ROOT / "bin/odoo-from-debian")
        _check_release()
        # make ``odoo`` importable in the environment
        packages = sysconfig.get_path("purelib")
        Path(packages, "odoo.pth").write_text(f"{HOME}\n")
        site.addsitedir(packages)
        _write_config(postgres.setup())


def _check_release() -> None:
    release = HOME / "odoo/release.py"
    text = release.read_text() if release.is_file() else ""
    if not re.search(r"^version_info = \(19, 0,", text, re.MULTILINE):
        die(
            f"No Odoo 19.0 in ODOO_PATH={HOME} (see {release}).\nSet it to a "
            "checkout of Odoo 19.0, or to the folder that contains the package odoo."
        )


def _write_config(server: dict[str, object]) -> None:
    # a checkout has most addons next to the package, an installed Odoo inside it
    inside = HOME / "odoo/addons"
    places = [inside] if (inside / "account").is_dir() else [HOME / "addons", inside]
    options = {
        "addons_path": ",".join(map(str, [*places, ROOT])),
        "data_dir": LOCAL / "data",
        "http_interface": "127.0.0.1",
        **server,
    }
    lines = [f"{name} = {value}\n" for name, value in options.items()]
    partial = CONFIG.with_suffix(".part")
    partial.write_text("".join(["[options]\n", *lines]))
    partial.replace(CONFIG)
