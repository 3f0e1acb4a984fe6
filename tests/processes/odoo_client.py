"""A client for Odoo in a worker, with a method for each thing that tests do in it."""

import base64
from datetime import date, datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from stdnum import luhn

from .database import Database
from .odoo_process import Worker
from .portal import Portal
from .waiting import wait_for

INDIA = ZoneInfo("Asia/Kolkata")
DOCUMENT = "l10n_in.irp.document"
CREDENTIAL = "l10n_in.irp.credential"
PORTAL = "l10n_in.irp.portal"
SIGNING_KEY = "l10n_in.irp.signing.key"
FETCH = "l10n_in.irp.fetch"
TAXPAYER = "l10n_in.irp.taxpayer"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DOCUMENT_FIELDS = (
    "number",
    "state",
    "irn",
    "ack_number",
    "adopted",
    "attempt",
    "next_attempt_at",
    "signed_invoice",
    "signed_qr",
    "signature_state",
    "signature_note",
    "signed_attachment_id",
    "worker",
    "error_code",
    "error",
    "advice",
    "request_hash",
)


def today() -> str:
    """Return today's date in India, which the portal goes by."""
    return datetime.now(timezone.utc).astimezone(INDIA).date().isoformat()


def credential_values(portal: Portal) -> dict[str, Any]:
    """Return the values of an IRP credential for a served portal, without the portal.

    :return: only what that portal asks for.
    """
    wire = portal.profile.wire
    names = {"gstin", "username", "password", "client_id", "client_secret"}
    values = {name: portal.facts[name] for name in names - wire.left_out}
    if wire.is_sealed:
        values["auth_key"] = base64.b64encode(portal.auth_key).decode()
    if wire.fields:
        values["portal_fields"] = portal.fields
    return {**values, "environment": "sandbox", "base_url": portal.base_url}


def new_credential(portal: Portal, company: int, chosen: int) -> dict[str, Any]:
    """Return the values of a company's credential with the signing key.

    :param chosen: id of the portal's record, see `portal_domain`.
    """
    return {
        **credential_values(portal),
        "company_id": company,
        "portal_id": chosen,
        "signing_key_ids": [(0, 0, signing_key_values(portal))],
    }


def portal_domain(portal: Portal) -> list[tuple]:
    """Return the domain of the record of the portal that a served one stands for."""
    return [("profile", "=", portal.profile.code), ("is_published", "=", True)]


def signing_key_values(portal: Portal) -> dict[str, Any]:
    return {
        "file": base64.b64encode(portal.certificate).decode(),
        "filename": "signing_certificate.pem",
    }


def connect_company(company, portal: Portal) -> None:
    """Register in the sandbox, at a served portal, from now on.

    :param company: its record, in the process of Odoo.
    """
    company.write({"l10n_in_irp_enabled": True, "l10n_in_irp_environment": "sandbox"})
    credentials = company.env[CREDENTIAL]
    found = credentials.search([("company_id", "=", company.id)])
    if found.filtered(lambda one: one.base_url == portal.base_url):
        return
    found.unlink()
    chosen = company.env[PORTAL].search(portal_domain(portal))
    credentials.create(new_credential(portal, company.id, chosen.id))


def gstin_of(number: int) -> str:
    """Return a GSTIN of Maharashtra that nobody holds, a different one per number."""
    letter, digits = divmod(number, 10_000)
    body = f"27ZZZC{ALPHABET[10 + letter]}{digits:04}Q1Z"
    return body + luhn.calc_check_digit(body, ALPHABET)


def wait_for_state(odoo: "OdooClient", move: int, state: str) -> None:
    """Wait until the server's scheduled action has brought an invoice to a state."""
    wait_for(f"the e-invoice is {state}", lambda: odoo.state(move) == state)


