import logging
from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..irp import policy, registrar
from ..irp.errors import (
    IrpAuthenticationError,
    IrpError,
    IrpNotSent,
    IrpRateLimited,
)
from .l10n_in_irp_exchange import QUEUED_STATES

_logger = logging.getLogger(__name__)

MODELS = ("l10n_in.irp.document", "l10n_in.irp.ewaybill")
CHUNK = 20
# after these the portal has not seen the call
UNSEEN = (IrpNotSent, IrpRateLimited, IrpAuthenticationError)


def utc(moment):
    """Odoo keeps UTC without a zone mark; the portal tells Indian time."""
    if not moment:
        return False
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


class L10nInIrpQueue(models.AbstractModel):
    """Moves exchanges through their life; the module's only commits are here.

    For each chunk: claim and check, commit the intent, call the portal, commit the
    outcome, and only then follow up (attachments, chatter), whose failure loses
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
        due = {name: self._due(name) for name in MODELS}
        cron = self.env["ir.cron"]
        time_left = cron._commit_progress(remaining=sum(map(len, due.values())))
        for records in due.values():
            while records and time_left:
                chunk, records = records[:CHUNK], records[CHUNK:]
                self._process(chunk)
                time_left = cron._commit_progress(len(chunk))
        self._trigger_next()

    def _due(self, model="l10n_in.irp.document"):
        return (
            self.env[model]
            .sudo()
            .search(
                [
                    "|",
                    ("state", "=", "sending"),
                    "&",
                    ("state", "in", QUEUED_STATES),
                    ("next_attempt_at", "<=", fields.Datetime.now()),
                ],
                order="next_attempt_at, id",
            )
        )

    def _trigger_next(self):
        """Wake the scheduled action when the next record is due."""
        moments = []
        for name in MODELS:
            following = (
                self.env[name]
                .sudo()
                .search(
                    [("state", "in", QUEUED_STATES), ("next_attempt_at", "!=", False)],
                    order="next_attempt_at",
                    limit=1,
                )
            )
            moments += following.mapped("next_attempt_at")
        if moments:
            cron = self.env.ref("l10n_in_einvoice_irp.ir_cron_irp_queue").sudo()
            cron._trigger(at=min(moments))

    @api.model
    def _process(self, records):
        """Ask the portal about records of one model now, and keep what comes of it.

        Rows that another worker holds are skipped: it is dealing with them.
        """
        records = self._claim(records.sudo())
        by_portal = records.grouped(
            lambda r: (r.company_id, r.environment, r._portal_address())
        )
        for (company, environment, base_url), group in by_portal.items():
            self.with_company(company)._process_group(
                company, environment, base_url, group
            )

    def _claim(self, records):
        """Lock what can be locked; a ``sending`` row without a holder is unknown."""
        records = records.try_lock_for_update()
        records.invalidate_recordset()
        records.filtered(lambda r: r.state == "sending").write({"state": "unknown"})
        return records.filtered(lambda r: r.state in QUEUED_STATES)

    def _process_group(self, company, environment, base_url, records):
        gateway = self.env["l10n_in.irp.gateway"]
        sound = records.filtered(self._is_sound)
        connection = None
        try:
            if sound:
                connection = gateway._connect(company, environment, base_url=base_url)
                gateway._log_in(connection)
        except UserError as error:
            self._put_off(sound, error)
        except IrpError as error:
            self._log_in_failed(company, environment, sound, error)
        else:
            if sound:
                orders = self._intend(sound, connection.base_url)
                self._call(connection, sound.browse(), orders)
        self._write_log(company, environment, connection, records)
        self._commit()

    # ------------------------------------------------------------------
    # Before the call
    # ------------------------------------------------------------------

    def _is_sound(self, record):
        """Whether a record may be sent; what keeps it from that is written to it.

        What may already be at the portal is not checked again: it is looked up as
        it was sent. A record that cannot even be built must not hold up the others.
        """
        if record.state != "to_register":
            return True
        try:
            with self.env.cr.savepoint():
                sound = record._prepare_call()
        except Exception as error:
            _logger.exception("%s: cannot be built", record.display_name)
            record.write(
                {
                    "state": "rejected",
                    "error": self.env._("It could not be built: %s", error),
                    "advice": self.env["l10n_in.irp.messages"]._ask_for_help(),
                }
            )
            sound = False
        if not sound:
            record.next_attempt_at = False
        return sound

    def _intend(self, records, base_url):
        """Write down what is about to be asked, and commit it before it is asked.

        :return: record id -> (what to do, order), of the rows that are still ours.
        """
        orders = {record.id: record._step() for record in records}
        for record in records:
            is_cancel = record.state == "cancelling"
            record.write(
                {
                    "attempt": record.attempt + 1,
                    "sent_at": fields.Datetime.now(),
                    "base_url": base_url,
                    **({"cancel_sent": True} if is_cancel else {"state": "sending"}),
                }
            )
        self._commit()
        # The commit gave up the locks. Who took a row meanwhile thinks that we died
        # and is looking it up: leave it alone.
        held = records.try_lock_for_update()
        held.invalidate_recordset()
        return {
            record.id: orders[record.id]
            for record in held
            if record.state in ("sending", "cancelling")
            and record.attempt == orders[record.id][1].attempt
        }

    # ------------------------------------------------------------------
    # The call, and what comes of it
    # ------------------------------------------------------------------

    def _call(self, connection, model, orders):
        outcomes = connection.run(orders)
        records = model.browse(outcomes)
        for record in records:
            record.write(self._values_of(record, outcomes[record.id]))
            record._keep_beside(outcomes[record.id])
        self.env["l10n_in.irp.gateway"]._keep_session(connection)
        self._block_credential(records, outcomes)
        self._commit()
        for record in records:
            self._follow_up(record, outcomes[record.id])

    def _inquire(self, record):
        """Ask what the portal holds of a settled record, which stays so if it does
        not answer.

        :raises UserError: no answer, with what to do.
        """
        connection = self.env["l10n_in.irp.gateway"]._connect(
            record.company_id, record.environment, base_url=record._portal_address()
        )
        outcome = self._ask(connection, record, record._step())
        if outcome.error:
            # the calls that were made are kept though the transaction is undone
            self._commit()
            messages = self.env["l10n_in.irp.messages"]
            raise messages._user_error(record, outcome.error)
        record.write(self._values_of(record, outcome))
        self._commit()
        self._follow_up(record, outcome)

    def _ask(self, connection, record, step):
        """Ask one thing that changes nothing at the portal, and keep the calls.

        Nothing is written to the record, and nothing is committed: a caller that goes
        by the answer holds the record's lock until it has written it.

        :param step: (function of `irp.registrar`, order).
        :return: the outcome; of a log-in that failed, one with its error.
        """
        gateway = self.env["l10n_in.irp.gateway"]
        try:
            gateway._log_in(connection)
            outcome = connection.run({record.id: step})[record.id]
        except IrpError as error:
            outcome = registrar.Outcome(record.state, error=error)
        gateway._keep_session(connection)
        self._block_credential(record, {record.id: outcome})
        self._write_log(record.company_id, record.environment, connection, record)
        return outcome

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
        if outcome.state == "cancelling":
            values["cancel_sent"] = not isinstance(outcome.error, UNSEEN)
        if outcome.error:
            messages = self.env["l10n_in.irp.messages"]
            values.update(messages._values(outcome.error, record._registration()))
        return values

    @staticmethod
    def _moment(wait):
        return fields.Datetime.now() + wait if wait is not None else False

    def _follow_up(self, record, outcome):
        """What comes after the outcome is safe; its failure loses nothing."""
        try:
            with self.env.cr.savepoint():
                record._follow_up(outcome)
        except Exception:
            _logger.exception("%s: not followed up", record.display_name)

    def _put_off(self, records, error):
        """Keep the state and say why nothing was asked; a person has to act."""
        records.write(
            {
                "error_code": False,
                "error": str(error),
                "advice": False,
                "next_attempt_at": False,
            }
        )

    def _log_in_failed(self, company, environment, records, error):
        for record in records:
            # a log-in that fails was no attempt at the record: it keeps its state
            step = policy.after_generate(error, record.attempt + 1)
            messages = self.env["l10n_in.irp.messages"]
            record.write(
                {
                    **messages._values(error, record._registration()),
                    "next_attempt_at": self._moment(step.wait),
                }
            )
        if isinstance(error, IrpAuthenticationError):
            self._block(company, environment, error)

    def _block_credential(self, records, outcomes):
        for record in records:
            error = outcomes[record.id].error
            if isinstance(error, IrpAuthenticationError):
                self._block(record.company_id, record.environment, error)

    def _block(self, company, environment, error):
        """Stop using a credential that the portal refused: it locks accounts."""
        credential = self.env["l10n_in.irp.credential"]._find(company, environment)
        message = self.env["l10n_in.irp.messages"]._describe(error)
        credential.blocked_message = message.full

    def _write_log(self, company, environment, connection, records=()):
        """Keep a row of every call that was made."""
        if not connection:
            return
        documents = {record.id: record._registration() for record in records}
        nobody = self.env["l10n_in.irp.document"]
        rows = connection.recorder.rows
        self.env["l10n_in.irp.log"].sudo().create(
            [
                self._log_values(call, documents.get(record_id, nobody))
                | {
                    "company_id": company.id,
                    "environment": environment,
                    "gstin": connection.account.gstin,
                }
                for record_id, call in rows
            ]
        )

    def _log_values(self, call, document):
        return {
            "document_id": document.id,
            "number": document.number,
            "endpoint": call.endpoint,
            "url": call.url,
            "called_at": utc(call.started_at),
            "milliseconds": int(call.milliseconds),
            "http_status": call.http_status,
            "code": call.code,
            "outcome": call.outcome,
            "request_hash": call.request_hash,
            "user_id": self.env.uid,
        }
