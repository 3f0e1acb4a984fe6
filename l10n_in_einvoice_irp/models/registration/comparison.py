"""Compare the invoices of a period between Odoo and the portal.

Only reads: nothing is sent for registration, and neither invoices nor registrations
change. The calls are logged.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from odoo.exceptions import UserError
from odoo.tools import split_every

from ...irp import IrpError, IrpNotFound, compute_irn, operations
from ...irp.operations import states
from ...irp.reference import entry, written
from .. import transactions
from ..clock import utc
from ..portal.error_messages import ErrorMessages

# Kinds of differences, the gravest first.
KINDS = [
    ("not_at_portal", "Registered in Odoo, Not with IRP"),
    ("not_in_odoo", "With IRP, Not Registered in Odoo"),
    ("cancelled_at_portal", "Cancelled with IRP Only"),
    ("cancelled_in_odoo", "Cancelled in Odoo Only"),
    ("differs", "Content Mismatch"),
    ("unregistered", "Not Registered"),
    ("unanswered", "IRP Not Reachable"),
]
# looked up in parallel before the calls are logged
CHUNK = 200
# answers give times to the minute, the signed invoice to the second
ROUNDING = timedelta(minutes=1)


@dataclass(frozen=True)
class Subject:
    """An invoice to look up, and its registration (empty if there is none)."""

    move: Any
    document: Any

    @property
    def key(self) -> int:
        """Return its name among the calls: the id of its registration or invoice."""
        return self.document.id or -self.move.id

    @property
    def doc_type(self) -> str:
        return self.document.doc_type or self.move._l10n_in_irp_doc_type()

    @property
    def number(self) -> str:
        return self.document.number or self.move.name

    def _expected_irn(self) -> str:
        """Return the IRN that follows from the document: some portals are asked by it
        alone."""
        gstin = self.document.gstin or self.move.company_id.vat or ""
        day = self.move.invoice_date
        return compute_irn(gstin, day, self.doc_type, self.number)

    @property
    def order(self) -> operations.RegistrationRequest:
        """Return the look-up request; with a registration, as it was sent."""
        request = {
            "DocDtls": {
                "Typ": self.doc_type,
                "No": self.number,
                "Dt": written(self.move.invoice_date),
            }
        }
        if self.document.request:
            request = self.document._sent_request()
        return operations.RegistrationRequest(
            request,
            self.document.irn or self._expected_irn(),
            registered_elsewhere=self.document.adopted,
            irp=self.document.irp or "",
            ack_number=self.document.ack_number or "",
        )


@dataclass(frozen=True)
class PeriodDifference:
    """A difference between Odoo and the portal.

    :ivar kind: one of `KINDS`.
    :ivar document: the registration, an empty record if there is none.
    :ivar irn: Odoo's, "" for none; ``portal_irn`` is the portal's.
    :ivar detail: in words, in the user's language.
    :ivar fault: what differences of one cause have in common, in words.
    """

    kind: str
    move: Any
    document: Any
    doc_type: str
    number: str
    doc_date: date
    irn: str
    portal_irn: str
    detail: str
    fault: str


def compare(env, company, date_from, date_to) -> list[PeriodDifference]:
    """Return all differences between Odoo and the portal for a period.

    The portal cannot list documents, so each invoice is looked up by type, number and
    date. Documents that only the portal has are therefore not found.

    :param company: the invoices' company, in its current environment.
    :param date_from: the first invoice date, ``date_to`` the last one.
    :return: by date and number; empty if all agrees.
    """
    return Comparison(env, company).run(date_from, date_to)


class Comparison:
    """Compares a company's invoices with the portal, as the user of ``env``."""

    def __init__(self, env, company) -> None:
        self.env = env["res.company"].with_company(company).env
        self.company = company.with_env(self.env)

    def run(self, date_from, date_to) -> list[PeriodDifference]:
        subjects = self._subjects(date_from, date_to)
        by_portal = {}
        for subject in subjects:
            address = subject.document and subject.document._portal_address()
            by_portal.setdefault(address or "", []).append(subject)
        found = [
            difference
            for base_url, group in by_portal.items()
            for difference in self._compare_at(base_url, group)
        ]
        return sorted(found, key=lambda one: (one.doc_date, one.number))

    # ------------------------------------------------------------------
    # Subjects
    # ------------------------------------------------------------------

    def _subjects(self, date_from, date_to) -> list[Subject]:
        """Return invoices that are, or must be, registered in the company's
        environment."""
        moves = self.env["account.move"].search(
            self._domain(date_from, date_to), order="invoice_date, id"
        )
        documents = self.env["l10n_in.irp.document"].sudo()
        by_move = documents.search(
            [
                ("move_id", "in", moves.ids),
                ("environment", "=", self.company.l10n_in_irp_environment),
            ]
        ).grouped("move_id")
        return [
            Subject(move, document)
            for move in moves
            for document in by_move.get(move, documents) or [documents]
            if document or self._is_due(move)
        ]

    def _domain(self, date_from, date_to):
        return [
            ("company_id", "=", self.company.id),
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("invoice_date", ">=", date_from),
            ("invoice_date", "<=", date_to),
            # an invoice that was never confirmed has no number
            ("name", "not in", (False, "/")),
        ]

    @staticmethod
    def _is_due(move):
        """Return whether it has to be registered and is not, in production either."""
        held = move._l10n_in_irp_present()
        is_real = held.environment == "production" and held._is_at_portal()
        return move.state == "posted" and move.l10n_in_irp_applicable and not is_real

    # ------------------------------------------------------------------
    # Look-ups
    # ------------------------------------------------------------------

    def _compare_at(self, base_url, subjects) -> Iterator[PeriodDifference]:
        """Yield the differences from one portal; its calls are logged in chunks."""
        sessions = self.env["l10n_in.irp.session"]
        environment = self.company.l10n_in_irp_environment
        log = self.env["l10n_in.irp.log"].sudo()
        try:
            connection = self.company._l10n_in_irp_connect(
                environment, base_url=base_url
            )
        except UserError as error:
            yield from self._all_unanswered(subjects, str(error))
            return
        for chunk in split_every(CHUNK, subjects, list):
            yield from self._compare_chunk(connection, chunk)
            sessions._store(connection)
            documents = self.env["l10n_in.irp.document"].union(
                *(subject.document for subject in chunk)
            )
            log._record(self.company, environment, connection, documents)
            transactions.commit(self.env)

    def _compare_chunk(self, connection, subjects):
        try:
            self.env["l10n_in.irp.session"]._ensure_valid(connection)
            look_up = operations.registration.look_up
            outcomes = connection.run(
                {one.key: (look_up, one.order) for one in subjects}
            )
        except IrpError as error:
            return self._all_unanswered(subjects, self._text(error))
        classified = [
            (one, *self._classify(one, outcomes[one.key])) for one in subjects
        ]
        return [self._difference(*row) for row in classified if row[1]]

    def _all_unanswered(self, subjects, text):
        return [self._difference(one, "unanswered", text) for one in subjects]

    def _text(self, error):
        return ErrorMessages(self.env).describe(error).text

    # ------------------------------------------------------------------
    # Classification
    # ------------------------------------------------------------------

    def _classify(self, subject, outcome):
        """Return (kind, detail, the portal's registration); no kind if all agrees."""
        if isinstance(outcome.error, IrpNotFound):
            return self._judge_absent(subject)
        if outcome.error or not outcome.registration:
            return "unanswered", self._text(outcome.error), None
        kind, detail = self._judge_present(subject, outcome)
        return kind, detail, outcome.registration

    def _judge_absent(self, subject):
        document = subject.document
        if document._is_at_portal():
            return "not_at_portal", document._status_label(), None
        if not self._is_due(subject.move):
            return "", "", None
        label = document._status_label() if document else ""
        detail = ": ".join(filter(None, [label, document.error]))
        return "unregistered", detail, None

    def _judge_present(self, subject, outcome):
        document, registration = subject.document, outcome.registration
        cancelled = registration.is_cancelled
        if not document._is_at_portal():
            return "not_in_odoo", self._state_there(document, cancelled)
        if cancelled != (document.state == states.CANCELLED):
            kind = "cancelled_at_portal" if cancelled else "cancelled_in_odoo"
            return kind, document._status_label()
        members = self._differing(document, outcome)
        return ("differs", ", ".join(members)) if members else ("", "")

    def _state_there(self, document, cancelled):
        if cancelled:
            return self.env._("The IRN is cancelled.")
        return document._status_label() if document else ""

    def _differing(self, document, outcome):
        """Return the members that differ from Odoo's content of a registration."""
        registration = outcome.registration
        members = [row.path for row in outcome.verdict.differences]
        if document.irn != registration.irn:
            members.append("Irn")
        if document.ack_number != registration.ack_number:
            members.append("AckNo")
        if abs(document.ack_date - utc(registration.ack_date)) >= ROUNDING:
            members.append("AckDt")
        return list(dict.fromkeys(members))

    def _difference(self, subject, kind, detail, registration=None):
        return PeriodDifference(
            kind=kind,
            move=subject.move,
            document=subject.document,
            doc_type=subject.doc_type,
            number=subject.number,
            doc_date=subject.move.invoice_date,
            irn=subject.document.irn or "",
            portal_irn=registration.irn if registration else "",
            detail=detail,
            fault=self._fault(subject, kind, detail),
        )

    def _fault(self, subject, kind, detail):
        """Return what differences of one cause have in common: the error's code, the
        members that differ, or the status."""
        document = subject.document
        code = document.error_code if kind == "unregistered" else ""
        if code and (message := entry(code).message):
            return f"{code} – {message}"
        if kind == "differs":
            # the same member of any item
            return re.sub(r"\[\d+\]", "", detail)
        status = document._status_label() if document else ""
        return (detail if kind == "unanswered" else status) or self.env._(
            "Not Registered"
        )
