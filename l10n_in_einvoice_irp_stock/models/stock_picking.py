from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.l10n_in_einvoice_irp.irp.operations import states
from odoo.addons.l10n_in_einvoice_irp.models.clock import indian_time
from odoo.addons.l10n_in_einvoice_irp.models.consignment.ewaybill import DOCUMENT
from odoo.addons.l10n_in_einvoice_irp.models.rights import check_user

OWN_USE = ("O", "5", "CHL", False)
SALES_RETURN = ("I", "7", "CHL", False)
PURCHASE_RETURN = ("O", "8", "OTH", "Purchase Return")
PURCHASE = ("I", "1", "INV", False)
OTHERS = ("O", "8", "CHL", False)
# a receipt from a place that is neither a supplier nor a customer
OTHERS_IN = ("I", "8", "CHL", False)


class StockPicking(models.Model):
    _inherit = "stock.picking"

    l10n_in_irp_ewaybill_ids = fields.One2many(
        "l10n_in.irp.ewaybill", "picking_id", string="e-Way Bills"
    )
    l10n_in_irp_ewaybill_id = fields.Many2one(
        "l10n_in.irp.ewaybill",
        string="e-Way Bill",
        compute="_compute_l10n_in_irp_ewaybill_id",
        compute_sudo=True,
    )
    l10n_in_irp_offers_ewaybill = fields.Boolean(
        string="e-Way Bill Offered",
        compute="_compute_l10n_in_irp_ewaybill_id",
        compute_sudo=True,
    )

    @api.depends(
        *("state", "company_id.l10n_in_irp_enabled", "country_code"),
        "l10n_in_irp_ewaybill_ids.state",
    )
    def _compute_l10n_in_irp_ewaybill_id(self):
        for picking in self:
            bills = picking.l10n_in_irp_ewaybill_ids
            active = bills.filtered(lambda bill: bill.state != states.CANCELLED)[:1]
            picking.l10n_in_irp_ewaybill_id = active
            picking.l10n_in_irp_offers_ewaybill = (
                not active
                and picking.company_id.l10n_in_irp_enabled
                and picking.company_id.country_code == "IN"
                and picking.state in ("confirmed", "assigned", "done")
            )

    def action_l10n_in_irp_ewaybill(self):
        """Open the e-way bill of the transfer; prepare one if there is none."""
        self.ensure_one()
        bill = self.l10n_in_irp_ewaybill_id
        if not bill:
            check_user(self.env)
            self.check_access("write")
            if not self.l10n_in_irp_offers_ewaybill:
                raise UserError(
                    self.env._(
                        "%s: an e-Way Bill is made for a confirmed transfer of an "
                        "Indian company with e-Invoicing switched on.",
                        self.display_name,
                    )
                )
            bill = bill.sudo().create(self._l10n_in_irp_ewaybill_values())
        return bill.sudo(False)._get_records_action(name=self.env._("e-Way Bill"))

    def _l10n_in_irp_ewaybill_values(self):
        """Return the values of a new e-way bill: the usual movement of such a transfer,
        which a person may change."""
        supply, sub, document, text = self._l10n_in_irp_movement()
        is_theirs = (supply, sub) == PURCHASE[:2]
        moment = self.date_done or fields.Datetime.now()
        return {
            "picking_id": self.id,
            "company_id": self.company_id.id,
            "basis": DOCUMENT,
            "with_irn": False,
            "supply_type": supply,
            "sub_supply_type": sub,
            "sub_supply_description": text,
            "doc_type": document,
            # the supplier's number is on his invoice alone
            "doc_number": False if is_theirs else self.name,
            "doc_date": False if is_theirs else indian_time(moment).date(),
            "party_name": self._l10n_in_irp_other_place().display_name,
        }

    def _l10n_in_irp_movement(self):
        """Return supply, sub-supply and document type, and the description of
        Others."""
        start, end = self.location_id.usage, self.location_dest_id.usage
        if self._l10n_in_irp_is_own_move():
            return OWN_USE
        if self.picking_type_code == "incoming":
            by_place = {"customer": SALES_RETURN, "supplier": PURCHASE}
            return by_place.get(start, OTHERS_IN)
        return PURCHASE_RETURN if end == "supplier" else OTHERS

    def _l10n_in_irp_is_own_move(self):
        """Return whether goods go from one own place to another."""
        own = ("internal", "transit")
        return self.location_id.usage in own and self.location_dest_id.usage in own

    def _l10n_in_irp_own_place(self):
        """Return the address on our side: where the goods start, or arrive if they
        come from somebody else."""
        is_incoming = self.picking_type_code == "incoming"
        own = self.location_dest_id if is_incoming else self.location_id
        company = self.company_id.partner_id
        return own.warehouse_id.partner_id or company

    def _l10n_in_irp_other_place(self):
        """Return the address on the other side; between own places the other
        warehouse."""
        if self._l10n_in_irp_is_own_move():
            there = self.location_dest_id.warehouse_id.partner_id
            return there or self.partner_id or self.company_id.partner_id
        return self.partner_id