class OdooClient:
    """Uses the seller's Odoo through a worker.

    :ivar seller: ids by name, see ``seller.set_up``.
    """

    def __init__(
        self, worker: Worker, database: Database, seller: dict[str, int]
    ) -> None:
        self.worker = worker
        self.database = database
        self.seller = seller

    # -- settings ---------------------------------------------------------------------

    def connect(self, portal: Portal, *, signing_key=True, **values: Any) -> int:
        """Replace the company's credential by one for `portal` and return its id."""
        self.disconnect()
        [chosen] = self.worker.call(PORTAL, "search", args=[portal_domain(portal)])
        values = {**new_credential(portal, self.seller["company"], chosen), **values}
        if not signing_key:
            del values["signing_key_ids"]
        return self.worker.call(CREDENTIAL, "create", args=[values])[0]

    def add_signing_key(self, credential: int, certificate: bytes, **values) -> None:
        values = {
            "credential_id": credential,
            "file": base64.b64encode(certificate).decode(),
            **values,
        }
        self.worker.call(SIGNING_KEY, "create", args=[values])

    def remove_signing_keys(self, credential: int) -> None:
        domain = [("credential_id", "=", credential)]
        keys = self.worker.call(SIGNING_KEY, "search", args=[domain])
        self.worker.call(SIGNING_KEY, "unlink", keys)

    def register_on(self, moment: str) -> None:
        """Set the company's choice: ``posting``, ``send`` or ``manual``."""
        values = {"l10n_in_irp_register_on": moment}
        company = [self.seller["company"]]
        self.worker.call("res.company", "write", company, args=[values])

    def clear(self) -> None:
        """Empty the queue and reset the settings for the next test."""
        self.database.rows("DELETE FROM ir_cron_trigger")
        self.database.rows("DELETE FROM l10n_in_irp_session")
        self.database.rows("DELETE FROM l10n_in_irp_circuit_breaker")
        self.database.rows("DELETE FROM l10n_in_irp_taxpayer")
        self.database.rows("UPDATE l10n_in_irp_log SET called_at = '2000-01-01'")
        self.database.rows("UPDATE l10n_in_irp_document SET next_attempt_at = NULL")
        self.database.rows(
            "UPDATE l10n_in_irp_document SET state = 'rejected'"
            " WHERE state IN ('to_register', 'sending', 'unknown')"
        )
        self.disconnect()
        self.register_on("posting")
        self.limit_look_ups(60)

    def disconnect(self) -> None:
        """Leave the company without a credential."""
        old = self.worker.call(CREDENTIAL, "search", args=[[]])
        self.worker.call(CREDENTIAL, "unlink", old)

    # -- invoices ---------------------------------------------------------------------

    def draft(self, product: str = "drill", buyer: str = "regular") -> int:
        """Create a draft invoice as the accountant and return its id."""
        return self._create([self._values(product, buyer)])[0]

    def _values(self, product: str, buyer: str) -> dict[str, Any]:
        line = {"product_id": self.seller[product], "quantity": 2}
        return {
            "move_type": "out_invoice",
            "journal_id": self.seller["journal"],
            "partner_id": self.seller[buyer],
            "invoice_date": today(),
            "invoice_line_ids": [(0, 0, line)],
        }

    def _create(self, values: list[dict[str, Any]]) -> list[int]:
        accountant = self.seller["accountant"]
        return self.worker.call(
            "account.move", "create", args=[values], user=accountant
        )

    def date(self, day: date, *moves: int) -> None:
        """Change the date of drafts."""
        values = {"invoice_date": day.isoformat()}
        self.worker.call("account.move", "write", moves, args=[values])

    def post(self, *moves: int) -> None:
        self._move("action_post", moves)

    def posted(self, product: str = "drill", buyer: str = "regular") -> int:
        move = self.draft(product, buyer)
        self.post(move)
        return move

    def posted_batch(self, count: int) -> list[int]:
        """Create and post `count` invoices."""
        moves = self._create([self._values("drill", "regular")] * count)
        self.post(*moves)
        return moves

    def register(self, *moves: int) -> None:
        """Press 'Generate IRN'."""
        self._move("action_l10n_in_irp_register", moves)

    def refresh(self, *moves: int) -> None:
        """Press 'Refresh from IRP'."""
        self._move("action_l10n_in_irp_refresh", moves)

    def _move(self, method: str, moves: tuple[int, ...]) -> None:
        accountant = self.seller["accountant"]
        self.worker.call("account.move", method, moves, user=accountant)

    def invoice(self, move: int, *names: str) -> dict[str, Any]:
        return self.worker.read("account.move", move, *names)

    def banner(self, move: int) -> str:
        """Return the text of the banner about the registration of an invoice."""
        alerts = self.worker.call("account.move", "_get_alerts", [move])
        return alerts["l10n_in_irp"]["message"]

    def payload(self, move: int) -> dict[str, Any]:
        """Return the INV-01 document of an invoice."""
        return self.worker.ask("payload", move=move)

    # -- GSTINs -----------------------------------------------------------------------

    def customers(self, amount: int) -> list[str]:
        """Create partners with a posted invoice each and return their GSTINs."""
        gstins = [gstin_of(number) for number in range(amount)]
        partners = self.worker.call(
            "res.partner",
            "create",
            args=[
                [
                    {**self._place, "name": f"Customer {gstin}", "vat": gstin}
                    for gstin in gstins
                ]
            ],
        )
        values = self._values("drill", "regular")
        moves = self._create([{**values, "partner_id": one} for one in partners])
        self.post(*moves)
        return gstins

    @property
    def _place(self) -> dict[str, Any]:
        """State, country and company of the seller's buyers."""
        names = ("state_id", "country_id", "company_id", "is_company")
        return self.worker.read("res.partner", self.seller["regular"], *names)

    def limit_look_ups(self, per_minute: int, per_day: int = 100_000) -> None:
        values = {
            "l10n_in_irp_gstin_rate": per_minute,
            "l10n_in_irp_gstin_budget": per_day,
        }
        company = [self.seller["company"]]
        self.worker.call("res.company", "write", company, args=[values])

    def refresh_gstins(self, worker: Worker | None = None, transport: str = "") -> None:
        """Run the scheduled action in a worker."""
        (worker or self.worker).call(TAXPAYER, "_cron_refresh", transport=transport)

    def pass_a_minute(self) -> None:
        """Make all logged calls a minute older."""
        self.database.rows(
            "UPDATE l10n_in_irp_log SET called_at = called_at - interval '1 minute'"
        )

    def gstin_records(self) -> list[str]:
        """Return the GSTIN of each taxpayer record."""
        rows = self.database.rows("SELECT gstin FROM l10n_in_irp_taxpayer")
        return [gstin for (gstin,) in rows]

    # -- the queue --------------------------------------------------------------------

    def run_queue(self, worker: Worker | None = None, transport: str = "") -> None:
        """Run the scheduled action in a worker."""
        worker = worker or self.worker
        worker.call(DOCUMENT, "_cron_process_queue", transport=transport)

    def run_queue_in_children(
        self, *kills: dict[str, Any] | None
    ) -> list[dict[str, Any]]:
        """Run the scheduled action in several child processes at once.

        :param kills: when to kill each of them, see ``child_processes.Steps``.
        """
        return self.worker.ask(
            "call_in_children",
            model=DOCUMENT,
            method="_cron_process_queue",
            kills=list(kills),
        )

    def fetch_in_child(self, move: int, kill: dict[str, Any] | None) -> dict[str, Any]:
        """Press 'Fetch from IRP' in a child process that may be killed."""
        accountant = self.seller["accountant"]
        [wizard] = self.worker.call(
            FETCH, "create", args=[{"move_id": move}], user=accountant
        )
        [child] = self.worker.ask(
            "call_in_children",
            model=FETCH,
            method="action_fetch",
            ids=[wizard],
            user=accountant,
            kills=[kill],
        )
        return child

    def pass_time(self) -> None:
        """End the pauses before the next attempts."""
        self.database.rows(
            "UPDATE l10n_in_irp_document SET in_flight_until = NULL,"
            " next_attempt_at = date_trunc('second', now() AT TIME ZONE 'UTC')"
            " WHERE next_attempt_at IS NOT NULL"
        )
        self.database.rows(
            "UPDATE l10n_in_irp_circuit_breaker"
            " SET open_until = date_trunc('second', now() AT TIME ZONE 'UTC')"
            " WHERE open_until IS NOT NULL"
        )

    def run_queue_later(self) -> None:
        """Run the scheduled action once the pauses are over."""
        self.pass_time()
        self.run_queue()

    def drain(self, moves: list[int]) -> None:
        """Run the scheduled action without pauses until all invoices are registered."""

        def is_settled() -> bool:
            self.run_queue_later()
            return self.states(moves) == {"registered"}

        wait_for("the queue is drained", is_settled)

    def differences(self) -> list[str]:
        """Return the differences between Odoo and the portal for today's invoices."""
        period = {"date_from": today(), "date_to": today()}
        return self.worker.ask("compare", company=self.seller["company"], **period)

    def document(self, move: int) -> dict[str, Any]:
        """Return the registration of an invoice."""
        document = self.invoice(move, "l10n_in_irp_document_id")
        return self.worker.read(
            DOCUMENT, document["l10n_in_irp_document_id"], *DOCUMENT_FIELDS
        )

    def states(self, moves: list[int]) -> set[str]:
        """Return the states of the registrations of invoices."""
        domain = [("move_id", "in", moves)]
        rows = self.worker.call(DOCUMENT, "search_read", args=[domain, ["state"]])
        return {row["state"] for row in rows}

    def state(self, move: int) -> str:
        return self.invoice(move, "l10n_in_irp_state")["l10n_in_irp_state"]

    def log(self, move: int) -> list[dict[str, Any]]:
        """Return the calls made for an invoice, oldest first."""
        domain = [("document_id.move_id", "=", move)]
        names = ["endpoint", "outcome", "code", "http_status", "request_hash"]
        return self.worker.call(
            "l10n_in.irp.log", "search_read", args=[domain, names, 0, None, "id"]
        )
