"""Installed packages are pinned by hash, listed, and start without a network."""

import ast
import io
import json
import os
import re
import subprocess
import sys
import tarfile
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bin.tools import machine

ROOT = Path(__file__).parents[2]
ADDON = ROOT / "l10n_in_einvoice_irp"
LOCKS = [
    ROOT / "requirements.lock",
    ROOT / "test-requirements.lock",
    ROOT / "bin/wkhtmltopdf.lock",
]
LISTS = sorted(ROOT.glob("*requirements*.txt"))
LOCKED = re.compile(
    r"^([a-z0-9-]+)==(\S+)(?: ; [^\\]+)? \\\n((?:    --hash=.*\n)+)", re.MULTILINE
)
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")
# what a package index has for other systems than those that run Odoo
ELSEWHERE = {"colorama"}
# comes with Odoo, which cannot start without it
WITH_ODOO = {"markupsafe", "odoo", "psycopg2", "reportlab"}
TYPES_ALONE = {"_typeshed"}
OURS = {"irp", "sandbox"}
# an audit hook sees each way to the network, whatever is imported
OFFLINE = """
import importlib, pkgutil, sys

def refuse(event, arguments):
    ways = ("socket.connect", "socket.getaddrinfo", "socket.gethostby", "socket.sendto")
    if event.startswith(ways):
        raise SystemExit(f"{event} {arguments}")

sys.addaudithook(refuse)
count = 0
for name in sys.argv[1:]:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, f"{name}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
            count += 1
print(count)
"""


def pins(path):
    """Return package -> its versions in a lock file."""
    found = {}
    for name, version, _hashes in LOCKED.findall(path.read_text()):
        found.setdefault(name, set()).add(version)
    return found


def wanted(path):
    lines = path.read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def names(requirements):
    return {canonicalize_name(one.name) for one in requirements}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_everything_in_a_lock_file_has_hashes(lock):
    text = lock.read_text()
    assert "".join(found[0] for found in LOCKED.finditer(text)) == text
    for line in text.splitlines():
        assert "==" in line or HASH.fullmatch(line), line


def test_lock_files_have_the_tested_versions():
    tested = {
        canonicalize_name(one.name): {pin.version for pin in one.specifier}
        for one in wanted(ROOT / "constraints.txt")
    }
    runtime, everything, printer = map(pins, LOCKS)
    assert tested == {
        name: versions
        for name, versions in {**everything, **printer}.items()
        if name not in ELSEWHERE
    }
    assert runtime.items() <= everything.items()


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_whatever_is_required_is_locked(path):
    for one in wanted(path):
        versions = pins(LOCKS[1])[canonicalize_name(one.name)]
        assert all(version in one.specifier for version in versions), one
    if path.name == "requirements.txt":
        assert names(wanted(path)) <= pins(LOCKS[0]).keys()


@pytest.mark.parametrize("name", ["cryptography", "requests", "urllib3"])
def test_security_has_a_floor(name):
    [one] = [one for one in wanted(ROOT / "requirements.txt") if one.name == name]
    assert [part.operator for part in one.specifier] == [">="]


def test_no_package_index_is_named():
    files = [*LOCKS, *LISTS, ROOT / "constraints.txt", *(ROOT / "bin").rglob("*")]
    for path in files:
        if path.is_file() and path.suffix != ".pyc":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"--(extra-)?index-url|--find-links", text), path
    assert not any("://" in path.read_text() for path in (*LOCKS, *LISTS))


def test_commands_install_only_what_has_a_hash():
    code = (ROOT / "bin/tools/machine.py").read_text(encoding="utf-8")
    assert code.count('"install", "--no-input", *hashed') == 1
    assert 'hashed = "--require-hashes", "--no-deps", "-r", lock' in code
    # of the other package one file is taken, and built with nothing from an index
    assert code.count('"--dest", folder, *hashed') == 1
    assert 'hashed = "--require-hashes", "--no-deps", "--no-build-isolation"' in code
    assert code.count('"pip"') == 2
    others = [path for path in (ROOT / "bin").rglob("*.py") if path.stem != "machine"]
    assert not [path for path in others if '"pip"' in path.read_text(encoding="utf-8")]


