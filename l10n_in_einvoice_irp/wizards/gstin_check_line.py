from odoo import api, fields, models

from ..models.clock import indian_today
from ..models.portal.error_messages import ErrorMessages
from .targets import CheckedDialog

# Results for a GSTIN of the list, the most urgent first.
RESULTS = [
    ("doubtful", "Not Active"),
    ("invalid", "Invalid"),
    ("no_answer", "No Response"),
    ("waiting", "Not Checked Yet"),
    ("no_gstin", "No GSTIN"),
    ("duplicate", "Duplicate"),
    ("sound", "Valid Format"),
    ("active", "Active"),
]


class L10nInIrpGstinCheckLine(CheckedDialog, models.TransientModel):
    """The result for one GSTIN of a list."""

    _name = "l10n_in.irp.gstin.check.line"
    _description = "GSTIN Verification: Result"
    _rec_name = "gstin"

    check_id = fields.Many2one(
        "l10n_in.irp.gstin.check",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    number = fields.Integer(string="Line", readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade")
    gstin = fields.Char(string="GSTIN", readonly=True)
    result = fields.Selection(selection=RESULTS, required=True, readonly=True)
    message = fields.Text(readonly=True)
    taxpayer_id = fields.Many2one(
        "l10n_in.irp.taxpayer", string="Record", readonly=True, ondelete="cascade"
    )
    legal_name = fields.Char(related="taxpayer_id.legal_name")
    trade_name = fields.Char(related="taxpayer_id.trade_name")
    taxpayer_type = fields.Char(related="taxpayer_id.taxpayer_type")
    status = fields.Char(related="taxpayer_id.status")
    registered_on = fields.Date(related="taxpayer_id.registered_on")
    deregistered_on = fields.Date(related="taxpayer_id.deregistered_on")
    asked_at = fields.Datetime(related="taxpayer_id.asked_at")

    @api.model
    def _labels(self):
        return dict(self._fields["result"]._description_selection(self.env))

    @api.model
    def _columns(self):
        """Return the columns of the downloaded file, in order."""
        return (
            "number",
            "partner_id",
            "gstin",
            "result",
            "message",
            "legal_name",
            "trade_name",
            "taxpayer_type",
            "status",
            "registered_on",
            "deregistered_on",
            "asked_at",
        )

    def _shown(self, name):
        """Return a field as text."""
        self.ensure_one()
        value = self[name]
        if name == "result":
            return self._labels()[value]
        if name == "partner_id":
            return value.display_name or ""
        return str(value) if value else ""

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    @api.model
    def _result_of_fault(self, fault):
        return "duplicate" if fault == "duplicate" else "invalid"

    @api.model
    def _fault_text(self, fault):
        """Return a fault of `irp.reference.gstin_list` in words."""
        return {
            "length": self.env._("A GSTIN has 15 characters."),
            "form": self.env._(
                "A GSTIN starts with two digits and has only digits and letters."
            ),
            "state": self.env._("The first two digits are not a valid state code."),
            "check_digit": self.env._(
                "The check digit (last character) is wrong: check for a typo."
            ),
            "duplicate": self.env._("Already in an earlier line."),
        }.get(fault, "")

    def _values_of(self, found):
        """Return the values of this line for an `irp.operations.GstinLookup`."""
        self.ensure_one()
        if not found.answered:
            return {
                "result": "no_answer",
                "message": ErrorMessages(self.env).describe(found.error).clicked,
            }
        taxpayers = self.env["l10n_in.irp.taxpayer"]
        record = taxpayers._cached(self.check_id.company_id, found.gstin)
        standing = record._standing_on(indian_today())
        return {
            "result": "doubtful" if standing.doubtful else "active",
            "message": record._standing_text(standing),
            "taxpayer_id": record.id,
        }
