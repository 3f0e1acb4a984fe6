from odoo import models

from ...irp.reference import entry
from ...irp.rules import Profile, reporting_class
from ..invoice.payload_taxes import DEDUCTED_TYPES
from .finding import Finding


class L10nInIrpValidator(models.AbstractModel):
    """What only Odoo can tell about a document: its company, its other documents, its
    print."""

    _inherit = "l10n_in.irp.validator"

    def _local_findings(self, move, invoice, facts):
        checks = (
            self._check_total,
            *self._line_checks(),
            *self._text_checks(),
        )
        return [finding for check in checks for finding in check(move, invoice, facts)]

    def _profile(self, move):
        company = move.company_id
        return Profile(
            aato_class=reporting_class(int(company.l10n_in_irp_turnover)),
            requester=company.vat or "",
        )

    def _move_finding(self, move, code, reason, *, blocking=True):
        return Finding(
            record=move,
            field=self._label(move, "name"),
            code=code,
            value=move.name or "",
            reason=reason,
            advice=entry(code).hint,
            blocking=blocking,
        )

    def _check_total(self, move, invoice, facts):
        """The registered total is the printed one, as far as neither a buyer deducts
        tax nor an exporter pays it himself."""
        registered = invoice["ValDtls"]["TotInvVal"]
        # refunds are booked below 0
        sign = -self.env["l10n_in.irp.payload"]._sign(move)
        printed = sign * move.amount_total_signed
        beyond = registered - printed
        # mostly they agree, and the reasons why not take time to find out
        if abs(beyond) <= 1:
            return
        if abs(beyond - self._beyond_print(move, invoice, facts.books)) <= 1:
            return
        yield Finding(
            record=move,
            field=self._label(move, "amount_total"),
            code="",
            value=f"{registered:.2f}",
            reason=self.env._(
                "the total that would be registered differs from the printed one, %s",
                f"{printed:.2f}",
            ),
            advice=self.env._(
                "Choose taxes on the lines that go with the buyer's GST treatment."
            ),
        )

    def _beyond_print(self, move, invoice, books):
        """What the registered total has beyond the printed one, in rupees: tax
        deducted at source, IGST that the exporter pays himself, and what a gift card
        or an unregistered advance pays."""
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
        return deducted + payload._paid_by_lines(move, books)
