from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ....irp import IrpNotFound
from ....irp.document import bulk_files, file_of, fits_bulk_file
from ....irp.operations import policy, states
from ... import wakeup
from ...clock import now_utc
from ...evidence import permits
from ...portal.secrets.vault import SecretError
from ..claiming import KEY_WAIT

EXPORTED = "exported"
"""The status of a submission whose file a person uploads, or has uploaded."""
ERROR_FIELDS = ("error_code", "error", "advice", "error_model", "error_res_id")


class ExportedSubmission(models.AbstractModel):
    """Base class of submissions that a person may upload in a file on a website.

    They are marked, and that is committed, before anybody gets the file: from then on
    the portal may register them at any time, as after a call without a response. Their
    state is unknown: a look-up that does not find them proves nothing, no time ends the
    waiting, and where nothing can be called, nothing is.
    """

    # not a model, just as `models.Model` is none
    _register = False
    # of whom its fields are, for translations and relations
    _module = "l10n_in_einvoice_irp"
    # of those that an export may take
    _exportable_states = (states.TO_REGISTER, states.REJECTED)

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
        help="The last file for the bulk upload that has the document in it.",
    )

    def _is_exported(self):
        """Return whether the outcome of a bulk upload is awaited."""
        return bool(self.exported_at) and self._is_unanswered()

    def _connect_to_ask(self):
        """Return a connection to the portal that it was exported for; makes no call.

        :raises UserError: nothing there can be asked for it.
        """
        address = self._portal_address() or ""
        return self.company_id._l10n_in_irp_connect(self.environment, base_url=address)

    def _can_ask(self):
        """Return whether a portal can be asked for it; makes no call."""
        try:
            self._connect_to_ask()
        except UserError:
            return False
        return True

    # ------------------------------------------------------------------
    # The export
    # ------------------------------------------------------------------

    @api.model
    def _check_has_website(self, company):
        """Refuse an export for the demo.

        :raises UserError: the company registers in the demo.
        """
        if company.l10n_in_irp_environment == "demo":
            raise UserError(
                self.env._(
                    "%s registers in the demo, which has no website for a bulk upload. "
                    "Choose Sandbox or Production in the settings of Invoicing or "
                    "Accounting, under e-Invoice (IRP).",
                    company.name,
                )
            )

    def _busy_text(self):
        return self.env._("It is being processed right now. Try again in a minute.")

    def _why_not_exported(self):
        """Lock the record; return the reason not to export it, or ""."""
        locked = self.try_lock_for_update()
        locked.invalidate_recordset()
        if not locked or locked._is_in_progress():
            return self._busy_text()
        if self._is_exported():
            return self._export_note()
        if self.state not in self._exportable_states:
            return self.env._("It has the status '%s'.", self._status_label())
        return ""

    def _pack(self, contents, limits, *frame):
        """Return the records that fit into files, and the files.

        :param contents: record ID -> what the file has of it, as bytes.
        :param limits: `irp.reference.BulkLimits`.
        :param frame: `irp.document.Frame`, if not that of e-Invoices.
        """
        fitting = {
            id_: content
            for id_, content in contents.items()
            if fits_bulk_file(content, limits, *frame)
        }
        prefix, gstin = self[:1]._file_prefix(), self.company_id.vat
        files = [
            replace(file, name=f"{prefix}{file.name}")
            for file in bulk_files(fitting, limits, gstin, now_utc(), *frame)
        ]
        return self.browse(fitting), files

    def _too_large_text(self, limits):
        return self.env._(
            "It is larger than a file for the bulk upload may be (%s bytes). Send it "
            "by API, or split the document.",
            limits.max_bytes,
        )

    def _mark_exported(self, files):
        """Store that the portal may register these from now on."""
        now = fields.Datetime.now()
        wait = policy.FIRST_EXPORT_PAUSE if self[0]._can_ask() else None
        main = self.company_id._l10n_in_irp_address(self[0].environment)
        for record in self:
            record.write(
                {
                    **record._export_cleared(),
                    # the portal of the website, whichever registers later
                    "base_url": record._portal_address() or main or False,
                    "state": states.UNKNOWN,
                    "attempt": 0,
                    "sent_at": now,
                    "exported_at": now,
                    "exported_by_id": self.env.uid,
                    "export_file": file_of(record.id, files),
                    "next_attempt_at": self._next_attempt(wait),
                }
            )
        self._note_export()
        if wait:
            wakeup.schedule(self.env, now + wait)

    def _export_cleared(self):
        """Return the fields that an export empties."""
        times = ("in_flight_until", "unanswered_since")
        return dict.fromkeys((*ERROR_FIELDS, *times), False)

    def _note_export(self):
        notes = {}
        for record in self:
            thread = record._export_thread()
            notes.setdefault(thread.browse(), {})[thread.id] = record._export_note()
        with permits.recorded_messages():
            for threads, texts in notes.items():
                threads.browse(texts)._message_log_batch(texts)

    def _export_thread(self):
        """Return the record whose chatter says what was exported, and its result."""
        return self._thread()

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
        return super(ExportedSubmission, self - waiting)._postpone(error)

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
        for record in self.filtered(lambda one: one._is_exported()):
            record._check_can_ask()
        return super().action_process()

    def _check_can_ask(self):
        """Refuse to look up what only the portal's answer file can settle.

        :raises UserError: no portal can be asked.
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
        for record in self:
            if record._is_exported() and not record.worker:
                record.can_be_settled = True
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
        for record in self:
            if not record._is_exported():
                raise UserError(
                    self.env._(
                        "%(document)s has the status '%(state)s': only a document that "
                        "is exported for bulk upload can be marked as not uploaded.",
                        document=record._document_number_sent() or record.display_name,
                        state=record._status_label(),
                    )
                )
            remark = self.env._("File %s was not uploaded.", record.export_file)
            record._settle("absent", remark, {})

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
        for record in self:
            if record.state == states.UNKNOWN and record._is_exported():
                record.status = EXPORTED
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

    def _export_note(self):
        return self.env._(
            "Exported for bulk upload on %(date)s by %(user)s, in file %(file)s.",
            date=self._shown_time(self.exported_at),
            user=self.exported_by_id.name,
            file=self.export_file,
        )

    def _export_advice(self):
        """Return what to do with the file, and where its answer is imported."""
        raise NotImplementedError

    def _alert_level(self):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        level = super()._alert_level()
        return "warning" if level == "info" and self._is_exported() else level
