import json
import logging
from dataclasses import replace

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import clean_context

from ...irp import IrpSignatureError, operations
from ...irp.rules import shown
from .. import locks
from ..queue.results import utc
from ..queue.submission_mixin import SETTLED_STATES

_logger = logging.getLogger(__name__)

# What was sent of these stands in the registration; only that may be compared.
SENT_STATES = operations.states.UNANSWERED


class L10nInIrpAdoption(models.AbstractModel):
    """Adopts what was registered outside Odoo, if its signed content agrees.

    Nothing is ever sent for registration from here. The registration's row is locked
    from the question until what came of it is written, so that the queue keeps off.
    Should the process die between, the portal still holds what it holds, and the row
    stands as before; if it dies later, the queue follows up what was written.
    """

    _name = "l10n_in.irp.adoption"
    _description = "Adoption of e-invoices"

    # ------------------------------------------------------------------
    # Asked of the portal
    # ------------------------------------------------------------------

    def _fetch(self, move, irn="", irp=""):
        """Ask the portal what it holds of an invoice, and adopt it if it agrees.

        :param irn: asks by IRN; empty: by type, number and date.
        :param irp: the portal of NIC that registered it, if not the one asked. It is
            told with a question by type, number and date alone.
        :return: (outcome, the INV-01 document that it was compared with). An outcome
            with an error has changed nothing.
        :raises UserError: it cannot be asked now; the text says why.
        """
        document, is_new = self._claim(move)
        self._check_fetchable(document, irn)
        request = self._request(document)
        order = self._make_order(document, request, irn, irp)
        connection = self._connect(document)
        portal = operations.registration
        ask = portal.look_up_irn if irn and not order.irp else portal.look_up
        queue = self.env["l10n_in.irp.queue"].sudo()
        outcome = queue._ask(connection, document, (ask, order))
        if outcome.registration:
            with locks.worker_number(self.env) as number:
                self._keep(document, order, outcome, connection.base_url)
                document.worker = number
                queue._commit()
                queue._commit_with_retry(lambda: self._follow_up(document))
        else:
            if is_new:
                document.unlink()
            queue._commit()
        return outcome, request

    def _check_fetchable(self, document, irn):
        if document.state in SETTLED_STATES:
            raise UserError(
                self.env._(
                    "%(invoice)s is in state '%(state)s' already.",
                    invoice=document.number,
                    state=document._state_label(),
                )
            )
        if irn and irn not in document._possible_irns():
            raise UserError(
                self.env._(
                    "This is not the IRN of %(invoice)s: GSTIN, financial year, type "
                    "and number give %(irn)s. Check it, or leave it empty.",
                    invoice=document.number,
                    irn=document._expected_irn(),
                )
            )

    def _connect(self, document):
        """A connection to the portal that may hold it: where it was sent, if it was."""
        is_sent = document.state in SENT_STATES
        return self.env["l10n_in.irp.gateway"]._connect(
            document.company_id,
            document.environment,
            base_url=is_sent and document.base_url,
        )

    # ------------------------------------------------------------------
    # Taken from a file
    # ------------------------------------------------------------------

    def _import(self, move, registration, keys, irp="", *, trusts_status=False):
        """Adopt a registration from a file, if it agrees with its invoice.

        The file proves the IRN. Its status is not signed: that it says "cancelled" is
        for a manager to confirm.

        :param irp: the portal of NIC that registered it, if not the one asked.
        :param trusts_status: its status is what Odoo itself was answered.
        :return: (what became of it, outcome, the document that it was compared with);
            the first is a result of `l10n_in.irp.import.line`.
        :raises UserError: it cannot be adopted now; the text says why.
        """
        document, is_new = self._claim(move)
        was_settled = document.state in SETTLED_STATES
        if not was_settled and (why := move._l10n_in_irp_why_not_now()):
            raise UserError(why)
        possible = document._possible_irns()
        irn = registration.irn if registration.irn in possible else possible[0]
        request = self._request(document)
        order = self._make_order(document, request, irn, irp)
        outcome = self._validate(document, registration, order, keys)
        if outcome.state == "cancelled" and not trusts_status:
            outcome = replace(outcome, state="cancel_unclear", cancel_date=None)
        result = self._result(document, outcome)
        if self._is_news(document, outcome):
            is_sent = was_settled or document.state in SENT_STATES
            self._keep(document, order, outcome, is_sent and document.base_url)
            if outcome.state == "cancel_unclear":
                self._note_claim(document, registration)
            self._follow_up(document)
        elif is_new:
            document.unlink()
        return result, outcome, request

    def _note_claim(self, document, registration):
        """Write why it is unclear; a look-up, not a second cancellation, may follow."""
        moment = utc(registration.cancel_date)
        error = self.env._("The imported file says that the IRN is cancelled.")
        if moment:
            error = self.env._(
                "The imported file says that the IRN was cancelled on %s.",
                document._shown_time(moment),
            )
        unsigned = self.env._("The portal's signature does not cover that.")
        document.write({"error": f"{error} {unsigned}", "cancel_sent": True})

    def _validate(self, document, registration, order, keys):
        outcome = operations.registration.judge(registration, keys, order, adopted=True)
        is_unproven = outcome.verdict and not outcome.verdict.checked
        if is_unproven and document.environment == "demo":
            # the demo portal's key is known: who signed with another is not the demo
            error = IrpSignatureError(outcome.verdict.message)
            return operations.Result("unknown", error=error)
        return outcome

    def _result(self, document, outcome):
        if outcome.error:
            return "unproven"
        if outcome.state == "conflict":
            return "conflict"
        if document.state in SETTLED_STATES and not self._is_news(document, outcome):
            return "unsettled" if document.state == "cancel_unclear" else "known"
        if outcome.state == "cancel_unclear":
            return "unsettled"
        if outcome.state == "cancelled":
            return "cancelled"
        return "adopted" if outcome.verdict.checked else "unchecked"

    def _is_news(self, document, outcome):
        """Whether anything of a file's registration is to be written.

        A conflict that nobody has signed for is only told: anybody can write a file.
        """
        if outcome.error:
            return False
        if document.state == "registered":
            return outcome.state in ("cancelled", "cancel_unclear")
        if document.state in SETTLED_STATES:
            return outcome.state == "cancelled" and document.state != "cancelled"
        return outcome.state != "conflict" or outcome.verdict.checked

    # ------------------------------------------------------------------
    # Shared
    # ------------------------------------------------------------------

    def _claim(self, move):
        """The locked registration of a posted invoice: (document, whether it is new).

        :raises UserError: another process is dealing with it, or another invoice
            stands for the number.
        """
        move.check_access("write")
        # a caller's defaults could pretend what only the portal tells
        env = self.env(context=clean_context(self.env.context))
        documents = env["l10n_in.irp.document"].sudo()
        document = documents._existing(move)
        if not document:
            return documents._make(move), True
        locked = document.try_lock_for_update()
        if not locked or self.env["l10n_in.irp.queue"]._is_in_flight(locked):
            raise UserError(
                self.env._(
                    "%s is being processed right now. Try again in a minute.", move.name
                )
            )
        locked.invalidate_recordset()
        return locked, False

    def _follow_up(self, document):
        self.env["l10n_in.irp.outcome"].sudo()._follow_up(document)

    def _make_order(self, document, request, irn, irp):
        return operations.RegistrationRequest(
            request,
            irn or document._expected_irn(),
            registered_elsewhere=document.adopted or not self._is_sent(document),
            irp=irp or document.irp or "",
        )

    def _is_sent(self, document):
        """Whether the request that is kept of a registration was sent."""
        kept = (*SENT_STATES, *SETTLED_STATES)
        return bool(document.request) and document.state in kept

    def _request(self, document):
        """The INV-01 document to compare with: as it was sent, else as it would be.

        An e-way bill that is prepared in Odoo is no part of what others registered.
        """
        if self._is_sent(document):
            return json.loads(document.request)
        try:
            with self.env.cr.savepoint():
                payload = self.env["l10n_in.irp.payload"].sudo()
                alone = {"l10n_in_irp_without_ewaybill": True}
                return payload._build(document.move_id.with_context(**alone))
        except Exception as error:
            _logger.exception("%s: cannot be built", document.number)
            raise UserError(
                self.env._("The e-invoice could not be built: %s", error)
            ) from error

    def _keep(self, document, order, outcome, base_url):
        """Write what is held of an invoice, and what it was compared with."""
        outcomes = self.env["l10n_in.irp.outcome"].sudo()
        if document.signed_invoice != outcome.registration.signed_invoice:
            # the attachment shows what another registration signed
            document.signed_attachment_id = False
        document.write(
            {
                "base_url": base_url,
                "irp": order.irp or False,
                **document._request_values(order.invoice),
                **outcomes._values_of(document, outcome),
            }
        )
        document._keep_beside(outcome)
        document._link()
        if outcome.state == "registered":
            self._keep_ewaybill(document, outcome.registration)

    def _keep_ewaybill(self, document, registration):
        """Take over the e-way bill that others made of what they registered."""
        move = document.move_id.sudo()
        ewaybill = move.l10n_in_irp_ewaybill_id
        if not registration.ewb_number or ewaybill.number:
            return
        if not ewaybill:
            # whether and when it got a Part B is not told
            values = {"move_id": move.id, "with_irn": False, "trans_mode": False}
            ewaybill = ewaybill.create(values)
        ewaybill._take_over(document, registration)

    # ------------------------------------------------------------------
    # Differences, for a person
    # ------------------------------------------------------------------

    def _differences(self, move, request, outcome):
        """The values of `l10n_in.irp.difference` for an outcome."""
        verdict = outcome.verdict
        if not verdict:
            return []
        return [
            {
                "place": self._place(move, request, difference.path),
                "path": difference.path,
                "ours": self._shown(difference.sent),
                "theirs": self._shown(difference.signed),
                "is_blocking": difference not in verdict.asides,
            }
            for difference in (*verdict.differences, *verdict.asides)
        ]

    def _place(self, move, request, path):
        """Record and field that a member comes from, in words; "" if none does."""
        preflight = self.env["l10n_in.irp.validator"]
        try:
            record, field_name = preflight._place(move, path, request)
        except (IndexError, KeyError, ValueError):
            # an item that the invoice does not have
            return ""
        label = preflight._label(record, field_name)
        if record == move and not label:
            return ""
        return f"{record.display_name}, {label}" if label else record.display_name

    @staticmethod
    def _shown(value):
        if value is None:
            return ""
        is_text = isinstance(value, str)
        return shown(value if is_text else json.dumps(value, default=str))
