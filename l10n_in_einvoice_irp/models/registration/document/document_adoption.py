import logging
from dataclasses import replace

from odoo import models
from odoo.exceptions import UserError

from ....irp import IrpSignatureError, IrpUnknownKey, operations
from ....irp.operations import states
from ... import locks, transactions
from ...clock import now_utc
from ...evidence import permits
from ...queue.evidence import compact

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
        connection = self._connect_to_holder(order.irp)
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

    def _connect_to_holder(self, irp):
        """Return a connection to the portal that may hold it: where it was sent, if it
        was, else the IRP that is said to hold it, if the company has access.

        :param irp: that IRP's code; "" if nobody has said so.
        """
        address = self.base_url if self._is_unanswered() else ""
        address = address or self._holder_credential(irp).base_url or ""
        return self.company_id._l10n_in_irp_connect(self.environment, base_url=address)

    # ------------------------------------------------------------------
    # From a file
    # ------------------------------------------------------------------

    def _adopt_from_file(self, registration, keys, irp, *, is_new, accepts_retired):
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
        claims = self._is_claim(registration, result)
        summary = self._import_summary(result, claims, accepts_retired)
        is_confirmed = accepts_retired or not (
            result.verdict and result.verdict.retired
        )
        if is_confirmed and self._has_changes(result):
            is_sent = self._is_unanswered()
            self._store_adopted(order, result, is_sent and self.base_url)
            self._note_retired_key(result.verdict)
            self._follow_up()
        elif is_new:
            self.unlink()
        if summary == "claimed":
            self._store_claim(registration)
        return summary, result, request

    def _judge_file(self, registration, order, keys):
        """Return what a file proves: a missing key proves nothing, and no signature
        covers the status."""
        signed = replace(registration, status="", cancel_date=None)
        result = operations.registration.judge(
            signed, keys, order, adopted=True, received_at=now_utc()
        )
        verdict = result.verdict
        if not verdict or verdict.checked:
            return result
        if self.environment == "demo":
            # the demo portal's key is known: another key is not the demo's
            error = IrpSignatureError(verdict.message, kid=verdict.kid)
        elif self._has_changes(result) or self._is_claim(registration, result):
            error = IrpUnknownKey(verdict.message, kid=verdict.kid)
        else:
            return result
        return operations.Result(states.UNKNOWN, error=error)

    def _is_claim(self, registration, result):
        """Return whether a file calls an IRN cancelled that is active in Odoo, or that
        it proves to be registered."""
        is_active = self.state == states.REGISTERED or not self._is_at_portal()
        is_same = result.state == states.REGISTERED
        return registration.is_cancelled and is_active and is_same

    def _import_summary(self, result, claims, accepts_retired):
        """Return the outcome of a file's registration, for the import's line."""
        if isinstance(result.error, IrpUnknownKey):
            return "no_key"
        if result.error:
            return "unproven"
        if result.state == states.CONFLICT:
            return "conflict"
        if result.verdict.retired and not accepts_retired and self._has_changes(result):
            return "retired"
        if claims:
            return "claimed"
        if self._is_at_portal():
            return "unsettled" if self.state == states.CANCEL_UNCLEAR else "known"
        return "adopted"

    def _has_changes(self, result):
        """Return whether a file's registration requires a write.

        It changes nothing that the portal is known to hold. A conflict without a
        signature is only shown: anybody can write a file.
        """
        if result.error or self._is_at_portal():
            return False
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
