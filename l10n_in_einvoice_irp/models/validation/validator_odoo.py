from odoo import models
from odoo.fields import Domain

from ...irp.rules import Profile, reporting_class
from ..invoice.payload_taxes import DEDUCTED_TYPES

NUMBER_KEY = ("environment", "gstin", "fiscal_year", "doc_type", "number_key")


class L10nInIrpValidator(models.AbstractModel):
    """Checks a document against its company, other documents and its print."""

    _inherit = "l10n_in.irp.validator"

    def _local_findings(self, move, invoice, facts):
        checks = (
            self._check_number,
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

    def _check_number(self, move, invoice, facts):
        """Yield a finding if the portal has the number already, or had it.

        A number counts once per year and type, whatever its letter case, and never
        again once it was cancelled.
        """
        key = self._number_key(move)
        other = facts.holders.get(key)
        if other and other.state == "cancelled":
            yield self._finding_of("number_cancelled", move, "name")
            return
        holder = other.move_id if other else facts.namesakes.get(key)
        if holder and holder != move:
            yield self._finding_of(
                "number_taken", move, "name", invoice=holder.display_name
            )

    def _holders_of_numbers(self, keys):
        """Return key of a document's number -> the registration that has it."""
        documents = self.env["l10n_in.irp.document"].sudo()
        if not keys:
            return {}
        columns = zip(NUMBER_KEY, zip(*keys, strict=True), strict=True)
        found = documents.search([(name, "in", values) for name, values in columns])
        return {tuple(holder[name] for name in NUMBER_KEY): holder for holder in found}

    def _namesakes(self, keys):
        """Return key of a document's number -> the first of several posted invoices
        with it that have to be registered, or are.

        :param keys: invoice -> key of its number.
        """
        moves = self.env["account.move"].union(*keys)
        alike = self._posted_alike(moves) if moves else moves
        several = {
            key: group
            for key, group in alike.grouped(
                lambda move: keys.get(move) or self._number_key(move)
            ).items()
            if len(group) > 1 or group - moves
        }
        return {
            key: applicable[0]
            for key, group in several.items()
            if (applicable := group.filtered("l10n_in_irp_applicable"))
        }

    def _posted_alike(self, moves):
        """Return the posted invoices and notes with the same numbers, oldest first."""
        names = set(moves.mapped("name"))
        return (
            self.env["account.move"]
            .sudo()
            .search(
                Domain("company_id", "in", moves.company_id.ids)
                & Domain("move_type", "in", ("out_invoice", "out_refund"))
                & Domain("state", "=", "posted")
                # the same whatever the letter case, and quickly compared
                & Domain("sequence_number", "in", moves.mapped("sequence_number"))
                & Domain.OR(Domain("name", "=ilike", name) for name in names),
                order="id",
            )
        )

    def _number_key(self, move):
        """Return the key by which the portal compares numbers; None without number."""
        if not move.name or not move.invoice_date:
            return None
        values = self.env["l10n_in.irp.document"]._key_of(move)
        return tuple(values[name] for name in NUMBER_KEY)

    def _check_total(self, move, invoice, facts):
        """Yield a finding if the registered total is not the printed one.

        Tax that the buyer deducts, or that an exporter pays himself, may lie between.
        """
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
        yield self._finding_of(
            "total_not_printed",
            move,
            "amount_total",
            value=f"{registered:.2f}",
            registered=f"{registered:.2f}",
            printed=f"{printed:.2f}",
        )

    def _beyond_print(self, move, invoice, books):
        """Return by how many rupees the registered total may exceed the printed one:
        tax deducted at source, IGST that the exporter pays himself, and what a gift
        card or an unregistered advance pays."""
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
