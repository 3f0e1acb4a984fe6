import hashlib
import json
import logging
from datetime import timezone

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..irp import registrar
from ..irp.errors import IrpAuthenticationError, IrpError
from .l10n_in_irp_document import QUEUED_STATES

_logger = logging.getLogger(__name__)

CHUNK = 20


class L10nInIrpQueue(models.AbstractModel):
    """Moves registrations through their life; the module's only commits are here.

    For each chunk: claim and check, commit the intent, call the portal, commit the
    outcome, and only then decorate (attachments, chatter), whose failure loses
    nothing. A row that is found in state ``sending`` while nobody holds its lock was
    left by a process that died: its outcome is unknown, and it is looked up.
    """

    _name = "l10n_in.irp.queue"
    _description = "IRP queue"

    def _commit(self):
        """Make what was written durable, unless a test wants to roll it back."""
        self.env.flush_all()
        if self.env["account.move.send"]._can_commit():
            self.env.cr.commit()  # pylint: disable=invalid-commit

    # ------------------------------------------------------------------
    # Entry points
    # ------------------------------------------------------------------

    @api.model
    def _cron_process(self):
        """Work off what is due; reports its progress to the scheduler."""
        due = self._due()
        remaining = len(due)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=remaining)
        while due:
            chunk, due = due[:CHUNK], due[CHUNK:]
            self._process(chunk)
            if not cron._commit_progress(len(chunk)):
                break
        self._trigger_next()

    def _due(self):
        documents = self.env["l10n_in.irp.document"].sudo()
        return documents.search(
            [
                "|",
                ("state", "=", "sending"),
                "&",
                ("state", "in", QUEUED_STATES),
                ("next_attempt_at", "<=", fields.Datetime.now()),
            ],
            order="next_attempt_at, id",
        )

    def _trigger_next(self):
        """Wake the scheduled action when the next document is due."""
        following = (
            self.env["l10n_in.irp.document"]
            .sudo()
            .search(
                [("state", "in", QUEUED_STATES), ("next_attempt_at", "!=", False)],
                order="next_attempt_at",
                limit=1,
            )
        )
        if following:
            cron = self.env.ref("l10n_in_einvoice_irp.ir_cron_irp_queue").sudo()
            cron._trigger(at=following.next_attempt_at)

    @api.model
    def _process(self, documents):
        """Register or look up documents now and keep what comes of it.

        Rows that another worker holds are skipped: it is dealing with them.
        """
        documents = self._claim(documents.sudo())
        by_portal = documents.grouped(lambda d: (d.company_id, d.environment))
        for (company, environment), group in by_portal.items():
            self.with_company(company)._process_group(company, environment, group)

    def _claim(self, documents):
        """Lock what can be locked; a ``sending`` row without a holder is unknown."""
        documents = documents.try_lock_for_update()
        documents.invalidate_recordset()
        documents.filtered(lambda d: d.state == "sending").write({"state": "unknown"})
        return documents.filtered(lambda d: d.state in QUEUED_STATES)

    def _process_group(self, company, environment, documents):
        gateway = self.env["l10n_in.irp.gateway"]
        sound = documents.filtered(self._is_sound)
        connection = None
        try:
            if sound:
                connection = gateway._connect(company, environment)
                gateway._log_in(connection)
        except UserError as error:
            self._put_off(sound, str(error), wait=None)
        except IrpError as error:
            self._log_in_failed(company, environment, sound, error)
        else:
            if sound:
                self._call(connection, self._intend(sound))
        self._write_log(company, environment, connection)
        self._commit()

    # ------------------------------------------------------------------
    # Before the call
    # ------------------------------------------------------------------

    def _is_sound(self, document):
        """Whether a document may be sent; what keeps it from that is written to it.

        What may already be at the portal is not checked again: it is looked up as
        it was sent. A document that cannot even be built must not hold up the others.
        """
        if document.state == "unknown":
            return True
        try:
            with self.env.cr.savepoint():
                return self._prepare(document)
        except Exception as error:
            _logger.exception("e-invoice %s: cannot be built", document.number)
            document.write(
                {
                    "state": "rejected",
                    "next_attempt_at": False,
                    "error": self.env._("The e-invoice could not be built: %s", error),
                    "advice": self.env["l10n_in.irp.messages"]._ask_for_help(),
                }
            )
            return False

    def _prepare(self, document):
        """Build and check a document; keep what is sent, or the findings."""
        invoice = self.env["l10n_in.irp.payload"]._build(document.move_id)
        preflight = self.env["l10n_in.irp.preflight"]
        findings = [
            finding
            for finding in preflight._findings(document.move_id, invoice)
            if finding.blocking
        ]
        if findings:
            document.write(
                {
                    "state": "rejected",
                    "next_attempt_at": False,
                    **preflight._values(findings),
                }
            )
            return False
        text = json.dumps(invoice, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        document.write({"request": text, "request_hash": digest})
        return True

    def _intend(self, documents):
        """Write down what is about to be asked, and commit it before it is asked.

        :return: document id -> (what to do, order), of the rows that are still ours.
        """
        orders = {}
        for document in documents:
            ask = (
                registrar.look_up if document.state == "unknown" else registrar.register
            )
            irn = document._expected_irn()
            attempt = document.attempt + 1
            orders[document.id] = (
                ask,
                registrar.Order(json.loads(document.request), irn, attempt),
            )
            document.write({"attempt": attempt, "sent_at": fields.Datetime.now()})
        documents.write({"state": "sending"})
        self._commit()
        # The commit gave up the locks. Who took a row meanwhile thinks that we died
        # and is looking it up: leave it alone.
        held = documents.try_lock_for_update()
        held.invalidate_recordset()
        return {
            document.id: orders[document.id]
            for document in held
            if document.state == "sending"
            and document.attempt == orders[document.id][1].attempt
        }

    # ------------------------------------------------------------------
    # The call, and what comes of it
    # ------------------------------------------------------------------

    def _call(self, connection, orders):
        outcomes = connection.run(orders)
        documents = self.env["l10n_in.irp.document"].sudo().browse(outcomes)
        for document in documents:
            document.write(self._values_of(document, outcomes[document.id]))
        self.env["l10n_in.irp.gateway"]._keep_session(connection)
        self._block_credential(documents, outcomes)
        self._commit()
        settled = documents.filtered(lambda d: outcomes[d.id].registration)
        self._decorate(settled, outcomes)

    def _values_of(self, document, outcome):
        """The field values that an outcome means."""
        values = {
            "state": outcome.state,
            "next_attempt_at": self._moment(outcome.wait),
            "error_code": False,
            "error": False,
            "advice": False,
            "error_model": False,
            "error_res_id": False,
        }
        if outcome.registration:
            values.update(self._registration_values(outcome))
        messages = self.env["l10n_in.irp.messages"]
        if outcome.error:
            values.update(messages._values(outcome.error, document))
        elif outcome.state == "conflict":
            values.update(messages._conflict_values(outcome.verdict))
        return values

    @staticmethod
    def _moment(wait):
        return fields.Datetime.now() + wait if wait is not None else False

    @api.model
    def _registration_values(self, outcome):
        registration, verdict = outcome.registration, outcome.verdict
        verified = verdict.state != "unchecked"
        return {
            "irn": registration.irn,
            "ack_number": registration.ack_number,
            "ack_date": self._utc(registration.ack_date),
            "cancel_date": self._utc(registration.cancel_date),
            "signed_invoice": registration.signed_invoice,
            "signed_qr": registration.signed_qr,
            "signature_state": "verified" if verified else "unchecked",
            "signature_note": False if verified else verdict.message,
            "adopted": outcome.adopted,
        }

    @staticmethod
    def _utc(moment):
        """Odoo keeps UTC without a zone mark; the portal tells Indian time."""
        if not moment:
            return False
        return moment.astimezone(timezone.utc).replace(tzinfo=None)

    def _put_off(self, documents, message, wait):
        documents.write(
            {
                "error_code": False,
                "error": message,
                "advice": False,
                "next_attempt_at": self._moment(wait),
            }
        )

    def _log_in_failed(self, company, environment, documents, error):
        for document in documents:
            # a log-in that fails was no attempt at the document: it keeps its state
            wait = registrar.policy.after_generate(error, document.attempt + 1).wait
            document.write(
                {
                    **self.env["l10n_in.irp.messages"]._values(error, document),
                    "next_attempt_at": self._moment(wait),
                }
            )
        if isinstance(error, IrpAuthenticationError):
            self._block(company, environment, error)

    def _block_credential(self, documents, outcomes):
        for document in documents:
            error = outcomes[document.id].error
            if isinstance(error, IrpAuthenticationError):
                self._block(document.company_id, document.environment, error)

    def _block(self, company, environment, error):
        """Stop using a credential that the portal refused: it locks accounts."""
        credential = self.env["l10n_in.irp.credential"]._find(company, environment)
        message = self.env["l10n_in.irp.messages"]._describe(error)
        credential.blocked_message = message.full

    def _write_log(self, company, environment, connection):
        if not connection:
            return
        documents = self.env["l10n_in.irp.document"].sudo()
        self.env["l10n_in.irp.log"].sudo().create(
            [
                {
                    "company_id": company.id,
                    "document_id": document_id,
                    "number": documents.browse(document_id).number,
                    "gstin": connection.account.gstin,
                    "environment": environment,
                    "endpoint": call.endpoint,
                    "url": call.url,
                    "called_at": self._utc(call.started_at),
                    "milliseconds": int(call.milliseconds),
                    "http_status": call.http_status,
                    "code": call.code,
                    "outcome": call.outcome,
                    "request_hash": call.request_hash,
                    "user_id": self.env.uid,
                }
                for document_id, call in connection.recorder.rows
            ]
        )

    # ------------------------------------------------------------------
    # After the outcome is safe
    # ------------------------------------------------------------------

    def _decorate(self, documents, outcomes):
        """Attach the signed answer and tell the followers; failure loses nothing."""
        for document in documents:
            try:
                with self.env.cr.savepoint():
                    self._attach(document, outcomes[document.id].registration)
                    self._tell(document)
            except Exception:
                _logger.exception("e-invoice %s: not decorated", document.number)

    def _attach(self, document, registration):
        if document.signed_attachment_id:
            return
        move = document.move_id
        document.signed_attachment_id = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{document.number.replace('/', '_')}_einvoice.json",
                    "raw": json.dumps(document._signed_json(), indent=2).encode(),
                    "mimetype": "application/json",
                    "res_model": move._name,
                    "res_id": move.id,
                    "company_id": move.company_id.id,
                }
            )
        )
        # a PDF that was made before has no IRN and no QR: keep it aside, print anew
        move.sudo()._detach_attachments()

    def _tell(self, document):
        label = document._state_label()
        body = Markup("<b>%s</b>: %s<br/>%s %s") % (
            self.env._("e-Invoice"),
            label,
            self.env._("IRN"),
            document.irn,
        )
        document.move_id.sudo()._message_log(body=body)
