from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.validation.finding import TranslatableText
from .check_line import READY, VERDICTS
from .targets import CheckedDialog


class L10nInIrpCheck(CheckedDialog, models.TransientModel):
    """A dry run over invoices: the portal's expected response to each.

    Nothing is written to the invoices, and the portal is not called.
    """

    _name = "l10n_in.irp.check"
    _description = "e-Invoice Check"

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
            # shown for one invoice only, whose lines all have the same verdict
            check.verdict = check.line_ids[:1].verdict
            check.summary = (
                check._summary_of_many()
                if len(check.line_ids.move_id) > 1
                else check._summary_of_one()
            )

    def _summary_of_one(self):
        """Return the verdict on the only invoice, and why nothing is to be done."""
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
        ready = self.line_ids.filtered(lambda line: line.verdict in READY)
        return self.env._(
            "%(checked)s checked: %(blocked)s to correct, %(ready)s ready",
            checked=len(self.line_ids.move_id),
            blocked=len(blocked.move_id),
            ready=len(ready.move_id),
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
        """Return the result of a dry run over invoices in any state and of any kind."""
        # iteration preserves the moves' prefetch, so that data is read in batches
        context = self.env["l10n_in.irp.validator"]._validation_context(moves)
        pairs = [pair for move in moves for pair in self._rows(move, context)]
        self._add_headings(pairs)
        return self.create({"line_ids": [Command.create(row) for row, _ in pairs]})

    def _rows(self, move, context):
        """Return pairs for one invoice, at least one: the values of a line, and its
        finding or None."""
        document = move._l10n_in_irp_present()
        if document and not document._is_discardable():
            state = document._status_label()
            return [(self._row(move, "registered", reason=state), None)]
        if reason := self._inapplicable_reason(move):
            return [(self._row(move, "not_applicable", reason=reason), None)]
        try:
            findings = self.env["l10n_in.irp.validator"]._check(move, context)
        except UserError as error:
            return [(self._unchecked_row(move, error), None)]
        if not findings:
            reason = self.env._("Nothing to correct")
            return [(self._row(move, "fit", reason=reason), None)]
        is_blocked = any(finding.blocking for finding in findings)
        verdict = "blocked" if is_blocked else "warning"
        return [
            (self._finding_row(move, verdict, finding), finding) for finding in findings
        ]

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
            "finding": values.get("reason"),
            **values,
        }

    def _unchecked_row(self, move, error):
        """Return the row of an invoice from which no document can be built."""
        return self._row(
            move,
            "blocked",
            severity="blocking",
            reason=str(error),
            finding=self.env._("The e-Invoice cannot be built"),
        )

    def _finding_row(self, move, verdict, finding):
        ask = self.env["l10n_in.irp.validator"]._whom_to_ask(finding.record)
        return self._row(
            move,
            verdict,
            record=finding.record,
            severity="blocking" if finding.blocking else "warning",
            kind=finding.kind,
            code=finding.code,
            record_name=finding.place,
            field_label=finding.field,
            value=finding.value,
            reason=finding.reason,
            advice=" ".join(filter(None, (finding.advice, ask))),
        )

    # ------------------------------------------------------------------
    # Findings of one kind
    # ------------------------------------------------------------------

    def _add_headings(self, pairs):
        """Give the rows of one kind and field a shared heading."""
        groups = {}
        for row, finding in pairs:
            if finding:
                groups.setdefault(self._group_key(row, finding), []).append(
                    (row, finding)
                )
        for alike in groups.values():
            heading = self._heading([finding for _row, finding in alike])
            for row, _finding in alike:
                row["finding"] = heading

    @staticmethod
    def _group_key(row, finding):
        return (
            row["verdict"],
            finding.blocking,
            finding.code,
            finding.kind,
            finding.record._name,
            finding.field_name,
        )

    def _heading(self, findings):
        """Return code, field and text of findings of one kind; the parts that differ
        become "…"."""
        first = findings[0]
        shared = TranslatableText.shared([finding.rule for finding in findings])
        text = ": ".join(filter(None, (first.field, shared.render(self.env))))
        return f"{first.code} – {text}" if first.code else text

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _dialog(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("e-Invoice Check"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _list(self):
        """Return the list of lines by result and finding; the groups count invoices."""
        return {
            "type": "ir.actions.act_window",
            "name": self.summary,
            "res_model": "l10n_in.irp.check.line",
            "views": [(False, "list")],
            "domain": [("check_id", "=", self.id)],
            "context": {
                "search_default_group_verdict": 1,
                "search_default_group_finding": 2,
                "l10n_in_irp_check_id": self.id,
            },
        }

    def action_preview(self):
        """Open the document of the only invoice that was checked."""
        self.ensure_one()
        return self.env["l10n_in.irp.preview"]._open(self.line_ids.move_id)
