from functools import partial

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...irp.operations import states


class L10nInIrpValidator(models.AbstractModel):
    """Checks a document's number against registrations and other invoices."""

    _inherit = "l10n_in.irp.validator"

    def _local_findings(self, move, invoice, context):
        findings = super()._local_findings(move, invoice, context)
        return [*self._check_number(move, invoice, context), *findings]

    def _check_number(self, move, invoice, context):
        """Yield a finding if the portal has the number already, or had it.

        A number counts once per year and type, ignoring letter case, and never again
        after a cancellation.
        """
        key = self._number_key(move)
        other = context.holders.get(key)
        if other and other.state == states.CANCELLED:
            yield self._finding_of("number_cancelled", move, "name")
            return
        holder = other.move_id if other else context.namesakes.get(key)
        if holder and holder != move:
            yield self._finding_of(
                "number_taken", move, "name", invoice=holder.display_name
            )

    def _holders_of_numbers(self, keys):
        """Return key of a document's number -> the registration that holds it."""
        return self.env["l10n_in.irp.document"]._by_key(keys)

    def _namesakes(self, keys):
        """Return key of a document's number -> the first of several posted invoices
        with it that must be registered, or are.

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
        numbers = {name.upper() for name in moves.mapped("name") if name}
        if not numbers:
            return moves.browse()
        domain = (
            Domain("company_id", "in", moves.company_id.ids)
            & Domain("move_type", "in", ("out_invoice", "out_refund"))
            & Domain("state", "=", "posted")
            # by an index, before letters are compared
            & Domain("sequence_number", "in", moves.mapped("sequence_number"))
            & Domain.custom(to_sql=partial(_is_written, numbers))
        )
        return self.env["account.move"].sudo().search(domain, order="id")

    def _number_key(self, move):
        """Return the key by which the portal compares a number; None without a
        number."""
        if not move.name or not move.invoice_date:
            return None
        return move._l10n_in_irp_document_key()


def _is_written(numbers, moves, alias, query):
    """Return the condition that an invoice has one of these numbers, in capitals."""
    name = moves._field_to_sql(alias, "name", query)
    return SQL("upper(%s) IN %s", name, tuple(numbers))
