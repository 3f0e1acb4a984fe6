from odoo import api, fields, models
from odoo.tools import SQL

from .. import locks
from ..guarded import GuardedModel

# upper bounds of the histogram of answers, in milliseconds
BOUNDS = (100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000)
UNANSWERED = -1
# rows of the log that are younger may have an older one beside them, not committed yet
SETTLED = "5 minutes"
LABELS = ("gstin", "environment", "portal", "service", "outcome", "code")
KEY = ", ".join((*LABELS, "bucket"))
COLUMNS = f"{KEY}, calls, milliseconds, counted_to"


class L10nInIrpTally(GuardedModel, models.Model):
    """How many calls were made, for counters that never fall.

    Prometheus takes a counter that falls for one that began again. So the counters do
    not depend on how long the log's entries are stored, nor on which host or process is
    read: they are these rows, plus the log's entries since the last count. A scheduled
    action adds the latter to the former, so a scrape reads a quarter of an hour of the
    log at most, by its primary key.

    One row for each set of labels, from the first token on.
    """

    _name = "l10n_in.irp.tally"
    _description = "API Call Count"
    _is_filled_by_code = True
    _log_access = False

    gstin = fields.Char(string="GSTIN", required=True, readonly=True)
    environment = fields.Char(required=True, readonly=True)
    portal = fields.Char(required=True, readonly=True)
    service = fields.Char(required=True, readonly=True)
    outcome = fields.Char(required=True, readonly=True)
    code = fields.Char(string="Published Code", required=True, readonly=True)
    bucket = fields.Integer(
        required=True,
        readonly=True,
        help="How many of the histogram's bounds the time exceeds; below 0 if the "
        "portal did not answer.",
    )
    calls = fields.Float(digits=(20, 0), required=True, readonly=True)
    milliseconds = fields.Float(
        string="Time (ms)", digits=(20, 0), required=True, readonly=True
    )
    counted_to = fields.Integer(
        string="Last Log Entry",
        required=True,
        readonly=True,
        help="ID of the last entry that was counted when the row was written.",
    )

    _unique_labels = models.UniqueIndex(f"({KEY})")

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    @api.model
    def _start(self):
        """Begin to count with the log's next entry, unless counting has begun."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO l10n_in_irp_tally (%s)"
                " SELECT '', '', '', '', '', '', 0, 0, 0, COALESCE(max(id), 0)"
                " FROM l10n_in_irp_log ON CONFLICT DO NOTHING",
                SQL(COLUMNS),
            )
        )

    @api.model
    def _stop(self):
        """Forget what was counted."""
        self.env.cr.execute("DELETE FROM l10n_in_irp_tally")

    @api.model
    def _cron_count(self):
        """Count the log's entries since the last time, once they are settled."""
        with locks.exclusive(self.env, self._name) as env:
            env[self._name]._count()
        self.invalidate_model()

    @api.model
    def _count(self):
        first = self._counted_to()
        last = self._last_settled(first)
        if last is None:
            return
        self.env.cr.execute(
            SQL(
                "INSERT INTO l10n_in_irp_tally AS tally (%(columns)s)"
                " SELECT entries.*, %(last)s FROM (%(entries)s) AS entries"
                " ON CONFLICT (%(key)s) DO UPDATE"
                " SET calls = tally.calls + EXCLUDED.calls,"
                " milliseconds = tally.milliseconds + EXCLUDED.milliseconds,"
                " counted_to = EXCLUDED.counted_to",
                columns=SQL(COLUMNS),
                key=SQL(KEY),
                last=last,
                entries=self._entries(SQL("id > %s AND id <= %s", first, last)),
            )
        )

    @api.model
    def _counted_to(self):
        """Return the id of the last entry of the log that is counted; None if counting
        has not begun."""
        query = SQL("SELECT max(counted_to) FROM l10n_in_irp_tally")
        return self.env.execute_query(query)[0][0]

    @api.model
    def _last_settled(self, first):
        """Return the id of the last entry that may be counted; None if there is none
        after the first one given."""
        query = SQL(
            "SELECT max(id) FROM l10n_in_irp_log WHERE id > %s"
            " AND create_date < (now() AT TIME ZONE 'UTC') - INTERVAL %s",
            *(first, SETTLED),
        )
        return self.env.execute_query(query)[0][0]

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.model
    def _totals(self):
        """Return a row for each set of labels with at least one call: the columns of
        `KEY`, calls and milliseconds."""
        counted = SQL("SELECT %s, calls, milliseconds FROM l10n_in_irp_tally", SQL(KEY))
        since = self._entries(SQL("id > %s", self._counted_to()))
        return self.env.execute_query(
            SQL(
                "SELECT %(key)s, sum(calls), sum(milliseconds)"
                " FROM (%(counted)s UNION ALL (%(since)s)) AS calls"
                " GROUP BY %(key)s HAVING sum(calls) > 0",
                key=SQL(KEY),
                counted=counted,
                since=since,
            )
        )

    @api.model
    def _entries(self, condition):
        """Return SQL of counted entries of the log: the columns of `KEY`, how many they
        are, and their time.

        :param condition: SQL that chooses the entries.
        """
        log = self.env["l10n_in.irp.log"]
        names = ("gstin", "environment", "portal", "endpoint", "outcome", "refusal")
        columns = [
            SQL(
                "COALESCE(%s, '') AS %s",
                log._field_to_sql(log._table, name),
                SQL.identifier(alias),
            )
            for name, alias in zip(names, LABELS, strict=True)
        ]
        bucket = SQL(
            "CASE WHEN COALESCE(http_status, 0) > 0"
            " THEN width_bucket(COALESCE(milliseconds, 0) - 1, %s) ELSE %s END",
            *(list(BOUNDS), UNANSWERED),
        )
        return SQL(
            "SELECT %s, %s AS bucket, count(*) AS calls,"
            " COALESCE(sum(milliseconds), 0) AS milliseconds"
            " FROM l10n_in_irp_log WHERE %s GROUP BY 1, 2, 3, 4, 5, 6, 7",
            *(SQL(", ").join(columns), bucket, condition),
        )
