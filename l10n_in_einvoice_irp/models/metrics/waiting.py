"""Registrations and e-way bills that are not settled, and deadlines.

Read through the index of open records, so that it does not matter how many are
registered.
"""

from collections import Counter
from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from ...irp.operations import states
from ..clock import aware, indian_midnight, indian_today
from ..queue.submission_mixin import submission_models
from .families import filled

# what the queue settles, or has in a call
QUEUED = (*states.QUEUED, states.SENDING)
OPEN = (*QUEUED, *states.NEEDS_SETTLEMENT, states.CONFLICT, states.REJECTED)
WITHOUT_IRN = (states.TO_REGISTER, *states.UNANSWERED, states.CONFLICT, states.REJECTED)
# value of the label `record`, by model
RECORDS = {
    "l10n_in.irp.document": "invoice",
    "l10n_in.irp.ewaybill": "ewaybill",
    "l10n_in.irp.ewaybill.step": "ewaybill_change",
}


def waiting(env):
    """Return the metrics of records that are not settled."""
    counts, ages, lags = Counter(), {}, {}
    now = fields.Datetime.now()
    for model in submission_models(env):
        rows = env.execute_query(_open_records(model, now))
        for company_id, environment, state, waits_for, *figures in rows:
            count, since, due_since = figures
            whose = (gstin_of(env, company_id), environment)
            labels = (RECORDS[model._name], *whose)
            counts[(*labels, state, waits_for)] += count
            if state in QUEUED:
                _note_oldest(ages, (*labels, state), now - since)
            if waits_for == "lane":
                _note_oldest(lags, labels, now - due_since)
    return [
        filled("l10n_in_irp_waiting", counts),
        filled("l10n_in_irp_oldest_waiting_seconds", ages),
        filled("l10n_in_irp_oldest_due_seconds", lags),
    ]


def _open_records(model, now):
    """Return SQL of a model's open records: company, environment, state, what they
    wait for, how many there are, since when the oldest waits, and is due."""
    return SQL(
        """
        SELECT company_id, environment, state,
               CASE WHEN worker != 0 OR state = %(sending)s THEN 'portal'
                    WHEN next_attempt_at IS NULL OR state NOT IN %(queued)s
                    THEN 'user'
                    WHEN next_attempt_at <= %(now)s THEN 'lane'
                    ELSE 'time' END AS waits_for,
               count(*),
               min(COALESCE(
                   CASE WHEN state IN %(cancelling)s THEN cancel_asked_at
                        WHEN state IN %(unanswered)s THEN unanswered_since END,
                   create_date)),
               min(next_attempt_at)
          FROM %(table)s
         WHERE state IN %(open)s
         GROUP BY company_id, environment, state, waits_for
        """,
        sending=states.SENDING,
        queued=states.QUEUED,
        cancelling=states.CANCELLATION_OPEN,
        unanswered=(states.UNKNOWN, states.UNCLEAR),
        now=now,
        open=OPEN,
        table=SQL.identifier(model._table),
    )


def _note_oldest(ages, labels, age):
    # clocks of hosts differ
    seconds = max(0, age.total_seconds())
    ages[labels] = max(seconds, ages.get(labels, 0))


def gstin_of(env, company_id):
    """Return a company's GSTIN; "" if it has none."""
    return env["res.company"].sudo().browse(company_id).vat or ""


def deadlines(env):
    """Return the metrics of the reporting limit, of invoices that were queued.

    Those that nobody has queued are for the reminders and the daily summary.
    """
    ends, past = {}, Counter()
    today = indian_today()
    for company_id, environment, day, count in env.execute_query(_days_without_irn()):
        company = env["res.company"].sudo().browse(company_id)
        last = company._l10n_in_irp_last_day(day)
        whose = (gstin_of(env, company_id), environment)
        if last and last < today:
            past[whose] += count
        elif last:
            end = aware(indian_midnight(last + timedelta(days=1))).timestamp()
            ends[whose] = min(end, ends.get(whose, end))
    return [
        filled("l10n_in_irp_next_deadline_timestamp_seconds", ends),
        filled("l10n_in_irp_past_deadline", past),
    ]


def _days_without_irn():
    """Return SQL of company, environment, invoice date, and how many invoices were
    queued or refused and have no IRN."""
    return SQL(
        """
        SELECT document.company_id, document.environment, move.invoice_date, count(*)
          FROM l10n_in_irp_document document
          JOIN account_move move ON move.id = document.move_id
         WHERE document.state IN %s AND move.state = 'posted'
           AND move.invoice_date IS NOT NULL
         GROUP BY 1, 2, 3
        """,
        WITHOUT_IRN,
    )
