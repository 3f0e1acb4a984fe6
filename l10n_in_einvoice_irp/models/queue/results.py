import json
import logging
import random

import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...irp import IrpAuthenticationError, IrpOutcomeUnknown
from ...irp.operations import policy, states
from ..clock import utc
from ..portal.error_messages import ErrorMessages
from .submission_mixin import CANCEL_STATES, SETTLED_STATES

_logger = logging.getLogger(__name__)

TOLD_STATES = states.FOLLOWED_UP


class L10nInIrpOutcome(models.AbstractModel):
    """What comes after a call: keeping what it brought, and then following it up."""

    _name = "l10n_in.irp.outcome"
    _description = "IRP outcome"

    # ------------------------------------------------------------------
    # Kept first
    # ------------------------------------------------------------------

    def _keep(self, model, finished, calls):
        """Write outcomes and calls and commit them; then follow up.

        :param model: empty recordset of what was asked about.
        :param finished: pairs of job and outcome.
        :param calls: rows of `l10n_in.irp.log`.
        """
        queue = self.env["l10n_in.irp.queue"]
        log = self.env["l10n_in.irp.log"]
        outcomes = {job.record_id: outcome for job, outcome in finished}
        try:
            queue._commit_with_retry(
                lambda: (self._write(model, outcomes), log._add(calls))
            )
        except psycopg2.OperationalError:
            raise
        except Exception:
            _logger.exception("outcomes of %s: written one by one", list(outcomes))
            for record_id, outcome in outcomes.items():
                self._keep_alone(model.browse(record_id), outcome)
            queue._commit_with_retry(lambda: log._add(calls))
        queue._commit_with_retry(lambda: self._follow_up(model.browse(outcomes)))

    def _keep_alone(self, record, outcome):
        """Keep one outcome; one that cannot be written has to be looked up again."""
        queue = self.env["l10n_in.irp.queue"]
        try:
            queue._commit_with_retry(lambda: self._write(record, {record.id: outcome}))
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            _logger.exception("%s: the outcome could not be written", record.id)
            values = {
                "state": "cancelling" if record.state in CANCEL_STATES else "unknown",
                "worker": 0,
                "unanswered_since": record.unanswered_since or fields.Datetime.now(),
                "error": self.env._("The answer could not be kept: %s", error),
                "advice": ErrorMessages(self.env).ask_for_help(),
                "next_attempt_at": self._moment(policy.pause(record.attempt)),
            }
            queue._commit_with_retry(lambda: record.write(values))

    def _write(self, model, outcomes):
        # browsed together, so that they are read together
        for record in model.browse(outcomes):
            outcome = outcomes[record.id]
            record.write(self._values_of(record, outcome))
            record._keep_beside(outcome)
            self._block(record, outcome.error)

    def _values_of(self, record, outcome):
        """The field values that an outcome means."""
        values = {
            "state": outcome.state,
            "next_attempt_at": self._moment(outcome.wait),
            "error_code": False,
            "error": False,
            "advice": False,
            "error_model": False,
            "error_res_id": False,
            **record._result_values(outcome),
        }
        if outcome.cancel_date:
            values["cancel_date"] = utc(outcome.cancel_date)
        if isinstance(outcome.error, IrpOutcomeUnknown):
            values["in_flight_until"] = record._settled_at()
        if outcome.error:
            values.update(record._error_values(outcome.error))
        values |= record._cancellation_values(outcome)
        return values | record._settlement_values(outcome)

    @api.model
    def _moment(self, wait):
        """When a record is looked at again; False: when a person acts."""
        jitter = random.random()  # noqa: S311 - nobody gains by foreseeing it
        return policy.next_attempt_at(wait, fields.Datetime.now(), jitter) or False

    def _block(self, record, error):
        """Stop using a credential that the portal refused: it locks accounts."""
        if not isinstance(error, IrpAuthenticationError):
            return
        credential = self.env["l10n_in.irp.credential"]._find(
            record.company_id, record.environment
        )
        if credential:
            credential._block(error)

    # ------------------------------------------------------------------
    # Followed up then
    # ------------------------------------------------------------------

    def _follow_up(self, records):
        """What comes after outcomes are safe; its failure loses nothing.

        Records keep the number of their worker until it is done: what a worker leaves
        that dies before is followed up by another.
        """
        if not records:
            return
        try:
            with self.env.cr.savepoint():
                records._follow_up()
                records.worker = 0
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # whoever committed in between is done: the caller does it again
            raise
        except Exception:
            _logger.exception("%s: followed up one by one", records)
            for record in records:
                self._follow_up_alone(record)

    def _follow_up_alone(self, record):
        try:
            with self.env.cr.savepoint():
                record._follow_up()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.exception("%s: not followed up", record.display_name)
            record.write(self._undone_values(error))
        record.worker = 0

    def _undone_values(self, error):
        return {
            "error": self.env._(
                "The portal's answer is kept, but what follows from it could not be "
                "done in Odoo: %s",
                error,
            ),
            "advice": self.env._(
                "Correct the cause. The signed e-invoice is then attached at night; an "
                "invoice that is cancelled at the portal is cancelled in Odoo with its "
                "button 'Cancel in Odoo'."
            ),
        }

    # ------------------------------------------------------------------
    # Of registrations
    # ------------------------------------------------------------------

    @api.model
    def _registration_values(self, document, outcome):
        """The field values of what the portal holds of a document."""
        values = {}
        if outcome.verdict and outcome.verdict.state == "mismatch":
            values = document._conflict_values(outcome.verdict)
        if not outcome.registration:
            return values
        registration, verdict = outcome.registration, outcome.verdict
        verified = verdict.checked
        was_held = document.state in SETTLED_STATES
        found = outcome.adopted and outcome.state != "conflict"
        return {
            **values,
            "irn": registration.irn,
            "ack_number": registration.ack_number,
            "ack_date": utc(registration.ack_date),
            "signed_invoice": registration.signed_invoice,
            "signed_qr": registration.signed_qr,
            "signature_state": "verified" if verified else "unchecked",
            "signature_note": False if verified else verdict.message,
            "adopted": document.adopted if was_held else found,
        }

    def _follow_up_registrations(self, documents):
        answered = documents.filtered("signed_invoice")
        self._attach(answered.filtered(lambda d: not d.signed_attachment_id))
        told = documents.filtered(lambda d: d.state in TOLD_STATES)
        if told:
            # a PDF that was made before shows another state: keep it aside
            told.move_id._detach_attachments()
            self._tell(told.filtered(lambda document: not document._is_by_word()))
        documents._follow_up_cancellation()
        documents._follow_up_settlement()
        for document in told:
            if document.state == "cancelled" and document.cancel_move:
                document.move_id._l10n_in_irp_cancel_with_portal()

    def _attach_missing(self):
        """Attach the signed answers of registrations that could not be attached."""
        documents = (
            self.env["l10n_in.irp.document"]
            .sudo()
            .search(
                [
                    ("signed_invoice", "!=", False),
                    ("signed_attachment_id", "=", False),
                    ("worker", "=", 0),
                ]
            )
        )
        self._attach(documents)
        # errors with a code are the portal's
        mended = documents.filtered(
            lambda document: document.state == "registered" and not document.error_code
        )
        mended.write({"error": False, "advice": False})

    def _attach(self, documents):
        attachments = self.env["ir.attachment"].create(
            [self._attachment_values(document) for document in documents]
        )
        for document, attachment in zip(documents, attachments, strict=True):
            document.signed_attachment_id = attachment

    def _attachment_values(self, document):
        return {
            "name": f"{document.number.replace('/', '_')}_einvoice.json",
            "raw": json.dumps(document._signed_json(), indent=2).encode(),
            "mimetype": "application/json",
            "res_model": "account.move",
            "res_id": document.move_id.id,
            "company_id": document.company_id.id,
        }

    def _tell(self, documents):
        bodies = {
            document.move_id.id: Markup("<b>%s</b>: %s<br/>%s %s")
            % (
                self.env._("e-Invoice"),
                document._state_label(),
                self.env._("IRN"),
                document.irn or document._expected_irn(),
            )
            for document in documents
        }
        documents.move_id._message_log_batch(bodies)
