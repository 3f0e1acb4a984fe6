from odoo import models

from ...irp.rules import Profile, reporting_class
from ..invoice.payload_taxes import DEDUCTED_TYPES


class L10nInIrpValidator(models.AbstractModel):
    """Checks a document against its company, other documents and its print."""

    _inherit = "l10n_in.irp.validator"

    def _local_findings(self, move, invoice, context):
        checks = (
            self._check_total,
            *self._line_checks(),
            *self._text_checks(),
        )
        return [
            finding for check in checks for finding in check(move, invoice, context)
        ]

    def _profile(self, move):
        company = move.company_id
        return Profile(
            aato_class=reporting_class(int(company.l10n_in_irp_turnover)),
            requester=company.vat or "",
        )

    def _check_total(self, move, invoice, context):
        """Yield a finding if the registered total is not the printed one.

        They may differ by tax that the buyer deducts, or that the exporter pays.
        """
        registered = invoice["ValDtls"]["TotInvVal"]
        # refunds are booked as negative amounts
        sign = -self.env["l10n_in.irp.payload"]._sign(move)
        printed = sign * move.amount_total_signed
        beyond = registered - printed
        # mostly they agree, and computing allowed differences takes time
        if abs(beyond) <= 1:
            return
        if abs(beyond - self._beyond_print(move, invoice, context.cache)) <= 1:
            return
        yield self._finding_of(
            "total_not_printed",
            move,
            "amount_total",
            value=f"{registered:.2f}",
            registered=f"{registered:.2f}",
            printed=f"{printed:.2f}",
        )

    def _beyond_print(self, move, invoice, cache):
        """Return by how many rupees the registered total may exceed the printed one:
        tax deducted at source, IGST that the exporter pays, and payments by gift card
        or unregistered advance."""
        with_payment = invoice["TranDtls"]["SupTyp"] in ("EXPWP", "SEZWP")
        payload = self.env["l10n_in.irp.payload"]

        def is_beyond(line):
            tax, part = line.tax_line_id, line.tax_repartition_line_id
            if tax.l10n_in_tax_type in DEDUCTED_TYPES:
                return True
            taken_back = with_payment and part.factor < 0
            return (
                taken_back
                and not tax.l10n_in_reverse_charge
                and not payload._is_unpaid(tax)
            )

        lines = move.line_ids.filtered(is_beyond)
        deducted = -payload._sign(move) * sum(lines.mapped("balance"))
        return deducted + payload._paid_by_lines(move, cache)
