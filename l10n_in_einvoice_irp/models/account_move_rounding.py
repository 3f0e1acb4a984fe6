from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _prepare_tax_lines_for_taxes_computation(self, tax_amls, round_from_tax_lines):
        # EXTENDS 'account': cash rounding of the strategy "biggest tax" would come back
        # as a tax of the lines, which the portal compares with their rate
        if self.env.context.get("l10n_in_irp_rounding_apart"):
            tax_amls = tax_amls.filtered(lambda line: line.display_type != "rounding")
        return super()._prepare_tax_lines_for_taxes_computation(
            tax_amls, round_from_tax_lines
        )
