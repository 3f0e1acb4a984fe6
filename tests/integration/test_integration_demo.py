"""``bin/demo`` from scratch, beside one with a portal, and started a second time.

``.local`` is empty at first; only Odoo's source and the Python environment are those of
the test run, so that nothing is downloaded. Takes about 60 seconds of CPU time, most of
it for creating the database.
"""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect
from processes.browser import WebClient, running_chromium
from processes.waiting import wait_for

import odoo.release

PROJECT = Path(__file__).resolve().parents[2]
NOT_COPIED = (".git", ".local", ".*_cache", "__pycache__")
# enough for a first start on a busy machine
SECONDS = 600
SERVERS = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE")


class Project:
    """A fresh copy of this project."""

    def __init__(self, folder: Path) -> None:
        self.local = folder / ".local"
        self._folder = folder
        self._environ = {
            name: value for name, value in os.environ.items() if name not in SERVERS
        }
        self._environ["ODOO_PATH"] = str(Path(odoo.release.__file__).parents[1])
        self._environ["IRP_VENV"] = sys.prefix

    def begin(self, *command: str) -> subprocess.Popen:
        """Start a command like a terminal, so that Ctrl-C reaches its process group."""
        return subprocess.Popen(
            # a shell makes background jobs ignore this signal
            ["env", "--default-signal=INT", self._folder / command[0], *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self._environ,
            start_new_session=True,
        )

    def run(self, *command: str) -> tuple[int, str]:
        process = self.begin(*command)
        output, _nothing = process.communicate(timeout=120)
        return process.returncode, output

    def held_locks(self) -> list[str]:
        """Return the lock files in ``.local`` that a process holds."""
        return [path.name for path in self.local.glob("*lock*") if is_held(path)]


def is_held(path: Path) -> bool:
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.fixture
def project():
    with tempfile.TemporaryDirectory(prefix="irp-demo-") as place:
        # PostgreSQL runs as another user and has to reach its files
        os.chmod(place, 0o755)
        folder = Path(place, "project")
        shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
        copy = Project(folder)
        yield copy
        status, output = copy.run("bin/setup", "--clean")
        assert status == 0, output
        assert not copy.local.exists()


class Demo:
    """A ``bin/demo`` that has printed its address."""

    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process
        self.output = ""
        # a command must not wait for a lock forever
        giving_up = threading.Timer(SECONDS, process.kill)
        giving_up.daemon = True
        giving_up.start()
        for line in process.stdout:
            self.output += line
            if "Ctrl-C" in line:
                break
        else:
            raise AssertionError(f"it exited with {process.wait()}\n{self.output}")
        giving_up.cancel()
        self.url = re.search(r"Odoo: (\S+)", self.output)[1]

    def end(self, number: int) -> int:
        """Send a signal and return the command's exit status."""
        if number == signal.SIGINT:
            os.killpg(self._process.pid, number)
        else:
            self._process.send_signal(number)
        status = self._process.wait(60)
        self._process.stdout.close()
        return status


@contextmanager
def running_demo(project: Project, *options: str):
    demo = Demo(project.begin("bin/demo", *options))
    try:
        yield demo
    finally:
        demo.end(signal.SIGINT)


def assert_shows_invoices_in_the_app(url: str) -> None:
    """Log in at the address and assert that the app's menus are there."""
    base, path = re.fullmatch(r"(https?://[^/]+)(/.*)", url).groups()
    with running_chromium() as chromium:
        client = WebClient(chromium.new_page(), base)
        client.log_in("admin", "admin", path)
        expect(client.page.locator(".o_menu_brand")).to_have_text("Invoicing")
        expect(client.page.locator(".o_menu_sections")).to_contain_text("Customers")
        expect(client.page.get_by_text("INV/26-27/0001")).to_be_visible()


def assert_registers_all(output: str) -> None:
    assert "Posted 8 draft invoices" in output
    assert "Registered by the scheduled action: 7 of 7" in output
    listed = re.findall(r"^R?INV/.* Registered .*\.pdf$", output, re.MULTILINE)
    assert len(listed) == 7


def assert_serves_a_portal(project: Project, other: Demo) -> None:
    """Start a demo with a portal beside ``other``; the portal ends with it."""
    with running_demo(project, "--portal", "whitebooks") as demo:
        assert_registers_all(demo.output)
        found = re.search(r"Portal: WhiteBooks.*, served at (\S+)", demo.output)
        assert demo.url.partition("/odoo")[0] != other.url.partition("/odoo")[0]
        portals = served_portals(project)
        assert [f"http://127.0.0.1:{port}" for port in portals] == [found[1]]
        running = project.run("bin/demo", "--portal", "whitebooks", "--once")
        assert running[0] == 1
        assert "bin/demo is running already" in running[1]
    assert served_portals(project) == []


def served_portals(project: Project) -> list[str]:
    """Return the port of each portal that a demo of the project serves."""
    served = rf"--port (\d+) --data {re.escape(str(project.local))}/demo/"
    processes = psutil.process_iter(["cmdline"])
    lines = [" ".join(one.info["cmdline"] or []) for one in processes]
    return [found[1] for line in lines if (found := re.search(served, line))]


def test_second_start_from_scratch(project):
    assert not project.local.exists()
    with running_demo(project) as first:
        assert_registers_all(first.output)
        assert "Portal:" not in first.output
        assert "7 e-way bills: " in first.output
        assert_shows_invoices_in_the_app(first.url)
        assert_serves_a_portal(project, first)
    # PostgreSQL keeps running
    assert project.held_locks() == []
    status, output = project.run("bin/demo", "--portal", "acme")
    assert (status, "whitebooks" in output) == (2, True)
    second = Demo(project.begin("bin/demo"))
    assert "Posted 0 draft invoices" in second.output
    assert "7 e-way bills: " in second.output
    # the server outlives a killed demo and still counts as running
    assert second.end(signal.SIGKILL) == -signal.SIGKILL
    assert project.held_locks() == []
    status, output = project.run("bin/demo", "--once")
    assert status == 1
    left = re.search(r"bin/demo is running already: process (\d+)", output)
    os.kill(int(left[1]), signal.SIGTERM)
    wait_for("the server has ended", lambda: not Path("/proc", left[1]).exists())
