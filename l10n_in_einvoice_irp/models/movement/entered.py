from odoo import fields, models

from ...irp.reference import units
from ...irp.reference.ewaybill import CODES
from ..ewaybill.transport import TRANSPORT_MODES, VEHICLE_TYPES


class EnteredMovement(models.AbstractModel):
    """Base class of what a person enters for a change of an e-way bill: the dialog in
    which he does, and the record of the change."""

    # not a model, just as `models.Model` is none
    _register = False
    # of whom its fields are, for translations and relations
    _module = "l10n_in_einvoice_irp"

    bill_ids = fields.Many2many(
        "l10n_in.irp.ewaybill",
        string="e-Way Bills on the Vehicle",
        help="For a consolidated e-way bill.",
    )
    trans_mode = fields.Selection(selection=TRANSPORT_MODES, string="Mode")
    vehicle_number = fields.Char(string="Vehicle No.")
    vehicle_type = fields.Selection(selection=VEHICLE_TYPES)
    trans_doc_number = fields.Char(string="Transporter Doc. No.")
    trans_doc_date = fields.Date(string="Transporter Doc. Date")
    place = fields.Char(
        string="From Place", help="Where the goods are now: a town, or a toll plaza."
    )
    state_id = fields.Many2one(
        "res.country.state",
        string="From State",
        domain=[("country_id.code", "=", "IN")],
        ondelete="restrict",
    )
    pin = fields.Char(string="PIN Code")
    vehicle_reason = fields.Selection(
        selection=list(CODES["vehicle_reasons"].items()), string="Reason"
    )
    extension_reason = fields.Selection(
        selection=list(CODES["extension_reasons"].items()),
        string="Reason for Extension",
    )
    remark = fields.Char(string="Remarks")
    transporter_gstin = fields.Char(
        string="Transporter ID",
        help="GSTIN, TRANSIN of an enrolled transporter, or common enrolment number "
        "(88…).",
    )
    remaining_km = fields.Integer(string="Distance Left (km)")
    transit_type = fields.Selection(
        selection=list(CODES["transit_types"].items()),
        string="In Transit At",
        help="If the goods are not on a vehicle now. Leave empty while they move.",
    )
    multi_vehicle_group = fields.Char(string="Group No.")
    to_place = fields.Char(help="Where the vehicles of the group take the goods.")
    to_state_id = fields.Many2one(
        "res.country.state",
        domain=[("country_id.code", "=", "IN")],
        ondelete="restrict",
    )
    quantity = fields.Float(digits=(16, 3))
    unit = fields.Selection(
        selection=lambda self: [(code, code) for code in units()], string="UQC"
    )
    replaced_id = fields.Many2one(
        "l10n_in.irp.ewaybill.step", string="Replaces", ondelete="restrict"
    )
    old_trip_sheet = fields.Char(string="Previous Consolidated e-Way Bill No.")
    address1 = fields.Char(string="Address 1")
    address2 = fields.Char(string="Address 2")
    address3 = fields.Char(string="Address 3")


ENTERED = tuple(field.name for field in EnteredMovement._field_definitions)
"""The names of these fields."""
