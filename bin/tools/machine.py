"""The system packages and the Python environment that the commands need."""

import importlib.util
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
from glob import glob
from pathlib import Path
from shutil import copyfileobj, which

from .base import LOCAL, ROOT, die, digest, run, say, setting_up

# Debian package -> a program of it, or patterns of one of its files
FOR_ODOO = {
    "git": "git",
    "chromium": "chromium",
    "poppler-utils": "pdftoppm",
    "fonts-dejavu-core": "/usr/share/fonts/**/*.[to]tf",
    # Playwright's driver is linked against the first, wkhtmltopdf against the others
    "libatomic1": "/usr/lib*/libatomic.so.1 /usr/lib*/*/libatomic.so.1",
    "libfontconfig1": "/usr/lib*/libfontconfig.so.1 /usr/lib*/*/libfontconfig.so.1",
    "libxext6": "/usr/lib*/libXext.so.6 /usr/lib*/*/libXext.so.6",
    "libxrender1": "/usr/lib*/libXrender.so.1 /usr/lib*/*/libXrender.so.1",
}
FOR_LINT = {"git": "git", "nodejs": "node", "npm": "npm"}
APT = ("apt-get", "-qy", "-oAcquire::Retries=3", "-oDPkg::Lock::Timeout=300")
VENV = Path(os.environ.get("IRP_VENV") or LOCAL / "venv")
# the package that carries it, as a file whose hash bin/lock has written
PRINTER = ROOT / "bin" / "wkhtmltopdf.lock"


def is_root() -> bool:
    """Return whether the command runs as root."""
    return os.geteuid() == 0


def missing(packages: dict[str, str]) -> list[str]:
    """Return the packages of which nothing is found."""
    return [
        package
        for package, probes in packages.items()
        if not any(
            which(probe) or glob(probe, recursive=True) for probe in probes.split()
        )
    ]


def need_packages(*packages: str) -> None:
    """Install packages if root; otherwise exit and say how to install them."""
    if not packages:
        return
    names = " ".join(packages)
    if not which("apt-get"):
        die(f"Missing system packages (Debian names): {names}")
    install = "install", "--no-install-recommends", *packages
    if not is_root():
        how = f"sudo apt-get update && sudo apt-get {' '.join(install)}"
        die(f"Missing system packages. Install them with:\n\n    {how}")
    say(f"Installing with apt-get: {names} ...")
    run(*APT, "update")
    run(*APT, *install, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def enter_environment() -> None:
    """Continue in the virtual environment; create or update it first if needed.

    Marker files inside it record its Python and packages, so several working copies can
    share it.
    """
    lock = ROOT / "test-requirements.lock"
    python = VENV / f"python-{digest(sys.version, sys.base_prefix, VENV)}"
    packages = VENV / f"packages-{digest(lock.read_text(), PRINTER.read_text())}"
    with setting_up():
        if not python.exists():
            _make_environment()
            python.touch()
        if not packages.exists():
            say("Installing Python packages ...")
            # only files whose hash is in the lock file, which bin/lock makes
            hashed = "--require-hashes", "--no-deps", "-r", lock
            run(VENV / "bin" / "pip", "install", "--no-input", *hashed)
            _get_wkhtmltopdf()
            for old in VENV.glob("packages-*"):
                old.unlink()
            packages.touch()
    if Path(sys.prefix) != VENV:
        python = VENV / "bin" / "python"
        os.execv(python, [python, *sys.argv])


def _make_environment() -> None:
    if not importlib.util.find_spec("ensurepip"):
        need_packages("python{}.{}-venv".format(*sys.version_info))
    say(f"Creating a virtual environment (Python {sys.version.split()[0]}) ...")
    run(sys.executable, "-m", "venv", "--clear", VENV)


def _get_wkhtmltopdf() -> None:
    """Put a wkhtmltopdf that prints headers and footers into the environment, unless
    the system has one; Debian's does not print them, because its Qt is not patched.

    Nothing of the package is installed: one file is taken out of it.
    """
    program = VENV / "bin" / "wkhtmltopdf"
    if program.exists() or _prints_headers("wkhtmltopdf"):
        return
    if platform.machine() != "x86_64":
        say("For a letterhead on prints, install wkhtmltopdf with patched Qt.")
        return
    say("Downloading wkhtmltopdf (31 MB) ...")
    with tempfile.TemporaryDirectory() as folder:
        # the build tools are those of the environment, whose hashes are listed too
        hashed = "--require-hashes", "--no-deps", "--no-build-isolation", "-r", PRINTER
        run(VENV / "bin" / "pip", "download", "--no-input", "--dest", folder, *hashed)
        [package] = Path(folder).glob("*.tar.gz")
        _unpack(package, program)


def _prints_headers(program: str) -> bool:
    """Return whether a wkhtmltopdf is there, with the patched Qt."""
    command = (which(program), "--version")
    return bool(command[0]) and b"patched qt" in subprocess.check_output(command)


def _unpack(package: Path, program: Path) -> None:
    """Take the program out of the archive inside the package."""
    part = program.with_suffix(".part")
    with tarfile.open(package) as outer:
        [name] = [name for name in outer.getnames() if name.endswith("x.tar.gz")]
        with tarfile.open(fileobj=outer.extractfile(name)) as inner:
            source = inner.extractfile("wkhtmltox/bin/wkhtmltopdf")
            with part.open("wb") as target:
                copyfileobj(source, target)
    part.chmod(0o755)
    part.replace(program)
