"""What the tests do in Odoo, in the words of an accounting office."""

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
SIGNING_KEY = "l10n_in.irp.signing.key"
QUEUE = "l10n_in.irp.queue"
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
    "error_code",
    "error",
    "advice",
    "request_hash",
)


def today() -> str:
    """The date in India, which the portal counts by."""
    return datetime.now(timezone.utc).astimezone(INDIA).date().isoformat()


def credential_values(portal: Portal) -> dict[str, Any]:
    """The values of an IRP credential, the keys as they lie in the portal's files."""
    names = ("gstin", "username", "password", "client_id", "client_secret")
    return {
        **{name: portal.facts[name] for name in names},
        "environment": "sandbox",
        "base_url": portal.base_url,
        "auth_key": base64.b64encode(portal.auth_key).decode(),
    }


def signing_key_values(portal: Portal) -> dict[str, Any]:
    return {
        "file": base64.b64encode(portal.certificate).decode(),
        "filename": "signing_certificate.pem",
    }


def gstin_of(number: int) -> str:
    """A GSTIN of Maharashtra that nobody holds, another one for each number."""
    letter, digits = divmod(number, 10_000)
    body = f"27ZZZC{ALPHABET[10 + letter]}{digits:04}Q1Z"
    return body + luhn.calc_check_digit(body, ALPHABET)


def wait_for_state(desk: "Desk", move: int, state: str) -> None:
    """Until the server's scheduled action has brought an invoice there."""
    wait_for(f"the e-invoice is {state}", lambda: desk.state(move) == state)


class Desk:
    """The seller's Odoo, through a worker.

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
        """Replace the company's credential by one for `portal`; returns its id."""
        self.disconnect()
        keys = [(0, 0, signing_key_values(portal))] if signing_key else []
        values = {
            **credential_values(portal),
            "company_id": self.seller["company"],
            "signing_key_ids": keys,
            **values,
        }
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
        """Leave nothing in the queue that another test could stumble over."""
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
        """A draft invoice, made by the accountant; returns its id."""
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
        """Give drafts another date."""
        values = {"invoice_date": day.isoformat()}
        self.worker.call("account.move", "write", moves, args=[values])

    def post(self, *moves: int) -> None:
        self._move("action_post", moves)

    def posted(self, product: str = "drill", buyer: str = "regular") -> int:
        move = self.draft(product, buyer)
        self.post(move)
        return move

    def posted_batch(self, count: int) -> list[int]:
        """So many posted invoices."""
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
        """What stands above the invoice about its registration."""
        alerts = self.worker.call("account.move", "_get_alerts", [move])
        return alerts["l10n_in_irp"]["message"]

    def payload(self, move: int) -> dict[str, Any]:
        """The INV-01 document of an invoice."""
        return self.worker.ask("payload", move=move)

    # -- GSTINs -----------------------------------------------------------------------

    def customers(self, amount: int) -> list[str]:
        """The GSTINs of so many new partners, each with a posted invoice."""
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
        """State and country of the seller's buyers."""
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
        """What the scheduled action does, in a worker's process."""
        (worker or self.worker).call(TAXPAYER, "_cron_refresh", transport=transport)

    def pass_a_minute(self) -> None:
        """Let the look-ups of the last minute be older than that."""
        self.database.rows(
            "UPDATE l10n_in_irp_log SET called_at = called_at - interval '1 minute'"
        )

    def gstin_records(self) -> list[str]:
        """The GSTINs of the portal's records, one per record."""
        rows = self.database.rows("SELECT gstin FROM l10n_in_irp_taxpayer")
        return [gstin for (gstin,) in rows]

    # -- the queue --------------------------------------------------------------------

    def run_queue(self, worker: Worker | None = None, transport: str = "") -> None:
        """What the scheduled action does, in a worker's process."""
        (worker or self.worker).call(QUEUE, "_cron_process", transport=transport)

    def run_queue_in_children(
        self, *deaths: dict[str, Any] | None
    ) -> list[dict[str, Any]]:
        """The scheduled action in so many processes at once (see ``mortal.py``)."""
        return self.worker.ask(
            "call_in_children", model=QUEUE, method="_cron_process", deaths=list(deaths)
        )

    def fetch_in_child(self, move: int, death: dict[str, Any] | None) -> dict[str, Any]:
        """Press 'Fetch from IRP' in a process that may die meanwhile."""
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
            deaths=[death],
        )
        return child

    def pass_time(self) -> None:
        """Let the pauses before the next attempt be over."""
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
        """The next run of the scheduled action, after the pauses."""
        self.pass_time()
        self.run_queue()

    def drain(self, moves: list[int]) -> None:
        """Run the scheduled action, with its pauses over, until nothing is open."""

        def is_settled() -> bool:
            self.run_queue_later()
            return self.states(moves) == {"registered"}

        wait_for("the queue is drained", is_settled)

    def differences(self) -> list[str]:
        """What Odoo and the portal hold differently of today's invoices, in words."""
        period = {"date_from": today(), "date_to": today()}
        return self.worker.ask("compare", company=self.seller["company"], **period)

    def document(self, move: int) -> dict[str, Any]:
        """The registration of an invoice."""
        document = self.invoice(move, "l10n_in_irp_document_id")
        return self.worker.read(
            DOCUMENT, document["l10n_in_irp_document_id"], *DOCUMENT_FIELDS
        )

    def states(self, moves: list[int]) -> set[str]:
        """The states that the registrations of invoices are in."""
        domain = [("move_id", "in", moves)]
        rows = self.worker.call(DOCUMENT, "search_read", args=[domain, ["state"]])
        return {row["state"] for row in rows}

    def state(self, move: int) -> str:
        return self.invoice(move, "l10n_in_irp_state")["l10n_in_irp_state"]

    def log(self, move: int) -> list[dict[str, Any]]:
        """The calls made for an invoice, oldest first."""
        domain = [("document_id.move_id", "=", move)]
        names = ["endpoint", "outcome", "code", "http_status", "request_hash"]
        return self.worker.call(
            "l10n_in.irp.log", "search_read", args=[domain, names, 0, None, "id"]
        )
