import logging
from dataclasses import replace

from odoo import models
from odoo.exceptions import UserError

from ...irp import IrpSignatureError, IrpUnknownKey, operations
from ...irp.operations import states
from .. import locks, transactions
from ..clock import now_utc, utc
from ..evidence import permits
from ..queue.evidence import compact

_logger = logging.getLogger(__name__)


class L10nInIrpDocument(models.Model):
    """Adopts a registration made outside Odoo, if its signed content agrees.

    Nothing is sent for registration here. The registration's row is locked from the
    look-up until the result is written, so that the queue skips it
    (`account.move._l10n_in_irp_claim`). If the process dies in between, the portal and
    the row are unchanged; if it dies later, the queue follows up what was written.
    """

    _inherit = "l10n_in.irp.document"

    # ------------------------------------------------------------------
    # From the portal
    # ------------------------------------------------------------------

    def _adopt_from_portal(self, irn, irp, *, is_new):
        """See `account.move._l10n_in_irp_fetch`.

        :param is_new: it was made for the look-up, and is deleted if there is nothing
            to adopt.
        """
        self._check_fetchable(irn)
        request = self._content_to_compare()
        order = self._adoption_order(request, irn, irp)
        connection = self._connect_to_holder()
        portal = operations.registration
        ask = portal.look_up_irn if irn and not order.irp else portal.look_up
        result = self._ask_portal(connection, (ask, order))
        if result.registration:
            with locks.worker_number(self.env) as number:
                self._store_adopted(order, result, connection.base_url)
                self.worker = number
                transactions.commit(self.env)
                transactions.commit_with_retry(self.env, self._follow_up)
        else:
            if is_new:
                self.unlink()
            transactions.commit(self.env)
        return result, request

    def _check_fetchable(self, irn):
        if self._is_at_portal():
            raise UserError(
                self.env._(
                    "%(invoice)s already has the status '%(state)s'.",
                    invoice=self.number,
                    state=self._status_label(),
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
        is_sent = self._is_unanswered()
        return self.company_id._l10n_in_irp_connect(
            self.environment, base_url=is_sent and self.base_url
        )

    # ------------------------------------------------------------------
    # From a file
    # ------------------------------------------------------------------

    def _adopt_from_file(self, registration, keys, irp, *, is_new, trusts_status):
        """See `account.move._l10n_in_irp_import`.

        :param is_new: it was made for the comparison, and is deleted if there is
            nothing to adopt.
        """
        was_settled = self._is_at_portal()
        if not was_settled and (why := self.move_id._l10n_in_irp_why_not_now()):
            raise UserError(why)
        possible = self._possible_irns()
        irn = registration.irn if registration.irn in possible else possible[0]
        request = self._content_to_compare()
        order = self._adoption_order(request, irn, irp)
        result = self._judge_file(registration, order, keys)
        if not trusts_status:
            result = self._as_claimed(result)
        summary = self._import_summary(result)
        if self._has_changes(result):
            is_sent = was_settled or self._is_unanswered()
            self._store_adopted(order, result, is_sent and self.base_url)
            if result.state == states.CANCEL_UNCLEAR:
                self._note_claimed_cancellation(registration)
            self._follow_up()
        elif is_new:
            self.unlink()
        return summary, result, request

    def _as_claimed(self, result):
        """Return what a file proves: no signature covers its status, and one whose key
        is missing proves nothing."""
        if result.state == states.CANCELLED:
            result = replace(result, state=states.CANCEL_UNCLEAR, cancel_date=None)
        verdict = result.verdict
        if verdict and not verdict.checked and self._has_changes(result):
            error = IrpUnknownKey(verdict.message)
            return operations.Result(states.UNKNOWN, error=error)
        return result

    def _note_claimed_cancellation(self, registration):
        """Store why it is unclear; a look-up may follow, but not a second
        cancellation."""
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
        result = operations.registration.judge(
            registration, keys, order, adopted=True, received_at=now_utc()
        )
        is_unproven = result.verdict and not result.verdict.checked
        if is_unproven and self.environment == "demo":
            # the demo portal's key is known: another key is not the demo's
            error = IrpSignatureError(result.verdict.message)
            return operations.Result(states.UNKNOWN, error=error)
        return result

    def _import_summary(self, result):
        """Return the outcome of a file's registration, for the import's line."""
        if isinstance(result.error, IrpUnknownKey):
            return "no_key"
        if result.error:
            return "unproven"
        if result.state == states.CONFLICT:
            return "conflict"
        if self._is_at_portal() and not self._has_changes(result):
            return "unsettled" if self.state == states.CANCEL_UNCLEAR else "known"
        if result.state == states.CANCEL_UNCLEAR:
            return "unsettled"
        if result.state == states.CANCELLED:
            return "cancelled"
        return "adopted" if result.verdict.checked else "unchecked"

    def _has_changes(self, result):
        """Return whether a file's registration requires a write.

        A conflict without a signature is only shown: anybody can write a file.
        """
        if result.error:
            return False
        if self.state == states.REGISTERED:
            return result.state in (states.CANCELLED, states.CANCEL_UNCLEAR)
        if self._is_at_portal():
            is_cancelled = self.state == states.CANCELLED
            return result.state == states.CANCELLED and not is_cancelled
        return result.state != states.CONFLICT or result.verdict.checked

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
        is_sent = self._is_unanswered() or self._is_at_portal()
        return bool(self.request_attachment_id) and is_sent

    def _content_to_compare(self):
        """Return the INV-01 document as it was sent, else as it would be.

        An e-way bill prepared in Odoo is no part of a registration made elsewhere.
        """
        if self._has_sent_request():
            return self._sent_request()
        try:
            with self.env.cr.savepoint():
                payload = self.env["l10n_in.irp.payload"]
                none = self.move_id.l10n_in_irp_ewaybill_id.browse()
                return payload._build(self.move_id, ewaybill=none)
        except Exception as error:
            _logger.exception("%s: cannot be built", self.number)
            raise UserError(
                self.env._("The e-Invoice could not be prepared: %s", error)
            ) from error

    def _store_adopted(self, order, result, base_url):
        """Write the portal's registration of the invoice, and the document compared
        with."""
        values = {
            "base_url": base_url,
            "irp": order.irp or False,
            "request": compact(order.invoice),
            **self._result_values(result),
        }
        self._store_requests({self.id: values})
        self._attach_signed({self.id: result})
        with permits.permitted(self, values):
            self.write(values)
        self._store_related(result)
        self._link()
        if result.state == states.REGISTERED:
            self._adopt_ewaybill(result.registration)

    def _adopt_ewaybill(self, registration):
        """Take over the e-way bill that another program made with the registration."""
        move = self.move_id.sudo()
        ewaybill = move.l10n_in_irp_ewaybill_id
        if not registration.ewb_number or ewaybill.number:
            return
        if not ewaybill:
            # the answer has neither Part B nor its time
            values = {"move_id": move.id, "with_irn": False, "trans_mode": False}
            ewaybill = ewaybill.create(values)
        ewaybill._take_over(self, registration)
