import re

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .check_line import VERDICTS

# What differs between two findings of one kind: quoted text, and words with a digit
# without the punctuation after them.
DETAIL = re.compile(r"“[^”]*”|[^\s“”]*\d[^\s“”]*?(?=[.,;:)]*(?:\s|$))")
# It stands in no text: the database takes none that holds it.
PLACEHOLDER = "\0"
LINE_NUMBER = re.compile(r"^Line \d+: ")


def _common_detail(details):
    if len(set(details)) == 1:
        return details[0]
    return "“…”" if details[0].startswith("“") else "…"


class L10nInIrpCheck(models.TransientModel):
    """A dry run over invoices: what would become of them at the portal.

    Nothing is written to the invoices, and the portal is not called.
    """

    _name = "l10n_in.irp.check"
    _description = "e-Invoice check"

    line_ids = fields.One2many("l10n_in.irp.check.line", "check_id", readonly=True)
    finding_ids = fields.One2many(
        "l10n_in.irp.check.line",
        "check_id",
        string="Findings",
        domain=[("severity", "!=", False)],
        readonly=True,
    )
    verdict = fields.Selection(selection=VERDICTS, compute="_compute_summary")
    summary = fields.Char(compute="_compute_summary")

    @api.depends("line_ids.verdict", "line_ids.move_id", "line_ids.reason")
    def _compute_summary(self):
        for check in self:
            # all lines of one invoice have one verdict; only for one it is shown
            check.verdict = check.line_ids[:1].verdict
            check.summary = (
                check._summary_of_many()
                if len(check.line_ids.move_id) > 1
                else check._summary_of_one()
            )

    def _summary_of_one(self):
        """The verdict on the only invoice, with the reason if nothing is to be done."""
        line = self.line_ids[:1]
        labels = dict(line._fields["verdict"]._description_selection(self.env))
        verdict = labels.get(line.verdict)
        if line.verdict == "not_applicable":
            verdict = line.reason
        elif line.verdict == "registered":
            verdict = f"{verdict} ({line.reason})"
        return f"{line.move_id.display_name}: {verdict}"

    def _summary_of_many(self):
        blocked = self.line_ids.filtered(lambda line: line.verdict == "blocked")
        return self.env._(
            "%(checked)s invoices checked, %(blocked)s to correct",
            checked=len(self.line_ids.move_id),
            blocked=len(blocked.move_id),
        )

    # ------------------------------------------------------------------
    # The dry run
    # ------------------------------------------------------------------

    @api.model
    def _open(self, moves):
        """Check the moves and open the result: a dialog for one, a list for many."""
        if not moves:
            raise UserError(self.env._("Select the invoices to check."))
        check = self._run(moves)
        return check._dialog() if len(moves) == 1 else check._list()

    @api.model
    def _run(self, moves):
        """The result of a dry run over invoices, in any state and of any kind."""
        # the loop keeps the moves' common prefetch, so that data is read in batches
        facts = self.env["l10n_in.irp.validator"]._validation_context(moves)
        rows = [row for move in moves for row in self._rows(move, facts)]
        self._name_kinds(rows)
        return self.create({"line_ids": [Command.create(row) for row in rows]})

    def _rows(self, move, facts):
        """The values of the lines for one invoice; at least one."""
        if move._l10n_in_irp_is_at_portal():
            state = move._l10n_in_irp_state_label()
            return [self._row(move, "registered", reason=state)]
        if reason := self._inapplicable_reason(move):
            return [self._row(move, "not_applicable", reason=reason)]
        try:
            findings = self.env["l10n_in.irp.validator"]._check(move, facts)
        except UserError as error:
            return [self._row(move, "blocked", severity="blocking", reason=str(error))]
        if not findings:
            return [self._row(move, "fit", reason=self.env._("Nothing to correct"))]
        is_blocked = any(finding.blocking for finding in findings)
        verdict = "blocked" if is_blocked else "warning"
        return [self._finding_row(move, verdict, finding) for finding in findings]

    def _inapplicable_reason(self, move):
        if move.state == "cancel":
            return self.env._("Not applicable: the invoice is cancelled in Odoo")
        return move.l10n_in_irp_reason

    def _row(self, move, verdict, record=None, **values):
        record = move if record is None else record
        keys = [key for key, _label in VERDICTS]
        return {
            "move_id": move.id,
            "move_key": move.id,
            "verdict": verdict,
            "rank": 2 * keys.index(verdict) + (values.get("severity") == "warning"),
            "res_model": record._name,
            "res_id": record.id,
            "record_name": record.display_name,
            **values,
        }

    def _finding_row(self, move, verdict, finding):
        ask = self.env["l10n_in.irp.validator"]._whom_to_ask(finding.record)
        return self._row(
            move,
            verdict,
            record=finding.record,
            severity="blocking" if finding.blocking else "warning",
            code=finding.code,
            field_label=finding.field,
            value=finding.value,
            reason=finding.reason,
            advice=" ".join(filter(None, (finding.advice, ask))),
        )

    # ------------------------------------------------------------------
    # Findings of one kind
    # ------------------------------------------------------------------

    def _name_kinds(self, rows):
        """Give rows of one kind one name: their reason, without what differs in it."""
        kinds = {}
        for row in rows:
            kinds.setdefault(self._kind_key(row), []).append(row)
        for alike in kinds.values():
            name = self._common_text([self._told(row) for row in alike])
            name = name[:1].upper() + name[1:]
            code = alike[0].get("code")
            for row in alike:
                row["finding"] = f"{code} – {name}" if code else name

    def _kind_key(self, row):
        skeleton = DETAIL.sub(PLACEHOLDER, self._told(row))
        return row["verdict"], row.get("severity"), row.get("code"), skeleton

    @staticmethod
    def _told(row):
        """The reason without the line's number, and its value recognisable."""
        reason = LINE_NUMBER.sub("", " ".join(row["reason"].split()))
        value = row.get("value")
        if not value or DETAIL.search(value):
            return reason
        # a value of letters alone is no detail by its looks: quotes make it one
        bare = re.compile(rf"(?<![\w“]){re.escape(value)}(?![\w”])")
        return bare.sub(lambda _match: f"“{value}”", reason)

    @staticmethod
    def _common_text(texts):
        """Texts that differ in their details alone, as one: what differs becomes …"""
        columns = zip(*(DETAIL.findall(text) for text in texts), strict=True)
        details = iter([_common_detail(column) for column in columns])
        return DETAIL.sub(lambda _match: next(details), texts[0])

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _dialog(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("e-Invoice check"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _list(self):
        """The lines by result and finding: the groups tell how many invoices each."""
        return {
            "type": "ir.actions.act_window",
            "name": self.summary,
            "res_model": "l10n_in.irp.check.line",
            "views": [(False, "list")],
            "domain": [("check_id", "=", self.id)],
            "context": {
                "search_default_group_verdict": 1,
                "search_default_group_finding": 2,
            },
        }

    def action_preview(self):
        """Open the document of the only invoice that was checked."""
        self.ensure_one()
        return self.env["l10n_in.irp.preview"]._open(self.line_ids.move_id)
