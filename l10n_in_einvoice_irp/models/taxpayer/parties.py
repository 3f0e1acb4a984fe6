from odoo import api, models


class L10nInIrpTaxpayer(models.Model):
    """The last records of the parties of invoices, read for many at once."""

    _inherit = "l10n_in.irp.taxpayer"

    @api.model
    def _prefetch_parties(self, moves):
        """Return the last records of all possible parties: company -> GSTIN ->
        record."""
        return {
            company: self._newest_of(
                company, company.l10n_in_irp_environment, self._candidates(group)
            )
            for company, group in moves.grouped("company_id").items()
        }

    def _candidates(self, moves):
        """Return the GSTINs that include those of the parties.

        A contact that the user may not read is a finding of its invoice only.
        """
        partners = self._readable(moves.partner_id | moves.partner_shipping_id)
        partners |= self._readable(partners.commercial_partner_id)
        numbers = partners.mapped("vat") + moves.mapped("l10n_in_gstin")
        numbers += moves.company_id.mapped("vat")
        return {number.upper() for number in numbers if number}

    @staticmethod
    def _readable(partners):
        # a search: reading one by one would reveal other partners' values
        readable = partners.with_context(active_test=False)
        return readable.search([("id", "in", partners.ids)])
