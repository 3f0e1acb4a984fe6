"""Download Odoo 19 and wkhtmltopdf from Debian's archive without installing them.

A private apt configuration uses the machine's own Debian sources with another suite, so
mirror, proxies and keyring are the machine's, signatures are verified, and the system
does not change.
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
# the web client returns 500. In sid the last two are newer, with other file names.
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
    # pretend that nothing is installed, so that all dependencies are downloaded
    "Dir::State::status": FOLDER / "status",
    "Dir::Cache": FOLDER / "cache",
    "APT::Sandbox::User": pwd.getpwuid(os.geteuid()).pw_name,
    "Debug::NoLocking": "true",
    "Acquire::Languages": "none",
}
PRIVATE_APT = (*APT, *(f"-o{name}={value}" for name, value in OPTIONS.items()))
TARGET = "$(REPO_URI) $(RELEASE) $(COMPONENT) $(SOURCESENTRY)"


def odoo() -> None:
    """Download Odoo 19 into ``.local/odoo``; exit if its links are broken."""
    if (HOME / "odoo" / "release.py").is_file():
        return
    say("Getting Odoo 19 from Debian's archive (120 MB) ...")
    stable = "bookworm" if _release() == "bookworm" else "trixie"
    wanted = [f"{name}/sid" for name in [*LINKED, "odoo-19"]]
    wanted += [f"{name}/{stable}" for name in LINKED_STABLE]
    tree = _fetch("odoo", ["sid", stable], "download", *wanted)
    # a packaging leftover: a second copy of the addons, Python files only
    shutil.rmtree(HOME / "addons", ignore_errors=True)
    links = [path for path in HOME.rglob("*") if path.is_symlink()]
    if dangling := [str(path) for path in links if not path.exists()]:
        shutil.rmtree(tree)
        die(f"Broken links in the package: {dangling}")


def wkhtmltopdf() -> list[str]:
    """Return the package to install; nothing after unpacking it from Debian 12.

    Odoo prints with it, and Debian 12 is the last release to include it. On a newer
    release, unpack it with all its libraries, down to the C library.
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
    """Download with ``apt-get`` from the suites and unpack into ``.local/NAME``."""
    if not (which("apt-get") and which("dpkg")):
        die(f"{name} is missing. It can be downloaded automatically on Debian only.")
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
    """Return the machine's own Debian sources with other suites."""
    own = {_release(), "stable", "testing", "unstable", "sid"}
    targets = _output(
        "apt-get", "indextargets", "--format", TARGET, "Created-By: Packages"
    )
    lines = set()
    for address, suite, component, entry in map(str.split, targets.splitlines()):
        if suite in own and component == "main":
            # a source's file (``…/debian.sources:1``) names its keyring
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
    """Return the output of an apt program in English; empty if it is missing."""
    environ = {**os.environ, "LC_ALL": "C"}
    done = which(command[0]) and subprocess.run(
        command, check=False, capture_output=True, text=True, env=environ
    )
    return done.stdout if done else ""