def imported():
    """Return the packages that the addon itself imports, without its tests."""
    folders = ("irp", "sandbox", "models", "wizards", "controllers")
    for path in (file for one in folders for file in (ADDON / one).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield node.module


def test_whatever_is_imported_is_required():
    homes = packages_distributions()
    top = {name.partition(".")[0] for name in imported()} - sys.stdlib_module_names
    used = {
        canonicalize_name(homes[name][0])
        for name in top - OURS - WITH_ODOO - TYPES_ALONE
    }
    assert used <= names(wanted(ROOT / "requirements.txt"))
    assert {"cryptography", "requests", "urllib3", "werkzeug"} <= used


def runtime():
    """Return what the addon needs, with what that needs in turn, on this machine."""
    found, left = set(), names(wanted(ROOT / "requirements.txt"))
    while left:
        name = left.pop()
        found.add(name)
        needs = [Requirement(text) for text in requires(name) or ()]
        here = [
            one for one in needs if not one.marker or one.marker.evaluate({"extra": ""})
        ]
        left |= names(here) - found
    return found


def test_the_bill_of_materials_names_every_runtime_package():
    environment = {**os.environ, "IRP_VENV": sys.prefix}
    command = [ROOT / "bin" / "sbom"]
    run = subprocess.run(command, env=environment, capture_output=True, check=True)
    bill = json.loads(run.stdout)
    assert bill["bomFormat"] == "CycloneDX"
    listed = {part["name"]: part for part in bill["components"]}
    assert {"cffi", "certifi", "idna"} <= runtime() <= listed.keys()
    for name, part in listed.items():
        assert part["version"] in pins(LOCKS[0])[name]
        assert part["purl"] == f"pkg:pypi/{name}@{part['version']}"
        [files] = part["externalReferences"]
        assert files["hashes"]


def test_nothing_is_fetched_at_import():
    code = [sys.executable, "-c", OFFLINE, "irp", "sandbox"]
    path = {**os.environ, "PYTHONPATH": str(ADDON)}
    run = subprocess.run(code, env=path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 50


def test_the_check_for_network_sees_it():
    """The hook of the test above is one that stops."""
    code = OFFLINE.replace("count = 0", "import socket; socket.getaddrinfo('x', 1)")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert b"socket.getaddrinfo" in run.stderr


def archive(path, files):
    """Write files, name -> content, into a new archive."""
    with tarfile.open(path, "w:gz") as target:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            target.addfile(member, io.BytesIO(content))
    return path


def test_one_program_is_taken_out_of_the_package(tmp_path):
    inner = {"wkhtmltox/bin/wkhtmltopdf": b"#!/bin/sh\n", "wkhtmltox/lib/x": b"no"}
    content = archive(tmp_path / "inner", inner).read_bytes()
    outer = {"pdfkit-1/setup.py": b"no", "pdfkit-1/wkhtmltox.tar.gz": content}
    package = archive(tmp_path / "outer", outer)
    folder = tmp_path / "bin"
    folder.mkdir()
    machine._unpack(package, folder / "wkhtmltopdf")
    [program] = folder.iterdir()
    assert program.read_bytes() == b"#!/bin/sh\n"
    assert os.access(program, os.X_OK)


@pytest.mark.parametrize(
    ("version", "expected"),
    [("0.12.6", False), ("0.12.6.1 (with patched qt)", True)],
)
def test_a_program_without_headers_does_not_do(tmp_path, version, expected):
    program = tmp_path / "wkhtmltopdf"
    program.write_text(f"#!/bin/sh\necho 'wkhtmltopdf {version}'\n")
    program.chmod(0o755)
    assert machine._prints_headers(str(program)) is expected
    assert machine._prints_headers(str(tmp_path / "missing")) is False
