"""Fleets: the hosts of one database with an engine, as administrators set them up.

Nothing here calls the queue: schedulers are woken by PostgreSQL's notification, and job
runners find their jobs.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from environment import tree_cpu_seconds
from processes.database import Database
from processes.hosts import LANES, QUEUE_JOB, Engine, Hosts, running_hosts
from processes.networks import HERE, RELAY
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


@dataclass(frozen=True)
class Jobs(Fleet):
    """OCA's Job Queue as engine: a lane is a job at a time.

    Each host has a worker process for each of its jobs, and one for users. The runner
    calls a load balancer.
    """

    def prepare(self, database: Database) -> None:
        """Install Job Queue in a database, unless it is installed."""
        QUEUE_JOB.prepare(database)

    def engine(self, ports: list[int], stack: ExitStack) -> Engine:
        """Return the engine of hosts with these ports; start the load balancer."""
        port, jobs = free_port(), self.hosts * self.lanes
        stack.enter_context(_balancer(port, ports))
        own = {"channels": f"root:{jobs},root.irp:{jobs}", "port": str(port)}
        return replace(QUEUE_JOB, sections={**QUEUE_JOB.sections, "queue_job": own})

    def options(self) -> dict[str, str | int]:
        """Return the options of each host's odoo.conf."""
        return {"workers": self.lanes + 1, "max_cron_threads": 2}


@contextmanager
def _balancer(port: int, targets: list[int]) -> Iterator[None]:
    """Pass the connections to a port to several ports in turn."""
    places = [word for target in targets for word in (HERE, str(target))]
    command = [sys.executable, str(RELAY), HERE, str(port), *places]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        process.stdout.readline()
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def cpu_of(hosts: Hosts) -> float:
    """Return the CPU seconds of all processes of hosts until now."""
    return sum(tree_cpu_seconds(host.pid) for host in hosts.all)


def check(hosts: Hosts) -> None:
    """Fail with the end of the log if a host has exited."""
    for host in hosts.all:
        host.check()
