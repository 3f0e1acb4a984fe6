from odoo import models
from odoo.fields import Domain

from ...irp.operations import states
from ...irp.reference import entry
from ...irp.rules import Profile, reporting_class
from ..invoice.payload_taxes import DEDUCTED_TYPES
from .finding import Finding

NUMBER_KEY = ("environment", "gstin", "fiscal_year", "doc_type", "number_key")


class L10nInIrpValidator(models.AbstractModel):
    """What only Odoo can tell about a document: its company, its other documents, its
    print."""

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
        """A number counts once per year and type, whatever its letter case, and one
        that was cancelled at the portal never again."""
        key = self._number_key(move)
        other = facts.holders.get(key)
        if other and other.state == states.CANCELLED:
            yield self._move_finding(
                move,
                "2278",
                self.env._(
                    "the number was cancelled at the portal and cannot be used again; "
                    "duplicate the invoice under a new one"
                ),
            )
            return
        holder = other.move_id if other else facts.namesakes.get(key)
        if holder and holder != move:
            yield self._move_finding(
                move,
                "2150",
                self.env._(
                    "invoice %s has the same number to the portal (capital and small "
                    "letters count as the same); give this one another",
                    holder.display_name,
                ),
            )

    def _holders_of_numbers(self, keys):
        """Key of a document's number -> the registration that holds it."""
        documents = self.env["l10n_in.irp.document"].sudo()
        if not keys:
            return {}
        columns = zip(NUMBER_KEY, zip(*keys, strict=True), strict=True)
        found = documents.search([(name, "in", values) for name, values in columns])
        return {tuple(holder[name] for name in NUMBER_KEY): holder for holder in found}

    def _namesakes(self, keys):
        """Key of a document's number -> the first of several posted invoices that have
        it and are to be registered, whether they are by now or not.

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
        """The posted invoices and notes with the numbers of some, oldest first."""
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
        """What the portal compares a document's number by; None while it has none."""
        if not move.name or not move.invoice_date:
            return None
        values = self.env["l10n_in.irp.document"]._key_of(move)
        return tuple(values[name] for name in NUMBER_KEY)

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
