"""Several hosts: Odoo servers on one database, each with another configuration and,
where this machine allows it, in another network.

What works off the queue on them is an `Engine`; tests run with each of `ENGINES`.
"""

import configparser
import os
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from .database import Database
from .networks import Network, network
from .odoo_process import Server, free_port, install, open_log
from .portal import Portal
from .waiting import wait_for


def _nothing(_database: Database) -> None:
    """Prepare nothing."""


def _always(_database: Database) -> bool:
    return True


@dataclass(frozen=True)
class Engine:
    """An engine that works off the queue on the hosts.

    :ivar prepare: to be called once with the database, before any process uses it.
    :ivar sections: section of odoo.conf -> option -> value for each host; a value may
        name ``{port}``, the host's port of HTTP, and ``{database}``.
    :ivar is_ready: whether it works off the queue of a database.
    """

    name: str
    prepare: Callable[[Database], None] = _nothing
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    is_ready: Callable[[Database], bool] = _always


# kind of the advisory locks that workers hold, see models/locks.py
WORKERS = 0x495250
# of queue_job: held by the runner of a database
RUNNER = "(classid::bigint << 32) | objid::bigint = 2293787760715711918"


def _install_queue_job(database: Database) -> None:
    rows = database.rows("SELECT state FROM ir_module_module WHERE name = %s", BRIDGE)
    if rows != [("installed",)]:
        install(database, "queue_job", BRIDGE)


def runner(database: Database) -> str:
    """Return what PostgreSQL calls the process with the runner; "" if there is none."""
    rows = database.rows(
        "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
        f" WHERE locktype = 'advisory' AND objsubid = 1 AND {RUNNER} AND datname = %s",
        database.name,
    )
    return rows[0][0] if rows else ""


BRIDGE = "l10n_in_einvoice_irp_queue_job"
LANES = Engine("lanes")
QUEUE_JOB = Engine(
    "queue_job",
    prepare=_install_queue_job,
    sections={
        "options": {"server_wide_modules": "base,web,queue_job"},
        "queue_job": {"channels": "root:4,root.irp:3", "port": "{port}"},
    },
    is_ready=lambda database: bool(runner(database)),
)
ENGINES = [LANES, QUEUE_JOB]


class Host(Server):
    """An Odoo server with HTTP and scheduled actions.

    :ivar network: its network.
    """

    def __init__(
        self, database: Database, config: Path, network: Network, log: TextIO
    ) -> None:
        self.network = network
        super().__init__(
            database,
            log,
            "--log-level=info",
            config=str(config),
            prefix=network.prefix,
        )

    def is_running(self) -> bool:
        return self._process.poll() is None

    def names(self) -> list[str]:
        """Return what PostgreSQL calls its processes."""
        return [f"odoo-{pid}" for pid in self._pids()]

    def kill(self) -> None:
        """End all its processes as a power failure would."""
        os.killpg(self.pid, signal.SIGKILL)
        self.wait()

    def stop(self) -> None:
        super().stop()
        # the runner of queue_job outlives a killed server
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the server to end, as systemd does."""
        os.kill(self.pid, signal.SIGTERM)


class Hosts:
    """The hosts of one database.

    :param portal: the served portal that their calls go to.
    :ivar all: those that were started, also those that have ended.
    """

    def __init__(
        self, database: Database, portal: Portal, engine: Engine, stack: ExitStack
    ) -> None:
        self._database = database
        self._portal = portal
        self._engine = engine
        self._stack = stack
        self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self.all: list[Host] = []

    def start(self, **options: str | int) -> Host:
        """Start another host, and wait until its scheduler listens.

        :param options: of its odoo.conf; by default no workers, and two threads for
            scheduled actions.
        """
        number = len(self.all)
        port = urlsplit(self._portal.base_url).port
        place = self._stack.enter_context(network(number, port))
        config = self._folder / f"host{number}.conf"
        self._write_config(config, options)
        log = self._stack.enter_context(open_log())
        host = Host(self._database, config, place, log)
        self._stack.callback(host.stop)
        self.all.append(host)
        wait_for("the host's scheduler listens", host.is_listening)
        wait_for("the engine works", lambda: self._engine.is_ready(self._database))
        return host

    @property
    def running(self) -> list[Host]:
        """The hosts that have not ended."""
        return [host for host in self.all if host.is_running()]

    def at_work(self) -> list[Host]:
        """Return the hosts with a worker on the queue, whatever the engine."""
        rows = self._database.rows(
            "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND classid = %s AND datname = %s",
            WORKERS,
            self._database.name,
        )
        names = {name for (name,) in rows}
        return [host for host in self.running if names & set(host.names())]

    def cut_connections(self) -> None:
        """Cut all connections to the database, and those that schedulers listen on."""
        names = [name for host in self.running for name in host.names()]
        self._database.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid != pg_backend_pid()"
            " OR datname = 'postgres' AND application_name = ANY(%s)",
            self._database.name,
            names,
        )

    def _write_config(self, path: Path, options: Mapping[str, str | int]) -> None:
        """Write the configuration of the tests with a host's own options."""
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(self._database.config)
        port = free_port()
        own = {"http_port": port, "workers": 0, "max_cron_threads": 2}
        parser["options"].update({name: str(value) for name, value in own.items()})
        places = {"port": port, "database": self._database.name}
        for section, values in self._engine.sections.items():
            if not parser.has_section(section):
                parser.add_section(section)
            for name, value in values.items():
                parser[section][name] = value.format(**places)
        parser["options"].update({name: str(value) for name, value in options.items()})
        with path.open("w", encoding="utf-8") as file:
            parser.write(file)


@contextmanager
def running_hosts(
    database: Database, portal: Portal, engine: Engine = LANES
) -> Iterator[Hosts]:
    """Yield `Hosts`, none of which has been started; all end with the block."""
    with ExitStack() as stack:
        yield Hosts(database, portal, engine, stack)
