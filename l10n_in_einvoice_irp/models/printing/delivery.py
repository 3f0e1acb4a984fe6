from odoo import models

ADDRESS = ("street", "street2", "city", "zip", "state_id", "country_id")


class AccountMove(models.Model):
    """The address of delivery (CGST rule 46(o))."""

    _inherit = "account.move"

    def _l10n_in_irp_delivery(self):
        """Return the partner that the goods go to where its address is not the buyer's
        on the same page; an empty record otherwise."""
        place = self.partner_shipping_id
        if _address(place) in (_address(self.partner_id), _address(place.browse())):
            return place.browse()
        return place


def _address(partner):
    """Return an address in a form in which capitals and blanks make no difference."""
    parts = (partner[name] for name in ADDRESS)
    return [
        " ".join(one.split()).casefold() if isinstance(one, str) else one or None
        for one in parts
    ]
