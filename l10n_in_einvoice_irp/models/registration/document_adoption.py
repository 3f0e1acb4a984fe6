import json
import logging
from dataclasses import replace

from odoo import models
from odoo.exceptions import UserError

from ...irp import IrpSignatureError, operations
from .. import locks
from ..queue.results import utc
from ..queue.submission_mixin import SETTLED_STATES

_logger = logging.getLogger(__name__)

# What was sent of these stands in the registration; only that may be compared.
SENT_STATES = operations.states.UNANSWERED


class L10nInIrpDocument(models.Model):
    """Adopts what was registered outside Odoo, if its signed content agrees.

    Nothing is ever sent for registration from here. The registration's row is locked
    from the question until what came of it is written, so that the queue keeps off
    (`account.move._l10n_in_irp_claim`). Should the process die between, the portal
    still holds what it holds, and the row stands as before; if it dies later, the
    queue follows up what was written.
    """

    _inherit = "l10n_in.irp.document"

    # ------------------------------------------------------------------
    # Asked of the portal
    # ------------------------------------------------------------------

    def _adopt_from_portal(self, irn, irp, *, is_new):
        """See `account.move._l10n_in_irp_fetch`.

        :param is_new: it was made to ask, and goes again if there is nothing to adopt.
        """
        self._check_fetchable(irn)
        request = self._content_to_compare()
        order = self._adoption_order(request, irn, irp)
        connection = self._connect_to_holder()
        portal = operations.registration
        ask = portal.look_up_irn if irn and not order.irp else portal.look_up
        queue = self.env["l10n_in.irp.queue"]
        outcome = queue._ask(connection, self, (ask, order))
        if outcome.registration:
            with locks.worker_number(self.env) as number:
                self._store_adopted(order, outcome, connection.base_url)
                self.worker = number
                queue._commit()
                queue._commit_with_retry(self._follow_up_adoption)
        else:
            if is_new:
                self.unlink()
            queue._commit()
        return outcome, request

    def _check_fetchable(self, irn):
        if self.state in SETTLED_STATES:
            raise UserError(
                self.env._(
                    "%(invoice)s already has the status '%(state)s'.",
                    invoice=self.number,
                    state=self._state_label(),
                )
            )
        if irn and irn not in self._possible_irns():
            raise UserError(
                self.env._(
                    "This is not the IRN of %(invoice)s: its GSTIN, financial year, "
                    "type and number give %(irn)s. Correct the IRN, or leave it empty.",
                    invoice=self.number,
                    irn=self._expected_irn(),
                )
            )

    def _connect_to_holder(self):
        """Return a connection to the portal that may hold it: where it was sent, if it
        was."""
        is_sent = self.state in SENT_STATES
        return self.env["l10n_in.irp.gateway"]._connect(
            self.company_id, self.environment, base_url=is_sent and self.base_url
        )

    # ------------------------------------------------------------------
    # Taken from a file
    # ------------------------------------------------------------------

    def _adopt_from_file(self, registration, keys, irp, *, is_new, trusts_status):
        """See `account.move._l10n_in_irp_import`.

        :param is_new: it was made to compare, and goes again if there is nothing to
            adopt.
        """
        was_settled = self.state in SETTLED_STATES
        if not was_settled and (why := self.move_id._l10n_in_irp_why_not_now()):
            raise UserError(why)
        possible = self._possible_irns()
        irn = registration.irn if registration.irn in possible else possible[0]
        request = self._content_to_compare()
        order = self._adoption_order(request, irn, irp)
        outcome = self._judge_file(registration, order, keys)
        if outcome.state == "cancelled" and not trusts_status:
            outcome = replace(outcome, state="cancel_unclear", cancel_date=None)
        result = self._import_result(outcome)
        if self._is_news(outcome):
            is_sent = was_settled or self.state in SENT_STATES
            self._store_adopted(order, outcome, is_sent and self.base_url)
            if outcome.state == "cancel_unclear":
                self._note_claimed_cancellation(registration)
            self._follow_up_adoption()
        elif is_new:
            self.unlink()
        return result, outcome, request

    def _note_claimed_cancellation(self, registration):
        """Write why it is unclear; a look-up, not a second cancellation, may follow."""
        moment = utc(registration.cancel_date)
        error = self.env._("In the imported file, the IRN is cancelled.")
        if moment:
            error = self.env._(
                "In the imported file, the IRN is cancelled on %s.",
                self._shown_time(moment),
            )
        unsigned = self.env._("The IRP's signature does not cover the status.")
        self.write({"error": f"{error} {unsigned}", "cancel_sent": True})

    def _judge_file(self, registration, order, keys):
        outcome = operations.registration.judge(registration, keys, order, adopted=True)
        is_unproven = outcome.verdict and not outcome.verdict.checked
        if is_unproven and self.environment == "demo":
            # the demo portal's key is known: who signed with another is not the demo
            error = IrpSignatureError(outcome.verdict.message)
            return operations.Result("unknown", error=error)
        return outcome

    def _import_result(self, outcome):
        """Return what became of a file's registration, as the import's line says it."""
        if outcome.error:
            return "unproven"
        if outcome.state == "conflict":
            return "conflict"
        if self.state in SETTLED_STATES and not self._is_news(outcome):
            return "unsettled" if self.state == "cancel_unclear" else "known"
        if outcome.state == "cancel_unclear":
            return "unsettled"
        if outcome.state == "cancelled":
            return "cancelled"
        return "adopted" if outcome.verdict.checked else "unchecked"

    def _is_news(self, outcome):
        """Return whether anything of a file's registration is to be written.

        A conflict that nobody has signed for is only told: anybody can write a file.
        """
        if outcome.error:
            return False
        if self.state == "registered":
            return outcome.state in ("cancelled", "cancel_unclear")
        if self.state in SETTLED_STATES:
            return outcome.state == "cancelled" and self.state != "cancelled"
        return outcome.state != "conflict" or outcome.verdict.checked

    # ------------------------------------------------------------------
    # Shared
    # ------------------------------------------------------------------

    def _adoption_order(self, request, irn, irp):
        return operations.RegistrationRequest(
            request,
            irn or self._expected_irn(),
            registered_elsewhere=self.adopted or not self._has_sent_request(),
            irp=irp or self.irp or "",
        )

    def _has_sent_request(self):
        """Return whether its stored request was sent."""
        stored = (*SENT_STATES, *SETTLED_STATES)
        return bool(self.request) and self.state in stored

    def _content_to_compare(self):
        """Return the INV-01 document as it was sent, else as it would be.

        An e-way bill that is prepared in Odoo is no part of what others registered.
        """
        if self._has_sent_request():
            return json.loads(self.request)
        try:
            with self.env.cr.savepoint():
                alone = {"l10n_in_irp_without_ewaybill": True}
                move = self.move_id.with_context(**alone)
                return self.env["l10n_in.irp.payload"]._build(move)
        except Exception as error:
            _logger.exception("%s: cannot be built", self.number)
            raise UserError(
                self.env._("The e-Invoice could not be prepared: %s", error)
            ) from error

    def _store_adopted(self, order, outcome, base_url):
        """Write what is held of the invoice, and what it was compared with."""
        if self.signed_invoice != outcome.registration.signed_invoice:
            # the attachment shows what another registration signed
            self.signed_attachment_id = False
        self.write(
            {
                "base_url": base_url,
                "irp": order.irp or False,
                **self._request_values(order.invoice),
                **self.env["l10n_in.irp.outcome"]._values_of(self, outcome),
            }
        )
        self._keep_beside(outcome)
        self._link()
        if outcome.state == "registered":
            self._adopt_ewaybill(outcome.registration)

    def _adopt_ewaybill(self, registration):
        """Take over the e-way bill that others made of what they registered."""
        move = self.move_id.sudo()
        ewaybill = move.l10n_in_irp_ewaybill_id
        if not registration.ewb_number or ewaybill.number:
            return
        if not ewaybill:
            # whether and when it got a Part B is not told
            values = {"move_id": move.id, "with_irn": False, "trans_mode": False}
            ewaybill = ewaybill.create(values)
        ewaybill._take_over(self, registration)

    def _follow_up_adoption(self):
        self.env["l10n_in.irp.outcome"]._follow_up(self)
