"""Odoo in separate processes: a worker that executes requests, and the server."""

import json
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import psutil
import requests

from .database import Database
from .waiting import wait_for

WORKER = Path(__file__).with_name("worker_main.py")
# the same with commands for groups of companies
GROUP_WORKER = Path(__file__).with_name("group_worker.py")
SECONDS = 30


def open_log() -> TextIO:
    """Return a file for the output of a process; writes append, whatever was read."""
    return tempfile.TemporaryFile(mode="a+")


class OdooError(Exception):
    """An exception that was raised in a worker.

    :ivar kind: the name of the exception's class.
    """

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(f"{kind}: {message}")


class WorkerExited(Exception):
    """The worker exited before it answered.

    :ivar status: its exit status, negative for a signal.
    """

    def __init__(self, status: int, log: str) -> None:
        self.status = status
        super().__init__(f"the worker exited with {status}\n{log}")


class Worker:
    """A process with an Odoo registry that commits after each request.

    :param script: a script that may extend ``worker_main.COMMANDS``.
    """

    def __init__(self, database: Database, log: TextIO, script: Path = WORKER) -> None:
        self._log = log
        self._database = database
        self._process = subprocess.Popen(
            [sys.executable, str(script), database.config, database.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def ask(self, command: str, **arguments: Any) -> Any:
        """Run a function of ``worker_main.COMMANDS`` and return its result.

        :raises OdooError: the function raised an exception.
        :raises WorkerExited: the process exited before it answered.
        """
        self.send(command, **arguments)
        return self.receive()

    def send(self, command: str, **arguments: Any) -> None:
        """Send a request without waiting for the answer."""
        line = json.dumps({"command": command, "arguments": arguments})
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def has_answered(self) -> bool:
        """Return whether `receive` would return at once."""
        return bool(select.select([self._process.stdout], [], [], 0)[0])

    def receive(self) -> Any:
        line = self._process.stdout.readline()
        if not line:
            status = self._process.wait(SECONDS)
            wait_for("the worker's connections to close", self._is_off_the_database)
            raise WorkerExited(status, self.log)
        answer = json.loads(line)
        if "error" in answer:
            raise OdooError(**answer["error"])
        return answer["result"]

    def _is_off_the_database(self) -> bool:
        """Return whether its connections, and with them its locks, are gone."""
        find = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s"
        return not self._database.rows(find, f"odoo-{self._process.pid}")

    def call(self, model: str, method: str, ids=(), **arguments: Any) -> Any:
        """Call a method on records: ``args``, ``kwargs``, ``user``, ``transport``."""
        return self.ask("call", model=model, method=method, ids=ids, **arguments)

    def read(self, model: str, record: int, *names: str) -> dict[str, Any]:
        """Return the values of a record; a many2one is an id."""
        kwargs = {"fields": names, "load": None}
        return self.call(model, "read", [record], kwargs=kwargs)[0]

    @property
    def log(self) -> str:
        """The log of the process."""
        self._log.seek(0)
        return self._log.read()

    def close(self) -> None:
        self._process.stdin.close()
        try:
            self._process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


@contextmanager
def running_worker(database: Database, script: Path = WORKER) -> Iterator[Worker]:
    with open_log() as log:
        worker = Worker(database, log, script)
        try:
            yield worker
        finally:
            worker.close()


def _odoo_server(database: Database, config: str = "") -> list[str]:
    """Return the command that starts Odoo's server on a database."""
    options = ["--config", config or database.config, "--database", database.name]
    return [sys.executable, "-m", "odoo", "server", *options]


def run_odoo(*arguments: str) -> str:
    """Run one of Odoo's own commands, with the configuration that bin/test names.

    :return: its output.
    :raises AssertionError: it failed.
    """
    command = [sys.executable, "-m", "odoo", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-5000:]
    return done.stdout


def install(database: Database, *modules: str) -> None:
    """Install modules with their dependencies.

    :raises AssertionError: one is missing; Odoo exits with 0 even if it skips some.
    """
    command = [sys.executable, "-m", "odoo", "module", "install"]
    options = ["--config", database.config, "--database", database.name]
    done = subprocess.run(
        [*command, *options, *modules], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-5000:]
    rows = database.rows("SELECT name FROM ir_module_module WHERE state = 'installed'")
    missing = set(modules).difference(name for (name,) in rows)
    assert missing == set(), done.stderr[-5000:]


class Server:
    """``odoo server`` on one database.

    :param config: path of its configuration; by default that of the tests, with one
        thread for scheduled actions.
    :param prefix: what the command begins with.
    """

    def __init__(
        self,
        database: Database,
        log: TextIO,
        *options: str,
        config: str = "",
        prefix: Sequence[str] = (),
    ) -> None:
        self._database = database
        self._log = log
        threads = () if config else ("--max-cron-threads=1",)
        self._process = subprocess.Popen(
            [*prefix, *_odoo_server(database, config), *threads, *options],
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def is_listening(self) -> bool:
        """Return whether its scheduler is waiting for PostgreSQL's notifications."""
        self.check()
        return bool(
            self._database.rows(
                "SELECT 1 FROM pg_stat_activity WHERE datname = 'postgres'"
                " AND application_name = ANY(%s) AND state = 'idle'"
                " AND query = 'COMMIT'",
                [f"odoo-{pid}" for pid in self._pids()],
            )
        )

    def _pids(self) -> list[int]:
        """Return the ids of the server and its worker processes."""
        children = psutil.Process(self.pid).children()
        return [self.pid, *(child.pid for child in children)]

    def answers(self, url: str) -> bool:
        """Return whether its web server is up; the first page takes a while."""
        self.check()
        try:
            return requests.get(url, timeout=4 * SECONDS).ok
        except requests.ConnectionError:
            return False

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait(self) -> int:
        """Wait until it exits and return its status."""
        return self._process.wait()

    def check(self) -> None:
        """Fail with the end of the log if the server has exited."""
        status = self._process.poll()
        assert status is None, f"Odoo exited with {status}\n{self.log[-5000:]}"

    @property
    def log(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def stop(self) -> None:
        # a second SIGINT stops it at once, whatever its threads are waiting for
        for number in (signal.SIGINT, signal.SIGINT, signal.SIGKILL):
            if self._process.poll() is not None:
                break
            self._process.send_signal(number)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                continue
        self._process.wait()


@contextmanager
def _served(
    database: Database,
    *options: str,
    log: TextIO | None = None,
    level: str = "info",
) -> Iterator[Server]:
    with log or open_log() as file:
        server = Server(database, file, f"--log-level={level}", *options)
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def running_cron(database: Database, *options: str) -> Iterator[Server]:
    """Run Odoo without HTTP: it runs scheduled actions when it is woken."""
    with _served(database, "--no-http", *options) as server:
        wait_for("the scheduler listens", server.is_listening)
        yield server


@contextmanager
def running_server(
    database: Database, port: int = 0, log: TextIO | None = None, level: str = "info"
) -> Iterator[tuple[Server, str]]:
    """Run Odoo with web client and scheduler; yield the server and its address.

    :param port: the preferred port; another one is used if it is taken.
    :param level: what it logs.
    """
    port = free_port(port)
    url = f"http://127.0.0.1:{port}"
    with _served(database, f"--http-port={port}", log=log, level=level) as server:
        page = f"{url}/web/login"
        wait_for("Odoo's login page", lambda: server.answers(page), seconds=120)
        yield server, url


def free_port(wanted: int = 0) -> int:
    """Return a free port on this machine, ``wanted`` if that one is."""
    try:
        with socket.create_server(("127.0.0.1", wanted)) as free:
            return free.getsockname()[1]
    except OSError:
        return free_port()
