from odoo import models


class StockPicking(models.Model):
    """Where the goods of a transfer start and arrive, and whose places these are."""

    _inherit = "stock.picking"

    def _l10n_in_irp_ends(self):
        """Return the addresses where the goods start and where they arrive; one that
        nobody has entered is empty."""
        start = self._l10n_in_irp_place(
            self.location_id, self.move_ids.move_orig_ids.location_id
        )
        end = self._l10n_in_irp_place(
            self.location_dest_id, self.move_ids.move_dest_ids.location_dest_id
        )
        if self._l10n_in_irp_is_dropship():
            end = self._get_l10n_in_dropship_dest_partner() or end
        return start, end

    def _l10n_in_irp_place(self, location, beyond):
        """Return the address of one end.

        :param beyond: the locations on the other side of a transit location.
        """
        if location.usage == "transit":
            return beyond.warehouse_id.partner_id[:1] or self.partner_id
        if self._l10n_in_irp_is_ours(location):
            return location.warehouse_id.partner_id or self.company_id.partner_id
        return self.partner_id

    def _l10n_in_irp_other_party(self):
        """Return the contact of the other GSTIN: who is billed by the sales order, else
        whom the goods come from or go to.

        A receipt may belong to a sales order too, for which the goods were bought.
        """
        place = self.env["res.partner"]
        if self._l10n_in_irp_is_dropship():
            place = self._get_l10n_in_dropship_dest_partner()
        elif self._l10n_in_irp_is_with_customer():
            place = self._l10n_in_get_invoice_partner()
        return (place or self.partner_id).commercial_partner_id

    def _l10n_in_irp_is_with_customer(self):
        """Return whether goods go to a customer, or come back from one."""
        return "customer" in (self.location_id.usage, self.location_dest_id.usage)

    # ------------------------------------------------------------------
    # Whose places they are
    # ------------------------------------------------------------------

    def _l10n_in_irp_is_ours(self, location):
        """Return whether goods in a location are at a place of our GSTIN.

        Goods in transit between companies are not, and those with a job worker are in
        an internal location, but at his place.
        """
        if location.usage == "transit":
            return bool(location.company_id) or self._l10n_in_irp_is_own_gstin()
        is_with_worker = self._l10n_in_irp_is_at_job_worker(location)
        return location.usage == "internal" and not is_with_worker

    @staticmethod
    def _l10n_in_irp_is_at_job_worker(location):
        """Return whether a location stands for subcontractors (MRP Subcontracting)."""
        is_subcontract = getattr(location, "is_subcontract", None)
        return bool(is_subcontract and is_subcontract())

    def _l10n_in_irp_is_own_gstin(self):
        """Return whether the contact of the transfer has the GSTIN of the company."""
        own, other = self.company_id.vat, self.partner_id.commercial_partner_id.vat
        return bool(own) and own == other

    def _l10n_in_irp_is_own_move(self):
        """Return whether goods go from one own place to another."""
        is_own = self._l10n_in_irp_is_own_gstin()
        return all(
            is_own or self._l10n_in_irp_is_ours(location)
            for location in (self.location_id, self.location_dest_id)
        )

    def _l10n_in_irp_is_inward(self):
        """Return whether goods come to us from somebody else."""
        return self._l10n_in_irp_is_ours(self.location_dest_id)

    def _l10n_in_irp_is_dropship(self):
        """Return whether goods go from a supplier to our customer."""
        ends = (self.location_id.usage, self.location_dest_id.usage)
        return ends == ("supplier", "customer")

    def _l10n_in_irp_is_same_pan(self):
        """Return whether the contact is another GSTIN of our PAN: goods to it are a
        supply (CGST Act, section 25(4) and Schedule I)."""
        own, other = self.company_id.vat, self.partner_id.commercial_partner_id.vat
        both = own and other and own != other
        return bool(both) and own[2:12] == other[2:12]

    # ------------------------------------------------------------------
    # On the way already
    # ------------------------------------------------------------------

    def _l10n_in_irp_other_legs(self):
        """Return the transfers that carry the same goods into or out of transit."""
        before, after = self.move_ids.move_orig_ids, self.move_ids.move_dest_ids
        into = before.filtered(lambda move: move.location_dest_id.usage == "transit")
        out = after.filtered(lambda move: move.location_id.usage == "transit")
        return (into | out).picking_id - self
