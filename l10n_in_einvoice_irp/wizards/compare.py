from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.clock import indian_today
from ..models.registration.comparison import compare
from .csv_file import make_csv

COLUMNS = (
    "kind",
    "doc_type",
    "number",
    "doc_date",
    "irn",
    "portal_irn",
    "detail",
    "fault",
)
from .targets import CheckedDialog


class L10nInIrpCompare(CheckedDialog, models.TransientModel):
    """Compares a period with the portal, and lists every difference."""

    _name = "l10n_in.irp.compare"
    _description = "Reconcile with IRP"
    _rec_name = "date_from"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: indian_today().replace(day=1),
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: indian_today(),
    )
    is_done = fields.Boolean(readonly=True)
    line_ids = fields.One2many("l10n_in.irp.compare.line", "compare_id", readonly=True)
    summary = fields.Char(compute="_compute_summary")
    csv_file = fields.Binary(string="CSV File", compute="_compute_csv_file")
    csv_name = fields.Char(compute="_compute_csv_file")

    @api.depends("line_ids.kind")
    def _compute_summary(self):
        for wizard in self:
            counts = Counter(wizard.line_ids.mapped("kind"))
            wizard.summary = ", ".join(
                f"{label}: {counts[kind]}"
                for kind, label in wizard._labels("kind").items()
                if counts[kind]
            ) or self.env._("No differences.")

    @api.depends("line_ids")
    def _compute_csv_file(self):
        for wizard in self:
            wizard.csv_file = bool(wizard.line_ids) and wizard._csv_file()
            wizard.csv_name = f"irp_{wizard.date_from}_{wizard.date_to}.csv"

    def action_compare(self):
        """Look up every invoice of the period, and show the differences."""
        self.ensure_one()
        self._check()
        found = compare(self.env, self.company_id, self.date_from, self.date_to)
        self.line_ids.sudo().unlink()
        self.write(
            {
                "is_done": True,
                "line_ids": [Command.create(self._values(one)) for one in found],
            }
        )
        return {
            **self._get_records_action(
                name=self.env._("Reconcile with IRP"), target="new"
            ),
            "context": {"dialog_size": "extra-large"},
        }

    def action_list(self):
        """Open the differences as a list to group, filter and act upon."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reconcile with IRP"),
            "res_model": "l10n_in.irp.compare.line",
            "views": [(False, "list")],
            "domain": [("compare_id", "=", self.id)],
            "context": {"search_default_group_kind": 1},
        }

    def _check(self):
        self.company_id._l10n_in_irp_check_selected()
        if self.date_to < self.date_from:
            raise UserError(self.env._("The end date is before the start date."))

    @staticmethod
    def _values(difference):
        return {
            **{name: getattr(difference, name) for name in COLUMNS},
            "move_id": difference.move.id,
        }

    def _labels(self, name):
        """Return the labels of the values of a selection field of the lines."""
        line = self.env["l10n_in.irp.compare.line"]
        return dict(line._fields[name]._description_selection(self.env))

    # ------------------------------------------------------------------
    # As a file
    # ------------------------------------------------------------------

    def _csv_file(self):
        kinds = self._labels("kind")
        titles = self.env["l10n_in.irp.compare.line"].fields_get(COLUMNS, ["string"])
        return make_csv(
            [titles[name]["string"] for name in COLUMNS],
            (
                [kinds[line.kind], *(line[name] for name in COLUMNS[1:])]
                for line in self.line_ids
            ),
        )
