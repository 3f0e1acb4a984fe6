"""Hosts with an engine: Odoo servers on one database that work off its queue.

Nothing here calls the queue: schedulers are woken by PostgreSQL's notification, and job
runners find their jobs, as in an installed Odoo.
"""

import configparser
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

from environment import tree_cpu_seconds
from processes.database import Database
from processes.odoo_process import Server, open_log
from processes.waiting import wait_for

PARAMETER = "l10n_in_einvoice_irp.lanes"
STORE = """
INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value
"""
LISTENERS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = 'postgres' AND application_name = ANY(%s) AND query = 'COMMIT'
"""
SECONDS = 120


class Engine(Protocol):
    """A way to work off the queue.

    :ivar hosts: servers on one database.
    :ivar lanes: of each host.
    """

    hosts: int
    lanes: int

    def prepare(self, database: Database) -> None:
        """Set up the database, before its first host starts."""

    def options(self) -> dict[str, dict[str, object]]:
        """Return section of odoo.conf -> option -> value for one more host."""


@dataclass(frozen=True)
class Lanes:
    """Odoo's schedulers: a worker process for each lane, and one for other actions."""

    hosts: int = 1
    lanes: int = 1

    def prepare(self, database: Database) -> None:
        """Set the number of lanes of all hosts together, as an administrator does."""
        database.rows(STORE, PARAMETER, str(self.hosts * self.lanes))

    def options(self) -> dict[str, dict[str, object]]:
        """Return section of odoo.conf -> option -> value for each host."""
        own = {"workers": 1, "max_cron_threads": self.lanes + 1, "http_enable": False}
        return {"options": own}


class Host(Server):
    """An Odoo server with its own configuration."""

    def __init__(self, database: Database, config: Path, log: TextIO) -> None:
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(config)
        self._threads = parser.getint("options", "max_cron_threads")
        own = Database(str(config), database.name)
        threads = f"--max-cron-threads={self._threads}"
        super().__init__(own, log, "--log-level=warn", threads)

    def is_listening(self) -> bool:
        """Return whether all its schedulers are waiting for notifications."""
        self.check()
        names = [f"odoo-{pid}" for pid in self._pids()]
        [(count,)] = self._database.rows(LISTENERS, names)
        return count >= self._threads


class Hosts:
    """The running hosts of one database."""

    def __init__(self, hosts: list[Host]) -> None:
        self._hosts = hosts

    def cpu_seconds(self) -> float:
        """Return the CPU seconds of all their processes until now."""
        return sum(tree_cpu_seconds(host.pid) for host in self._hosts)

    def check(self) -> None:
        """Fail with the end of the log if a host has exited."""
        for host in self._hosts:
            host.check()


@contextmanager
def running(engine: Engine, database: Database) -> Iterator[Hosts]:
    """Start the hosts of an engine, and stop them at the end."""
    engine.prepare(database)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        hosts = []
        for number in range(engine.hosts):
            config = folder / f"host{number}.conf"
            _write_config(config, database, engine.options())
            log = stack.enter_context(open_log())
            host = Host(database, config, log)
            stack.callback(host.stop)
            hosts.append(host)
        for host in hosts:
            wait_for("the host's schedulers listen", host.is_listening, SECONDS)
        yield Hosts(hosts)


def _write_config(
    path: Path, database: Database, sections: dict[str, dict[str, object]]
) -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(database.config)
    for section, options in sections.items():
        if not parser.has_section(section):
            parser.add_section(section)
        parser[section].update({name: str(one) for name, one in options.items()})
    with path.open("w", encoding="utf-8") as file:
        parser.write(file)
