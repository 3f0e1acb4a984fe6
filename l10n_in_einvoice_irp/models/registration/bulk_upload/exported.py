from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ....irp import IrpNotFound
from ....irp.operations import policy, states
from ...portal.secrets.vault import SecretError
from ...queue.claiming import KEY_WAIT
from ...rights import MANAGER, check_manager

EXPORTED = "exported"
"""The status of a registration whose file a person uploads, or has uploaded."""
ERROR_FIELDS = ("error_code", "error", "advice", "error_model", "error_res_id")


class L10nInIrpDocument(models.Model):
    """Registrations that wait for a person's bulk upload and the portal's answer to it.

    Their state is unknown: a person uploads the file when he wants to. So a look-up
    that does not find them proves nothing, no time ends the waiting, and where nothing
    can be called, nothing is.
    """

    _inherit = "l10n_in.irp.document"

    exported_at = fields.Datetime(
        string="Exported for Bulk Upload On",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Set while the outcome of the bulk upload is not known.",
    )
    exported_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    export_file = fields.Char(
        string="Bulk Upload File",
        readonly=True,
        copy=False,
        help="The last file for the bulk upload that has the invoice in it.",
    )

    def _is_exported(self):
        """Return whether the outcome of a bulk upload is awaited."""
        return bool(self.exported_at) and self._is_unanswered()

    def _can_ask(self):
        """Return whether there is a usable credential; makes no call."""
        try:
            self._connect_to_ask()
        except UserError:
            return False
        return True

    def _connect_to_ask(self):
        """Return a connection to the portal that it was exported for; makes no call.

        :raises UserError: there is no usable credential.
        """
        address = self._portal_address() or ""
        return self.company_id._l10n_in_irp_connect(self.environment, base_url=address)

    # ------------------------------------------------------------------
    # In the queue
    # ------------------------------------------------------------------

    def _in_flight(self):
        # EXTENDS 'l10n_in.irp.submission.mixin': the upload may come at any time, so
        # that "not found" leads to another look-up, never to a registration
        found = super()._in_flight()
        return max(found, policy.EXPORT_PAUSE) if self._is_exported() else found

    def _age(self):
        # EXTENDS 'l10n_in.irp.submission.mixin': no answer of ours is missing
        return policy.NO_TIME if self._is_exported() else super()._age()

    @api.model
    def _overdue_domain(self, now):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        return super()._overdue_domain(now) & Domain("exported_at", "=", False)

    def _postpone(self, error):
        # EXTENDS 'l10n_in.irp.submission.mixin': without a usable credential, the
        # portal's answer file is waited for, and nothing is amiss
        is_unusable = isinstance(error, UserError)
        waiting = self.filtered(lambda one: is_unusable and one._is_exported())
        wait = KEY_WAIT if isinstance(error, SecretError) else None
        waiting.write({"next_attempt_at": self._next_attempt(wait)})
        return super(L10nInIrpDocument, self - waiting)._postpone(error)

    def _result_values(self, result):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        values = super()._result_values(result)
        if not self._is_exported():
            return values
        if not states.is_unanswered(result.state):
            return {**values, "exported_at": False}
        if isinstance(result.error, IrpNotFound):
            # not uploaded yet
            values |= dict.fromkeys(ERROR_FIELDS, False)
        return values

    def action_process(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        for document in self.filtered(lambda one: one._is_exported()):
            document._check_can_ask()
        return super().action_process()

    def _check_can_ask(self):
        """Refuse to look up what only the portal's answer file can settle.

        :raises UserError: there is no usable credential.
        """
        try:
            self._connect_to_ask()
        except UserError as error:
            raise UserError(
                self.env._(
                    "%(error)s\n%(advice)s", error=error, advice=self._export_advice()
                )
            ) from error

    # ------------------------------------------------------------------
    # A manager's statement
    # ------------------------------------------------------------------

    @api.depends("exported_at")
    def _compute_can_be_settled(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        result = super()._compute_can_be_settled()
        for document in self:
            if document._is_exported() and not document.worker:
                document.can_be_settled = True
        return result

    def _settled_values(self, word, remark):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        return {**super()._settled_values(word, remark), "exported_at": False}

    def _unmade_values(self):
        # EXTENDS 'l10n_in.irp.submission.mixin': pending, but without a credential
        # there is nothing to wait for
        values = super()._unmade_values()
        if self._is_exported() and not self._can_ask():
            values["next_attempt_at"] = False
        return values

    def _settle_as_not_uploaded(self):
        """Record a manager's statement that the exported files were not uploaded.

        :raises UserError: one of them is not exported, or is being processed.
        """
        for document in self:
            if not document._is_exported():
                raise UserError(
                    self.env._(
                        "%(invoice)s has the status '%(state)s': only an invoice that "
                        "is exported for bulk upload can be marked as not uploaded.",
                        invoice=document.number,
                        state=document._status_label(),
                    )
                )
            remark = self.env._("File %s was not uploaded.", document.export_file)
            document._settle("absent", remark, {})

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    @api.model
    def _selection_status(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        return [
            *super()._selection_status(),
            (EXPORTED, self.env._("Exported for Bulk Upload")),
        ]

    @api.depends("exported_at")
    def _compute_status(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        result = super()._compute_status()
        for document in self:
            if document.state == states.UNKNOWN and document._is_exported():
                document.status = EXPORTED
        return result

    def _status_sql(self, alias, query):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        return SQL(
            "(CASE WHEN %s = %s AND %s IS NOT NULL THEN %s ELSE %s END)",
            self._field_to_sql(alias, "state", query),
            states.UNKNOWN,
            self._field_to_sql(alias, "exported_at", query),
            EXPORTED,
            super()._status_sql(alias, query),
        )

    def _headline(self):
        # EXTENDS 'l10n_in.irp.document'
        if not self._is_exported():
            return super()._headline()
        # an unclear one says what to do in its advice
        advice = "" if self._needs_settlement() else self._export_advice()
        return f"{self._export_note()} {advice}".strip()

    def _export_note(self):
        return self.env._(
            "Exported for bulk upload on %(date)s by %(user)s, in file %(file)s.",
            date=self._shown_time(self.exported_at),
            user=self.exported_by_id.name,
            file=self.export_file,
        )

    def _export_advice(self):
        return self.env._(
            "Upload the file on the e-Invoice portal under e-Invoice / Bulk Upload. "
            "Then an e-Invoice manager imports the portal's answer under e-Invoicing "
            "(India) / Import e-Invoice JSON. Do not issue this invoice again. If the "
            "file is not uploaded, a manager selects the invoice in the list and "
            "chooses Actions / Mark as Not Uploaded."
        )

    def _alert_level(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        level = super()._alert_level()
        return "warning" if level == "info" and self._is_exported() else level

    def _alert_button(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        if not self._is_exported() or self._needs_settlement():
            return super()._alert_button()
        if not self.env.user.has_group(MANAGER):
            return {}
        return self._server_action_button(self.env._("Import Answer"), "import_answer")


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_l10n_in_irp_not_uploaded(self):
        """Record that the bulk upload files of these invoices were not uploaded.

        :raises AccessError: the user is no manager.
        """
        check_manager(self.env)
        self.check_access("write")
        documents = self.l10n_in_irp_document_id
        if not documents:
            raise UserError(
                self.env._("Select invoices that are exported for bulk upload.")
            )
        documents._settle_as_not_uploaded()
        return True
