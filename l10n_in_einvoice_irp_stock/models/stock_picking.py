from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.l10n_in_einvoice_irp.irp.operations import states
from odoo.addons.l10n_in_einvoice_irp.models.clock import indian_time
from odoo.addons.l10n_in_einvoice_irp.models.consignment.ewaybill import DOCUMENT
from odoo.addons.l10n_in_einvoice_irp.models.rights import check_user

# supply, sub-supply and document type, and the description of Others
OWN_USE = ("O", "5", "CHL", False)
SUPPLY = ("O", "1", "INV", False)
EXPORT = ("O", "3", "INV", False)
JOB_WORK = ("O", "4", "CHL", False)
OTHERS = ("O", "8", "CHL", False)
PURCHASE_RETURN = ("O", "8", "OTH", "Purchase Return")
PURCHASE = ("I", "1", "INV", False)
IMPORT = ("I", "2", "BOE", False)
JOB_WORK_RETURN = ("I", "6", "CHL", False)
SALES_RETURN = ("I", "7", "CHL", False)
EXHIBITION_RETURN = ("I", "12", "CHL", False)
# a receipt from a place that is neither a supplier nor a customer
OTHERS_IN = ("I", "8", "CHL", False)
# sub-supply type of what went out -> the movement that brings it back
RETURNS = {"4": JOB_WORK_RETURN, "12": EXHIBITION_RETURN}
# with the number of another paper: of the invoice, the supplier's or customs'
ON_OTHER_PAPER = (SUPPLY, EXPORT, PURCHASE, IMPORT)


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
    l10n_in_irp_ewaybill_need = fields.Text(
        string="e-Way Bill Needed",
        compute="_compute_l10n_in_irp_ewaybill_need",
        compute_sudo=True,
        help="Why an e-way bill is needed; empty if it is not.",
    )

    @api.depends(
        *("state", "company_id.l10n_in_irp_enabled", "country_code"),
        *("l10n_in_irp_ewaybill_ids.state", "l10n_in_irp_ewaybill_ids.environment"),
    )
    def _compute_l10n_in_irp_ewaybill_id(self):
        for picking in self:
            bills = picking.l10n_in_irp_ewaybill_ids
            active = bills.filtered(
                lambda bill: (
                    bill.state != states.CANCELLED
                    and (bill._is_unsent() or bill._counts())
                )
            )[:1]
            picking.l10n_in_irp_ewaybill_id = active
            picking.l10n_in_irp_offers_ewaybill = (
                not active
                and picking.company_id.l10n_in_irp_enabled
                and picking.company_id.country_code == "IN"
                and picking.state in ("confirmed", "assigned", "done")
            )

    @api.depends("l10n_in_irp_offers_ewaybill", "move_ids.quantity", "partner_id")
    def _compute_l10n_in_irp_ewaybill_need(self):
        bills = self.env["l10n_in.irp.ewaybill"].sudo()
        for picking in self:
            is_open = picking.l10n_in_irp_offers_ewaybill and picking.ids
            values = is_open and picking._l10n_in_irp_ewaybill_values()
            need = values and bills.new(values)._need_before()
            picking.l10n_in_irp_ewaybill_need = need

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
            if other := self.sudo()._l10n_in_irp_other_ewaybill():
                raise UserError(other)
            bill = bill.sudo().create(self.sudo()._l10n_in_irp_ewaybill_values())
        bill._show_goods()
        return bill.sudo(False)._get_records_action(name=self.env._("e-Way Bill"))

    def _action_done(self):
        # EXTENDS 'stock': quantities may differ from what was prepared
        result = super()._action_done()
        self.sudo().l10n_in_irp_ewaybill_ids._show_goods()
        return result

    def _l10n_in_irp_other_ewaybill(self, lock=False):
        """Return a note on an e-way bill that covers these goods already, and what to
        do about it; "" if there is none. For extensions.

        :param lock: ours is about to be sent: stop others from making one until the
            intent is committed.
        """
        self.ensure_one()
        bills = self._l10n_in_irp_other_legs().l10n_in_irp_ewaybill_id
        sent = bills.filtered(lambda bill: not bill._is_unsent())[:1]
        if not sent:
            return ""
        return self.env._(
            "The goods of %(transfer)s are in transit with %(bill)s. One e-Way Bill "
            "covers the whole way; open it from transfer %(other)s.",
            transfer=self.name,
            bill=sent.display_name,
            other=sent.picking_id.name,
        )

    def _l10n_in_irp_invoices(self):
        """Return the posted invoices of the sales order that is delivered, as
        superuser."""
        is_delivery = self.location_dest_id.usage == "customer"
        has_orders = is_delivery and "sale_id" in self._fields
        order = self.sudo().sale_id if has_orders else None
        moves = order.invoice_ids if order else self.env["account.move"].sudo()
        return moves.filtered(lambda move: move.state == "posted")

    # ------------------------------------------------------------------
    # The usual movement
    # ------------------------------------------------------------------

    def _l10n_in_irp_ewaybill_values(self):
        """Return the values of a new e-way bill: the usual movement of such a transfer,
        which a person may change."""
        kind = self._l10n_in_irp_movement()
        supply, sub, document, text = kind
        # the number of an invoice or a bill of entry is not that of the transfer
        is_theirs = kind in ON_OTHER_PAPER
        moment = self.date_done or fields.Datetime.now()
        own = self.company_id.partner_id
        party = self._l10n_in_irp_ends()[1 if supply == "O" else 0] or own
        return {
            "picking_id": self.id,
            "company_id": self.company_id.id,
            "basis": DOCUMENT,
            "with_irn": False,
            "supply_type": supply,
            "sub_supply_type": sub,
            "sub_supply_description": text,
            "doc_type": document,
            "doc_number": False if is_theirs else self.name,
            "doc_date": False if is_theirs else indian_time(moment).date(),
            "party_name": party.display_name,
        }

    def _l10n_in_irp_movement(self):
        """Return supply, sub-supply and document type, and the description of
        Others."""
        if self._l10n_in_irp_is_own_move():
            return OWN_USE
        if self._l10n_in_irp_is_dropship():
            return SUPPLY
        if self._l10n_in_irp_is_inward():
            return self._l10n_in_irp_inward_movement()
        return self._l10n_in_irp_outward_movement()

    def _l10n_in_irp_inward_movement(self):
        if self._l10n_in_irp_is_from_job_worker():
            return JOB_WORK_RETURN
        if known := self._l10n_in_irp_return_movement():
            return known
        if self.location_id.usage == "customer":
            return SALES_RETURN
        if self.location_id.usage == "supplier":
            return IMPORT if self._l10n_in_irp_is_abroad() else PURCHASE
        is_group = self.location_id.usage == "transit"
        return PURCHASE if is_group else OTHERS_IN

    def _l10n_in_irp_outward_movement(self):
        if self._l10n_in_irp_is_at_job_worker(self.location_dest_id):
            return JOB_WORK
        if self.location_dest_id.usage == "supplier":
            return PURCHASE_RETURN
        if self._l10n_in_irp_is_abroad():
            return EXPORT
        is_group = self.location_dest_id.usage == "transit"
        is_supply = is_group or self._l10n_in_irp_is_same_pan()
        return SUPPLY if is_supply else OTHERS

    def _l10n_in_irp_is_abroad(self):
        country = self.partner_id.commercial_partner_id.country_id
        return bool(country) and country.code != "IN"

    def _l10n_in_irp_is_from_job_worker(self):
        moves = self.move_ids
        is_made_there = "is_subcontract" in moves._fields and any(
            moves.mapped("is_subcontract")
        )
        return is_made_there or self._l10n_in_irp_is_at_job_worker(self.location_id)

    def _l10n_in_irp_return_movement(self):
        """Return the movement that brings back what went out on an e-way bill; None if
        that says nothing."""
        bills = self.move_ids.origin_returned_move_id.picking_id.l10n_in_irp_ewaybill_id
        kinds = set(bills.mapped("sub_supply_type"))
        return RETURNS.get(kinds.pop()) if len(kinds) == 1 else None

    # ------------------------------------------------------------------
    # Its goods
    # ------------------------------------------------------------------

    def _l10n_in_irp_goods(self):
        """Yield each move of goods with its quantity: what has moved, or what would
        move if the transfer were validated now."""
        moves = self.move_ids.filtered(lambda move: move.state != "cancel")
        if self.state != "done":
            picked = moves.filtered("picked")
            moves = picked or moves.filtered("quantity") or moves
        for move in moves:
            quantity = move.quantity
            if self.state != "done":
                quantity = quantity or move.product_uom_qty
            if quantity:
                yield move, quantity
