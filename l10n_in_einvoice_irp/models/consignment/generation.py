from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...irp import IrpEwbLogInError
from ...irp.document import content_without_irn
from ...irp.operations import EwaybillRequest, Result, ewaybill_system, policy, states
from ...irp.operations import ewaybill as by_irn
from ...irp.rules import Violation, _lt
from ...irp.rules.ewaybill import Standing, generation_violations
from ..clock import aware, now_utc, utc
from ..evidence import permits
from ..queue.evidence import compact
from ..rights import check_user
from .ewaybill import DOCUMENT, IRN

NOT_POSTED = _lt("Post the document first: its number and amounts are not final.")


class L10nInIrpEwaybill(models.Model):
    """Generating an e-way bill without an IRN (GENEWAYBILL), through the queue."""

    _inherit = "l10n_in.irp.ewaybill"

    # ------------------------------------------------------------------
    # Before the call
    # ------------------------------------------------------------------

    def _prepare_call(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        if not self._is_without_irn():
            return super()._prepare_call()
        if other := self._other_ewaybill(lock=True):
            return self._generation_refusal([], other), False
        request = self._generation_request()
        if faults := self._generation_faults(request):
            return self._generation_refusal(faults), False
        route = f"{request.from_pin}-{request.to_pin}"
        return {"route": route, "request": compact(request.body())}, True

    def _other_ewaybill(self, lock=False):
        """Return a note on an e-way bill of another addon for the same document; ""
        if there is none. For extensions."""
        move = self.move_id
        return move._l10n_in_irp_other_ewaybill(lock=lock) if move else ""

    def _generation_faults(self, request):
        """Return what the portal would refuse, with its codes."""
        rules = generation_violations(request, self._caller(request), now_utc())
        faults = [*self._goods_faults(), *rules]
        if self.move_id and self.move_id.state != "posted":
            faults.insert(0, Violation("", "", None, "ewb_not_posted", NOT_POSTED))
        return faults

    def _generation_refusal(self, faults, text=""):
        """Return the field values of an e-way bill that has faults."""
        lines = [self._fault_line(fault) for fault in faults]
        return {
            "state": states.REJECTED,
            "error_code": faults[0].code if faults else False,
            "error": "\n".join(filter(None, [text, *lines])),
            "advice": False,
            "request": False,
        }

    # ------------------------------------------------------------------
    # The call
    # ------------------------------------------------------------------

    def _operation(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        if self._is_by_number():
            return self._operation_by_number()
        if not self._is_without_irn():
            return super()._operation()
        request = self._request_of(self._sent())
        if self.state == states.TO_REGISTER:
            request = self._generation_request()
        step = ewaybill_system.StepRequest(
            request,
            Standing(),
            aware(self.sent_at) if self.sent_at else now_utc(),
            "",
            self.attempt + 1,
            self._in_flight(),
            self._age(),
            self._look_up_window(),
        )
        is_new = self.state == states.TO_REGISTER
        return (ewaybill_system.act if is_new else ewaybill_system.look_up), step

    def _is_by_number(self):
        """Return whether its next call names it by its number, not by an IRN."""
        # one on a document with an IRN may be made without it: a sales return
        has_no_irn = self.basis != IRN or not self.document_id
        by_number = has_no_irn or self._is_cancelled_by_ewb_user()
        return by_number and self._is_at_portal()

    def _is_cancelled_by_ewb_user(self):
        """Return whether it is cancelled in a session of the company's user of the
        e-way bill system: the e-Invoice portal is not needed for that.

        Where the e-way bill system cannot be asked, the e-Invoice portal is, by IRN.
        """
        if self.state != states.CANCELLING:
            return False
        address = self._portal_address() or ""
        has_user = self.company_id._l10n_in_irp_has_ewb_user(self.environment, address)
        return has_user and (
            not self.cancel_sent or self._portal().offers("get_ewaybill")
        )

    def _is_of_ewaybill_system(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        return self._is_without_irn() or self._is_by_number()

    @api.model
    def _system_domain(self, *, of_ewb):
        # EXTENDS 'l10n_in.irp.submission.mixin': each cancellation has its own way
        if of_ewb:
            return Domain("basis", "=", DOCUMENT)
        return Domain("basis", "=", IRN) & Domain("state", "!=", states.CANCELLING)

    def _operation_by_number(self):
        """Return the operation on an e-way bill that no IRN, but its number finds."""
        request = EwaybillRequest(
            {},
            self.attempt + 1,
            self.number or "",
            self.cancel_reason or "",
            self.cancel_remark or "",
            in_flight=self._in_flight(),
            age=self._age(),
            window=self._look_up_window(),
        )
        if self.state != states.CANCELLING:
            return by_irn.look_up, request
        return (by_irn.settle_cancel if self.cancel_sent else by_irn.cancel), request

    def _sending_values(self, base_url, worker):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        values = super()._sending_values(base_url, worker)
        if self._is_without_irn() and self._is_unanswered() and self.sent_at:
            # look-ups compare with it what they find
            values["sent_at"] = self.sent_at
        return values

    # ------------------------------------------------------------------
    # A refused log-in
    # ------------------------------------------------------------------

    def _postpone_log_in(self, error, base_url):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        super()._postpone_log_in(error, base_url)
        if not isinstance(error, IrpEwbLogInError):
            return
        waiting = self.filtered(lambda bill: bill._is_cancel_waiting())
        for bill in waiting:
            bill._end_unsent_cancel(error, base_url)
        waiting._follow_up()
        for bill in (self - waiting).filtered("cancel_sent"):
            # the e-Invoice portal is asked instead, by IRN
            if not bill._is_of_ewaybill_system():
                bill.next_attempt_at = fields.Datetime.now()

    def _end_unsent_cancel(self, error, base_url):
        """Store that it was not cancelled: a person can still do so on the website."""
        values = self._result_values(Result(states.REGISTERED, error=error))
        values |= self._error_values(error, base_url)
        with permits.permitted(self, values):
            self.write(values)

    def _redirected(self, result):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        is_refused = isinstance(result.error, IrpEwbLogInError)
        if is_refused and result.state == states.CANCELLING:
            if result.unsent:
                # as `_end_unsent_cancel`
                result = replace(result, state=states.REGISTERED, wait=None)
            elif self.basis == IRN and self.document_id:
                # the e-Invoice portal is asked instead, by IRN
                result = replace(result, wait=policy.NO_TIME)
        return super()._redirected(result)

    # ------------------------------------------------------------------
    # The answer
    # ------------------------------------------------------------------

    def _is_proven_by(self, result):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        return bool(result.answer or result.bill) or super()._is_proven_by(result)

    def _answer_values(self, result):
        # EXTENDS 'l10n_in.irp.ewaybill'
        values = super()._answer_values(result)
        if not self._is_without_irn() or result.state != states.REGISTERED:
            return values
        if made := result.answer:
            values |= {
                "number": made.number,
                "ewb_date": utc(made.generated_at),
                "valid_until": utc(made.valid_until),
            }
            if made.distance_km is not None:
                values["portal_distance"] = made.distance_km
        elif found := result.bill:
            values |= {"number": found.number, "ewb_date": utc(found.generated_at)}
        return values

    def _store_related(self, result):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        done = super()._store_related(result)
        if result.bill and result.bill.number == self.number:
            self._take_bill(result.bill)
        return done

    def _content(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        sent = self._is_without_irn() and self._sent()
        return content_without_irn(sent) if sent else super()._content()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_generate(self):
        # EXTENDS 'l10n_in.irp.ewaybill'
        self.ensure_one()
        if not self._is_without_irn():
            return super().action_generate()
        check_user(self.env)
        self._check_may_write()
        if missing := self._generation_missing():
            raise UserError(missing)
        if self.state == states.DRAFT:
            self.sudo().state = states.TO_REGISTER
        return self.action_process()
