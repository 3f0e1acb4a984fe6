from odoo import fields, models

from .targets import CheckedDialog


class L10nInIrpGstinReviewLine(CheckedDialog, models.TransientModel):
    """A field for which the GST portal has another value than the partner."""

    _name = "l10n_in.irp.gstin.review.line"
    _description = "GSTIN Record Review: Field"
    _rec_name = "label"

    review_id = fields.Many2one(
        "l10n_in.irp.gstin.review", required=True, index=True, ondelete="cascade"
    )
    field_name = fields.Char(required=True, readonly=True)
    label = fields.Char(string="Field", readonly=True)
    old = fields.Char(string="In Odoo", readonly=True)
    new = fields.Char(string="On GST Portal", readonly=True)
    value = fields.Char(readonly=True)
    is_taken = fields.Boolean(string="Update")

    def _typed_value(self):
        """Return the value in the type of the partner's field."""
        self.ensure_one()
        is_relation = self.env["res.partner"]._fields[self.field_name].relational
        return int(self.value) if is_relation else self.value
