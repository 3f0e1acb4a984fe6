"""Sites: copies of a group's database, each with a portal, and a worker to prepare."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from environment import GSTIN, USER, postgres_pid, tree_cpu_seconds, worker_on
from fleets import Fleet, check, cpu_of
from processes.database import Database
from processes.hosts import Hosts
from processes.odoo_client import CREDENTIAL, PORTAL, new_credential, portal_domain
from processes.odoo_process import Worker
from processes.portal import Portal, served_portal
from processes.waiting import wait_for
from stdnum import luhn

SCRIPT = Path(__file__).with_name("scale_worker.py")
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# the longest that a run, or a part of the fairness, may take
SECONDS = 600
POSTPONE = """
UPDATE l10n_in_irp_document
   SET next_attempt_at = now() AT TIME ZONE 'UTC' + interval '1 day'
 WHERE state = 'to_register'
"""
# the oldest postponed invoices of each company
MAKE_DUE = """
UPDATE l10n_in_irp_document
   SET next_attempt_at = date_trunc('second', now() AT TIME ZONE 'UTC')
 WHERE id IN (
       SELECT id
         FROM (SELECT id,
                     row_number() OVER (PARTITION BY company_id ORDER BY id) AS turn
                 FROM l10n_in_irp_document
                WHERE state = 'to_register' AND company_id = ANY(%s)
                  AND next_attempt_at > now() AT TIME ZONE 'UTC') waiting
        WHERE turn <= %s)
"""
IRNS = "SELECT count(DISTINCT irn) FROM l10n_in_irp_document"


def group_gstins(count: int) -> list[str]:
    """Return the GSTINs of a group: registrations of one PAN in one state."""
    bodies = (f"{GSTIN[:12]}{entity}Z" for entity in ALPHABET[1 : count + 1])
    return [body + luhn.calc_check_digit(body, ALPHABET) for body in bodies]


@dataclass(frozen=True)
class Spent:
    """The seconds that each invoice of a run took.

    :ivar wall: elapsed, from the wake-up to the last invoice.
    :ivar odoo: CPU of the hosts' processes.
    :ivar postgres: CPU of the database's processes.
    :ivar portal: CPU of the local portal.
    """

    wall: float
    odoo: float
    postgres: float
    portal: float

    @property
    def per_second(self) -> float:
        """Return the invoices per second."""
        return 1 / self.wall


class Site:
    """A group's database, connected to its portal.

    :ivar companies: ids, in the order of `group_gstins`.
    """

    def __init__(
        self, database: Database, portal: Portal, worker: Worker, companies: list[int]
    ) -> None:
        self.database = database
        self.portal = portal
        self.worker = worker
        self.companies = companies

    def connect(self, calls: int) -> None:
        """Create a credential for each company, and postpone what becomes due by that.

        :param calls: in flight, of each GSTIN.
        """
        [chosen] = self.worker.call(PORTAL, "search", args=[portal_domain(self.portal)])
        users = self.portal.facts["users"]
        values = [
            {**new_credential(self.portal, company, chosen), **user, "calls": calls}
            for company, user in zip(self.companies, users, strict=True)
        ]
        self.worker.call(CREDENTIAL, "create", args=[values])
        self.database.rows(POSTPONE)

    def answer_after(self, seconds: float) -> None:
        """Have the portal delay every answer from now on."""
        self.portal.clear_faults()
        self.portal.fault("delay", "*", times=0, seconds=seconds)

    def multiply(self, companies: Sequence[int], count: int) -> None:
        """Copy a number of invoices for some companies, postponed as all are."""
        query = "SELECT count(*) FROM l10n_in_irp_document WHERE state = 'to_register'"
        [(have,)] = self.database.rows(query)
        self.worker.ask("multiply", total=have + count, companies=companies)
        self.worker.ask("analyze")

    def make_due(self, each: int, companies: Sequence[int]) -> None:
        """Make some more invoices of each company due, and wake the queue."""
        self.database.rows(MAKE_DUE, list(companies), each)
        self.worker.ask("wake")

    def registered(self, companies: Sequence[int] = ()) -> int:
        """Return how many invoices are done, of all companies by default.

        Exit if the queue has given one up.
        """
        chosen = list(companies or self.companies)
        # not with a new connection each time, which would cost more than an invoice
        given_up, count = self.worker.ask("standing", companies=chosen)
        if given_up:
            sys.exit(f"not registered: {given_up}")
        return count

    def wait_until_registered(
        self, hosts: Hosts, count: int, companies: Sequence[int] = ()
    ) -> None:
        """Wait until a number of invoices is done."""

        def is_done() -> bool:
            check(hosts)
            return self.registered(companies) >= count

        wait_for(f"{count} invoices are registered", is_done, SECONDS)

    def run(self, hosts: Hosts, each: int) -> Spent:
        """Register some more invoices of each company."""
        count = each * len(self.companies)
        goal = self.registered() + count
        started = self._clocks(hosts)
        self.make_due(each, self.companies)
        self.wait_until_registered(hosts, goal)
        ended = self._clocks(hosts)
        pairs = zip(started, ended, strict=True)
        return Spent(*((end - start) / count for start, end in pairs))

    def _clocks(self, hosts: Hosts) -> tuple[float, float, float, float]:
        """Return the time, and the CPU seconds of hosts, PostgreSQL and portal."""
        postgres = postgres_pid(self.database)
        return (
            time.perf_counter(),
            cpu_of(hosts),
            tree_cpu_seconds(postgres) if postgres else 0,
            tree_cpu_seconds(self.portal.pid),
        )

    def double_calls(self) -> int:
        """Return the calls of Generate IRN beyond one per document at the portal."""
        return self.portal.calls("generate_irn") - len(set(self.portal.irns))

    def check_irns(self) -> None:
        """Exit if Odoo has another number of IRNs than the portal."""
        [(stored,)] = self.database.rows(IRNS)
        made = len(set(self.portal.irns))
        if made != stored:
            sys.exit(f"{stored} IRNs are stored, the portal made {made}")


@contextmanager
def opened(
    template: Database, purpose: str, fleet: Fleet, companies: list[int]
) -> Iterator[Site]:
    """Yield a copy of a group's database, not yet connected: its worker still starts.

    :param companies: those that register, the first ones of the group.
    """
    first, *others = group_gstins(len(companies))
    users = [option for gstin in others for option in ("--user", _user(gstin))]
    with (
        served_portal(first, *USER, *users) as portal,
        template.derived(purpose) as database,
        worker_on(database, SCRIPT) as worker,
    ):
        fleet.prepare(database)
        yield Site(database, portal, worker, companies)


def _user(gstin: str) -> str:
    return ":".join((gstin, *USER))
