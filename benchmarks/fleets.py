"""Fleets: the hosts of one database with an engine, as administrators set them up.

Nothing here calls the queue: schedulers are woken by PostgreSQL's notification, and job
runners find their jobs.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from environment import tree_cpu_seconds
from processes.database import Database
from processes.hosts import LANES, Engine, Hosts, running_hosts
from processes.odoo_process import free_port
from processes.portal import Portal

PARAMETER = "l10n_in_einvoice_irp.lanes"
STORE = """
INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value
"""


@dataclass(frozen=True)
class Fleet:
    """Odoo's schedulers as engine: a process for each lane, and one for other actions.

    :ivar hosts: servers on one database.
    :ivar lanes: of each host.
    """

    hosts: int = 1
    lanes: int = 1

    def prepare(self, database: Database) -> None:
        """Set up a database, before its first host starts: the lanes of all hosts."""
        database.rows(STORE, PARAMETER, str(self.hosts * self.lanes))

    @contextmanager
    def running(self, database: Database, portal: Portal) -> Iterator[Hosts]:
        """Start the hosts, and stop them at the end."""
        ports = [free_port() for _number in range(self.hosts)]
        with ExitStack() as stack:
            engine = self.engine(ports, stack)
            hosts = stack.enter_context(
                running_hosts(database, portal, engine, is_apart=False)
            )
            for port in ports:
                own = {"http_port": port, "gevent_port": free_port()}
                hosts.start(**own, **self.options())
            yield hosts

    def engine(self, _ports: list[int], _stack: ExitStack) -> Engine:
        """Return the engine of hosts with these ports."""
        return LANES

    def options(self) -> dict[str, str | int]:
        """Return the options of each host's odoo.conf."""
        return {
            "workers": 1,
            "max_cron_threads": self.lanes + 1,
            "http_enable": "False",
        }


def cpu_of(hosts: Hosts) -> float:
    """Return the CPU seconds of all processes of hosts until now."""
    return sum(tree_cpu_seconds(host.pid) for host in hosts.all)


def check(hosts: Hosts) -> None:
    """Fail with the end of the log if a host has exited."""
    for host in hosts.all:
        host.check()
