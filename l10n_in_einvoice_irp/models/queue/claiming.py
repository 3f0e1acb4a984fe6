import logging

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...irp.operations import policy
from .. import locks
from ..portal.call_pool import PendingCall
from .submission_mixin import QUEUED_STATES

_logger = logging.getLogger(__name__)

# what is put back when a call is not made after all
WITHDRAWN = ("state", "attempt", "cancel_sent", "next_attempt_at")


class L10nInIrpIntent(models.AbstractModel):
    """What comes before a call: claiming, checking, and writing down what is asked."""

    _name = "l10n_in.irp.intent"
    _description = "IRP intent"

    def _free_orphans(self, model):
        """Free what a worker was dealing with that has died.

        What it was asking has an unknown outcome, and may still be in work at the
        portal; an outcome that it had kept is followed up.
        """
        living = locks.living_workers(self.env)
        orphans = self._lock(model, Domain("worker", "not in", [0, *living]))
        asked = orphans.filtered(lambda r: r.state in ("sending", "cancelling"))
        now = fields.Datetime.now()
        for record in asked:
            record.write(
                {
                    "worker": 0,
                    "state": "unknown" if record.state == "sending" else record.state,
                    "in_flight_until": record._settled_at(),
                    "unanswered_since": record.unanswered_since or now,
                    "next_attempt_at": now,
                }
            )
        self.env["l10n_in.irp.outcome"]._follow_up(orphans - asked)

    def _lock(self, model, domain, limit=None):
        """Lock records that nobody else has locked; the others are left out."""
        query = model._search(domain, order="next_attempt_at, id", limit=limit)
        rows = self.env.execute_query(SQL("%s FOR UPDATE SKIP LOCKED", query.select()))
        return model.browse(id_ for (id_,) in rows)

    def _claim(self, model, company, environment, now, limit, ids=None):
        """Lock what is due next and nobody else has.

        :param ids: what a person wants dealt with now, due or not; None: what is due.
        """
        queue = self.env["l10n_in.irp.queue"]
        domain = Domain("company_id", "=", company.id)
        domain &= Domain("environment", "=", environment)
        if ids is None:
            domain &= queue._due_domain(now)
        else:
            queued = Domain("state", "in", QUEUED_STATES) & Domain("worker", "=", 0)
            domain &= Domain("id", "in", ids) & queued
        records = self._lock(model, domain, limit)
        # other workers have written since, and people may have corrected their data
        self.env.invalidate_all(flush=False)
        return records

    def _sound(self, records):
        """The records that may be sent; what keeps the others is written to them.

        What may already be at the portal is not checked again: it is looked up as it
        was sent.
        """
        fresh = records.filtered(lambda record: record.state == "to_register")
        kept = set()
        for record_id, (values, is_sound) in self._prepared(fresh).items():
            if not is_sound:
                values = {**values, "next_attempt_at": False, "sent_at": False}
                kept.add(record_id)
            records.browse(record_id).write(values)
        return records.filtered(lambda record: record.id not in kept)

    def _prepared(self, records):
        """Build and check all at once; one that cannot be must not stop the others."""
        try:
            with self.env.cr.savepoint():
                return records._prepare_calls()
        except Exception:
            _logger.exception("built one by one: %s", records)
        prepared = {}
        for record in records:
            prepared.update(self._prepared_alone(record))
        return prepared

    def _prepared_alone(self, record):
        try:
            with self.env.cr.savepoint():
                return record._prepare_calls()
        except Exception as error:
            _logger.exception("%s: cannot be built", record.display_name)
            values = {
                "state": "rejected",
                "error": self.env._("It could not be built: %s", error),
                "advice": self.env["l10n_in.irp.messages"]._ask_for_help(),
            }
            return {record.id: (values, False)}

    def _outdated_values(self, document):
        """The field values of a registration whose invoice has become another one
        since it was queued; none if it has not."""
        move = document.move_id
        key = {**document._key_of(move), "environment": document.environment}
        if move.state == "posted" and tuple(key.values()) == document._own_key():
            return {}
        return {
            "state": "rejected",
            "error_code": False,
            "error": self.env._(
                "The invoice is not the one that was queued as %s any more: its "
                "number, date, type, GSTIN or status has changed.",
                document.number,
            ),
            "advice": self.env._("Register the invoice again as it is now."),
            "error_model": move._name,
            "error_res_id": move.id,
        }

    def _intend(self, records, base_url, number):
        """Write down what is about to be asked; to be committed before it is asked.

        :return: the jobs.
        """
        now = fields.Datetime.now()
        jobs = []
        for record in records:
            step = self._step(record)
            if not step:
                continue
            before = {name: record[name] for name in WITHDRAWN}
            jobs.append(PendingCall(record.id, step, before))
            is_cancel = record.state == "cancelling"
            record.write(
                {
                    "attempt": record.attempt + 1,
                    "sent_at": now,
                    "base_url": base_url,
                    "worker": number,
                    **({"cancel_sent": True} if is_cancel else {"state": "sending"}),
                }
            )
        return jobs

    def _known_here(self, records, gstin):
        """The records that may be asked about under a GSTIN.

        Under another one than they were sent under they would not be found, and be
        sent a second time: a person has to act.
        """
        strange = records.filtered(lambda r: r._registration().gstin != gstin)
        for record in strange:
            sent_as = record._registration().gstin
            self._postpone(
                record,
                self.env._(
                    "It was sent under GSTIN %(sent_as)s, but %(company)s has GSTIN "
                    "%(gstin)s now. Enter %(sent_as)s again until this is settled.",
                    sent_as=sent_as,
                    company=record.company_id.name,
                    gstin=gstin,
                ),
            )
        return records - strange

    def _step(self, record):
        """What is to be asked; None if that cannot be told, which stops no other."""
        try:
            with self.env.cr.savepoint():
                return record._step()
        except Exception as error:
            _logger.exception("%s: cannot be asked about", record.display_name)
            attempt = record.attempt + 1
            is_over = record._age() >= policy.LONGEST_WINDOW
            wait = None if is_over else policy.pause(attempt)
            record.write(
                {
                    "attempt": attempt,
                    "next_attempt_at": self.env["l10n_in.irp.outcome"]._moment(wait),
                    "worker": 0,
                    "error": self.env._("The portal could not be asked: %s", error),
                    "advice": self.env["l10n_in.irp.messages"]._ask_for_help(),
                }
            )
            return None

    def _withdraw(self, model, jobs):
        """Put back what no call was made for."""

        def write():
            for job in jobs:
                model.browse(job.record_id).write({**job.before, "worker": 0})

        self.env["l10n_in.irp.queue"]._commit_with_retry(write)

    def _postpone(self, records, error):
        """Keep the state and say why nothing was asked; a person has to act."""
        records.write(
            {
                "error_code": False,
                "error": str(error),
                "advice": False,
                "next_attempt_at": False,
            }
        )

    def _log_in_failed(self, records, error):
        """A log-in that fails was no attempt at the records: they keep their state."""
        messages = self.env["l10n_in.irp.messages"]
        outcomes = self.env["l10n_in.irp.outcome"]
        for record in records:
            wait = policy.after_log_in(error, record.attempt + 1)
            record.write(
                {
                    **messages._values(error, record._registration()),
                    "next_attempt_at": outcomes._moment(wait),
                }
            )
        outcomes._block(records[:1], error)
