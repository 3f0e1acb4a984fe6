"""The documents of a month, and whether each has its IRN."""

from datetime import date
from typing import Any, NamedTuple

from odoo.tools import format_date

from ...irp.operations import states
from ...models.clock import indian_today
from .amounts import Amounts, compared

SALES = ("out_invoice", "out_refund")
VERIFIED, BY_HAND, UNCHECKED = "verified", "by_hand", "unchecked"
CANCELLED, WITHOUT, TEST, EXEMPT = "cancelled", "without", "test", "not_applicable"
REGISTERED = (VERIFIED, BY_HAND, UNCHECKED)
KINDS = [
    (VERIFIED, "Registered, Signature Verified"),
    (BY_HAND, "Registered, Settled by Hand"),
    (UNCHECKED, "Registered, Signature Not Checked"),
    (CANCELLED, "IRN Cancelled"),
    (WITHOUT, "Without IRN"),
    (TEST, "Test Only"),
    (EXEMPT, "Not Applicable"),
]


class Document(NamedTuple):
    """A document of the month.

    :ivar kind: one of `KINDS`.
    :ivar reason: why it has no IRN, or needs attention; "" if all is well.
    :ivar next_step: what to do about it.
    :ivar deadline: the last day on which the IRP accepts it; False for none.
    :ivar sent: its amounts with the IRP, None if it has none there.
    :ivar booked: its amounts in the journal.
    """

    move: Any
    kind: str
    doc_type: str
    reason: str
    next_step: str
    deadline: date | bool
    sent: Amounts | None
    booked: Amounts

    @property
    def needs_attention(self) -> bool:
        """Return whether somebody has to do something about it."""
        return self.kind in (WITHOUT, TEST) or bool(self.kind != EXEMPT and self.reason)


def documents_of(env, companies, first: date, last: date) -> list[Document]:
    """Return the confirmed and the cancelled documents of companies, by date.

    :param first: the first invoice date, ``last`` the last one.
    """
    moves = env["account.move"].search(
        [
            ("company_id", "in", companies.ids),
            ("move_type", "in", SALES),
            ("state", "in", ("posted", "cancel")),
            ("invoice_date", ">=", first),
            ("invoice_date", "<=", last),
            # an invoice that was cancelled as a draft has no number
            ("name", "not in", (False, "/")),
        ],
        order="invoice_date, name, id",
    )
    amounts = compared(moves)
    return [_document(move, *amounts[move]) for move in moves]


def _document(move, sent, booked):
    kind = _kind(move)
    if kind not in (*REGISTERED, CANCELLED):
        sent = None
    reason, next_step = _reason(move, kind, sent, booked)
    return Document(
        move=move,
        kind=kind,
        doc_type=move._l10n_in_irp_doc_type(),
        reason=reason,
        next_step=next_step,
        deadline=_deadline(move, kind),
        sent=sent,
        booked=booked,
    )


def _deadline(move, kind):
    """Return the last day on which the IRP accepts a document; False for none. Neither
    a test nor 'Register from Date' spares the registration."""
    is_open = kind in (TEST, WITHOUT)
    return is_open and move.company_id._l10n_in_irp_last_day(move.invoice_date)


def _kind(move):
    """Return one of `KINDS`, by the status that the list of invoices shows."""
    if move.l10n_in_irp_status in (False, "not_applicable"):
        return EXEMPT
    if move.l10n_in_irp_status not in states.AT_PORTAL:
        return WITHOUT
    if move.l10n_in_irp_test_note:
        return TEST
    if move.l10n_in_irp_status == states.CANCELLED:
        return CANCELLED
    return move.l10n_in_irp_proof or UNCHECKED


# ----------------------------------------------------------------------
# In words
# ----------------------------------------------------------------------


def _reason(move, kind, sent, booked):
    """Return why a document has no IRN or needs attention, and the next step."""
    if kind == EXEMPT:
        return move.l10n_in_irp_reason or "", ""
    if kind == TEST:
        return _test_reason(move)
    if kind == WITHOUT:
        return _without_reason(move)
    return _disagreement(move, kind, sent, booked)


def _test_reason(move):
    env = move.env
    return (
        env._("Registered with a test portal only: it has no IRN."),
        env._("Choose the Production environment in Settings, then Generate IRN."),
    )


def _without_reason(move):
    env = move.env
    document = move._l10n_in_irp_present()
    reason = document.error or dict(
        move._fields["l10n_in_irp_status"]._description_selection(env)
    ).get(move.l10n_in_irp_status, "")
    deadline = _deadline(move, WITHOUT)
    unsent = (False, *states.UNSENT)
    if deadline and deadline < indian_today() and document.state in unsent:
        late = env._("The reporting limit ended on %s.", format_date(env, deadline))
        return f"{reason} {late}".strip(), env._(
            "The IRP no longer accepts it. Ask your tax adviser how to bill the supply."
        )
    return reason, document.advice or _next_step(move, document)


def _next_step(move, document):
    env = move.env
    return {
        False: env._("Open it and click Generate IRN."),
        states.TO_REGISTER: env._("None: Odoo registers it automatically."),
        states.SENDING: env._("Open it and click Refresh from IRP."),
        states.UNKNOWN: env._("Open it and click Refresh from IRP."),
        states.UNCLEAR: env._("An e-Invoice manager opens it: Settle by Hand."),
        states.REJECTED: env._("Correct it, then click Generate IRN."),
        states.CONFLICT: env._("Open it and compare it with the IRP."),
    }.get(document.state, "")


def _disagreement(move, kind, sent, booked):
    """Return where Odoo and the IRP disagree about a registered document."""
    env = move.env
    if move.l10n_in_irp_status in states.CANCELLATION_OPEN:
        return (
            env._("Its cancellation is not confirmed by the IRP."),
            move._l10n_in_irp_present().advice
            or env._("Open it and click Refresh from IRP."),
        )
    if kind == CANCELLED and move.state == "posted":
        return (
            env._("Its IRN is cancelled, but the invoice is still confirmed in Odoo."),
            env._("Open it and click Cancel in Odoo."),
        )
    if kind != CANCELLED and move.state == "cancel":
        return (
            env._("It is cancelled in Odoo, but its IRN is active."),
            env._("Open it, and cancel the IRN within 24 hours of its Ack. Date."),
        )
    if sent and sent != booked:
        return (
            env._("The amounts in Odoo differ from those registered with the IRP."),
            env._("Compare the journal entry with the signed JSON."),
        )
    return "", ""
