"""Odoo 19 and wkhtmltopdf from Debian's archive, for who has none.

Nothing of the system is touched: a private configuration of apt takes the machine's own
sources of Debian with another suite, so that mirror, proxies and keyring stay the
machine's, and signatures are checked.
"""

import os
import platform
import pwd
import re
import shutil
import subprocess
from pathlib import Path
from shutil import which

from .base import LOCAL, die, run, say
from .machine import APT, is_root

HOME = LOCAL / "odoo" / "usr" / "lib" / "python3" / "dist-packages"
# Debian replaces bundled fonts and scripts by links into these packages; without them
# the web client answers 500. sid has newer majors of the last two, whose files are
# named otherwise.
LINKED = ["libjs-jquery", "libjs-jquery-form", "libjs-underscore", "fonts-montserrat"]
LINKED += ["fonts-roboto-unhinted", "fonts-ocr-b"]
LINKED_STABLE = ["fonts-font-awesome", "fonts-inconsolata"]
WKHTMLTOPDF = """#!/bin/sh
export QT_PLUGIN_PATH='{qt}/qt5/plugins'
exec '{loader}' --library-path '{qt}:{core}' '{tree}/usr/bin/wkhtmltopdf' "$@"
"""
FOLDER = LOCAL / "apt"
ARCHIVES = FOLDER / "cache" / "archives"
OPTIONS = {
    "Dir::Etc::SourceList": FOLDER / "sources.list",
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::State::Lists": FOLDER / "lists",
    # nothing is installed for this apt: it fetches all that a package needs
    "Dir::State::status": FOLDER / "status",
    "Dir::Cache": FOLDER / "cache",
    "APT::Sandbox::User": pwd.getpwuid(os.geteuid()).pw_name,
    "Debug::NoLocking": "true",
    "Acquire::Languages": "none",
}
PRIVATE_APT = (*APT, *(f"-o{name}={value}" for name, value in OPTIONS.items()))
TARGET = "$(REPO_URI) $(RELEASE) $(COMPONENT) $(SOURCESENTRY)"


def odoo() -> None:
    if (HOME / "odoo" / "release.py").is_file():
        return
    say("Getting Odoo 19 from Debian's archive (120 MB) ...")
    stable = "bookworm" if _release() == "bookworm" else "trixie"
    wanted = [f"{name}/sid" for name in [*LINKED, "odoo-19"]]
    wanted += [f"{name}/{stable}" for name in LINKED_STABLE]
    tree = _fetch("odoo", ["sid", stable], "download", *wanted)
    # a leftover of the packaging: the addons' Python files alone, a second time
    shutil.rmtree(HOME / "addons", ignore_errors=True)
    links = [path for path in HOME.rglob("*") if path.is_symlink()]
    if dangling := [str(path) for path in links if not path.exists()]:
        shutil.rmtree(tree)
        die(f"These links of the package point nowhere: {dangling}")


def wkhtmltopdf() -> list[str]:
    """The package to install, or none after it was unpacked.

    Odoo prints with it, and Debian 12 is the last release that has it: on a newer one
    it comes from there, with all its libraries down to the C library.
    """
    if is_root() and which("apt-get"):
        run(*APT, "update")
    if re.search(r"Candidate: [^(\s]", _output("apt-cache", "policy", "wkhtmltopdf")):
        return ["wkhtmltopdf"]
    say("Getting wkhtmltopdf from Debian's archive ...")
    get = ("install", "--download-only", "--no-install-recommends", "wkhtmltopdf")
    tree = _fetch("wkhtmltopdf", ["bookworm"], *get)
    qt = next(tree.glob("usr/lib/**/libQt5Core.so.5")).parent
    loader = next(tree.glob("lib*/**/ld-linux*.so.*"))
    script = LOCAL / "bin" / "wkhtmltopdf"
    script.parent.mkdir(exist_ok=True)
    places = {"tree": tree, "qt": qt, "loader": loader, "core": loader.parent}
    script.write_text(WKHTMLTOPDF.format(**places))
    script.chmod(0o755)
    run(script, "--version")
    return []


def _fetch(name: str, suites: list[str], *arguments: str) -> Path:
    """Unpack what ``apt-get`` downloads from the suites into ``.local/NAME``."""
    if not (which("apt-get") and which("dpkg")):
        die(f"Missing: {name}, which is taken from Debian, and this is no Debian.")
    shutil.rmtree(FOLDER, ignore_errors=True)
    for folder in (FOLDER / "lists" / "partial", ARCHIVES / "partial"):
        folder.mkdir(parents=True)
    (FOLDER / "status").touch()
    (FOLDER / "sources.list").write_text("".join(_sources(suites)))
    run(*PRIVATE_APT, "update")
    run(*PRIVATE_APT, *arguments, cwd=ARCHIVES)
    part, tree = LOCAL / f"{name}.part", LOCAL / name
    for folder in (part, tree):
        shutil.rmtree(folder, ignore_errors=True)
    for file in sorted(ARCHIVES.glob("*.deb")):
        run("dpkg", "-x", file, part)
    shutil.rmtree(FOLDER)
    return part.rename(tree)


def _sources(suites: list[str]) -> set[str]:
    """From where the machine itself takes Debian, but of other suites."""
    own = {_release(), "stable", "testing", "unstable", "sid"}
    targets = _output(
        "apt-get", "indextargets", "--format", TARGET, "Created-By: Packages"
    )
    lines = set()
    for address, suite, component, entry in map(str.split, targets.splitlines()):
        if suite in own and component == "main":
            # the file of a source (``…/debian.sources:1``) names its keyring
            text = Path(entry.rpartition(":")[0]).read_text()
            key = re.search(
                r"^[^#\n]*\bsigned-by[=:]\s*(/[^\s\]]+)",
                text,
                re.IGNORECASE | re.MULTILINE,
            )
            option = f"[signed-by={key[1]}] " if key else ""
            lines |= {f"deb {option}{address} {one} main\n" for one in suites}
    return lines


def _release() -> str:
    try:
        return platform.freedesktop_os_release().get("VERSION_CODENAME", "sid")
    except OSError:
        return "sid"


def _output(*command: str) -> str:
    """What a program of apt prints in English, if it is there."""
    environ = {**os.environ, "LC_ALL": "C"}
    done = which(command[0]) and subprocess.run(
        command, check=False, capture_output=True, text=True, env=environ
    )
    return done.stdout if done else ""
