from odoo import api, fields, models
from odoo.exceptions import UserError

from ....irp import operations
from ....irp.operations import states
from ... import transactions
from ...clock import utc
from ...evidence import permits
from ...portal.error_messages import ErrorMessages
from ...rights import check_user

# What a look-up may bring that neither confirms nor refutes a claim, ever.
NO_ANSWER = (states.UNCLEAR, states.TO_REGISTER, states.CONFLICT)


class L10nInIrpDocument(models.Model):
    """A file's claim that an IRN is cancelled: no signature covers the status.

    The registration stays registered until the IRP answers a call of ours, or a manager
    records what the portal shows.
    """

    _inherit = "l10n_in.irp.document"

    cancel_claim = fields.Char(
        string="Cancelled According to File",
        readonly=True,
        help="An imported file shows the IRN as cancelled. The IRP's signature does "
        "not cover the status, so the IRP has to confirm it.",
    )

    def _has_claim(self):
        """Return whether a claimed cancellation waits for its confirmation."""
        return bool(self.cancel_claim) and self.state == states.REGISTERED

    def _store_claim(self, registration):
        """Store a file's claim; it stays until the IRP or a manager says what is so."""
        claim = self.env._(
            "In a file imported by %(user)s on %(date)s, the IRN is cancelled.",
            user=self.env.user.name,
            date=self._shown_time(fields.Datetime.now()),
        )
        if moment := utc(registration.cancel_date):
            when = self.env._("Cancellation date: %s.", self._shown_time(moment))
            claim = f"{claim} {when}"
        self.cancel_claim = claim
        with permits.recorded_messages():
            self.move_id._message_log(body=self._claim_note())

    def _claim_note(self):
        """Return the claim and what to do about it; "" if there is none."""
        if not self._has_claim():
            return ""
        advice = self.env._(
            "The IRP's signature does not cover the status: click 'Refresh from IRP' "
            "to check it. If the IRP no longer shows the IRN, an e-Invoice manager "
            "checks it on %s and clicks 'Settle by Hand'.",
            self._portal_website(),
        )
        return f"{self.cancel_claim} {advice}"

    @api.depends("cancel_claim")
    def _compute_notice(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        result = super()._compute_notice()
        for document in self:
            texts = (document.notice, document._claim_note())
            document.notice = "\n".join(filter(None, texts))
        return result

    @api.depends("cancel_claim")
    def _compute_can_be_settled(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        result = super()._compute_can_be_settled()
        for document in self.filtered(lambda one: one._has_claim()):
            document.can_be_settled = True
        return result

    def _settlement_values(self, result):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        values = super()._settlement_values(result)
        return values | ({"cancel_claim": False} if self._is_proven_by(result) else {})

    def _settled_values(self, word, remark):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        return {**super()._settled_values(word, remark), "cancel_claim": False}

    def _alert_button(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        if self._has_claim():
            text = self.env._("Refresh from IRP")
            return self._server_action_button(text, "refresh")
        return super()._alert_button()

    def action_process(self):
        # EXTENDS 'l10n_in.irp.submission.mixin': a claim is looked up, not queued
        claimed = self.filtered(lambda one: one._has_claim())
        for document in claimed:
            document._confirm_claim()
        others = self - claimed
        if claimed and not others:
            return True
        return super(L10nInIrpDocument, others).action_process()

    def _confirm_claim(self):
        """Ask the IRP whether the IRN is cancelled, as a file claims.

        :raises UserError: it does not say; the registration stays as it is.
        """
        check_user(self.env)
        self.move_id.check_access("write")
        document = self._locked()
        connection = document.company_id._l10n_in_irp_connect(
            document.environment, base_url=document._portal_address()
        )
        _step, request = document._operation()
        look_up = operations.registration.look_up
        result = document._ask_portal(connection, (look_up, request))
        if result.state in NO_ANSWER or result.error:
            # the log's rows survive the rollback
            transactions.commit(self.env)
            raise document._unconfirmed_error(result)
        document._apply_result(result)
        transactions.commit(self.env)
        document._follow_up()

    def _unconfirmed_error(self, result):
        messages = ErrorMessages(self.env)
        if result.state not in NO_ANSWER:
            return messages.user_error(self, result.error)
        reason = result.verdict and result.verdict.message
        return UserError(
            self.env._(
                "The IRP does not say whether the IRN of %(invoice)s is cancelled: "
                "%(reason)s The status was not changed. Check the IRN on the e-Invoice "
                "portal; an e-Invoice manager then opens the invoice and clicks "
                "'Settle by Hand'.",
                invoice=self.number,
                reason=messages.describe(result.error).text if result.error else reason,
            )
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    l10n_in_irp_cancel_claim = fields.Char(
        string="IRN Cancelled According to File",
        compute="_compute_l10n_in_irp_cancel_claim",
        compute_sudo=True,
        groups="base.group_user",
    )

    @api.depends("l10n_in_irp_document_id.cancel_claim")
    def _compute_l10n_in_irp_cancel_claim(self):
        # not related: those who may not read it could search and group by it
        for move in self:
            move.l10n_in_irp_cancel_claim = move.l10n_in_irp_document_id.cancel_claim
