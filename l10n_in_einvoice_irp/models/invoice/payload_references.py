import re

from odoo import models
from odoo.tools.translate import get_translation

from ...irp.document import clean_identifier

DOCUMENT_NUMBER = re.compile(r"[1-9a-zA-Z][0-9a-zA-Z/-]{0,15}")
LONGEST_ORDER = 16
LONGEST_REFERENCE = 20
# the reference that Odoo writes on a credit note: addon, text
REVERSALS = (
    ("account", "Reversal of: %s"),
    ("account", "Reversal of: %(move_name)s, %(reason)s"),
    ("point_of_sale", "Reversal of: %s"),
)
# paths to the orders of an invoice, if the addons are installed
SALE_LINES = ("invoice_line_ids", "sale_line_ids")
SALE_ORDERS = (
    (*SALE_LINES, "order_id"),
    ("pos_order_ids", "lines", "sale_order_origin_id"),
)


def _reversal_pattern(addon, text, lang):
    """Return a pattern for such a reference in a language, with any number."""
    template = get_translation(addon, lang, text, ())
    pieces = re.split(r"%s|%\(\w+\)s", template)
    return re.compile(".+".join(map(re.escape, pieces)), re.DOTALL)


class L10nInIrpPayload(models.AbstractModel):
    """RefDtls of an INV-01 document: period, preceding documents, the buyer's orders.

    Numbers are sent whole or left out: a truncated number is a different one.
    """

    _inherit = "l10n_in.irp.payload"

    def _prepare_ref_dtls(self, move):
        return {
            "DocPerdDtls": self._prepare_period(move),
            "PrecDocDtls": self._prepare_preceding_documents(move),
            "ContrDtls": self._prepare_contracts(move),
        }

    def _prepare_period(self, move):
        """Return the invoice period, complete or not at all."""
        start, end = move.l10n_in_irp_period_start, move.l10n_in_irp_period_end
        if not start or not end:
            return None
        return {"InvStDt": self._date(start), "InvEndDt": self._date(end)}

    # ------------------------------------------------------------------
    # Corrected documents
    # ------------------------------------------------------------------

    def _prepare_preceding_documents(self, move):
        """Return the invoices that a credit or debit note corrects, each with the
        number of the buyer's own note, if there is one."""
        note = self._buyer_note(move)
        return [
            {
                "InvNo": origin.name,
                "InvDt": self._date(origin.invoice_date),
                "OthRefNo": clean_identifier(note, longest=LONGEST_REFERENCE),
            }
            for origin in self._accepted_documents(move)
        ]

    def _accepted_documents(self, move):
        """Return the preceding documents whose numbers the portal accepts."""
        return self._preceding_documents(move).filtered(
            lambda origin: (
                DOCUMENT_NUMBER.fullmatch(origin.name or "") and origin.invoice_date
            )
        )

    def _preceding_documents(self, move):
        """Return the corrected invoice and those that a credit note was reconciled
        with; if Odoo has neither, those of the same sale order lines."""
        origins = move.reversed_entry_id | move.debit_origin_id
        if move.move_type != "out_refund":
            return origins
        origins |= move._get_reconciled_invoices()
        origins |= self._followed(move, "pos_refunded_invoice_ids")
        return self._invoices(origins) or self._invoices(
            self._followed(move, *SALE_LINES, "invoice_lines", "move_id")
        )

    def _invoices(self, moves):
        return moves.sudo(self.env.su).filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )

    # ------------------------------------------------------------------
    # References of the buyer
    # ------------------------------------------------------------------

    def _prepare_contracts(self, move):
        """Return the buyer's orders, the contract, and a buyer's note that has no place
        among the preceding documents."""
        orders = map(self._prepare_order, self._buyer_orders(move))
        entries = [entry for entry in orders if entry]
        if len(entries) == 1:
            entries[0]["PORefDt"] = self._date(move.l10n_in_irp_order_date)
        more = {
            "ContrRefr": clean_identifier(
                move.l10n_in_irp_contract_ref, longest=LONGEST_REFERENCE
            )
        }
        if not self._accepted_documents(move):
            more["ExtRefr"] = clean_identifier(
                self._buyer_note(move), longest=LONGEST_REFERENCE
            )
        return self._with_more(entries, self._without_blanks(more)) or None

    @staticmethod
    def _with_more(entries, more):
        """Return entries of ContrDtls, adding further members to the first that is
        free."""
        for entry in entries:
            if not entry.keys() & more.keys():
                entry.update(more)
                return entries
        return [*entries, more] if more else entries

    @staticmethod
    def _prepare_order(order):
        """Return the number of a buyer's order; one that is too long becomes an
        external reference, or is left out."""
        number = clean_identifier(order, longest=LONGEST_REFERENCE)
        if not number:
            return None
        return {"PORefr" if len(number) <= LONGEST_ORDER else "ExtRefr": number}

    def _buyer_orders(self, move):
        """Return the numbers of the buyer's orders: the invoice's customer reference,
        else those of its sale orders."""
        if not self._is_note(move) and (typed := self._typed_reference(move)):
            return [typed]
        return list(dict.fromkeys(filter(None, self._order_numbers(move)[1])))

    def _buyer_note(self, move):
        """Return the number of the buyer's own note that a credit or debit note
        answers: its customer reference."""
        return self._is_note(move) and self._typed_reference(move)

    @staticmethod
    def _is_note(move):
        return move.move_type == "out_refund" or bool(move.debit_origin_id)

    def _typed_reference(self, move):
        """Return the customer reference, unless Odoo wrote it."""
        return "" if not move.ref or self._is_odoo_reference(move) else move.ref

    def _is_odoo_reference(self, move):
        """Return whether Odoo wrote the reference: the till's receipt, the sale orders'
        numbers, or the invoice that a note corrects."""
        return (
            self._is_of_debit_note(move)
            or self._is_of_reversal(move)
            or move.ref in self._receipts(move)
            or self._is_of_sale_orders(move)
        )

    @staticmethod
    def _is_of_debit_note(move):
        origin = move.debit_origin_id.name
        return bool(origin) and f"{move.ref}, ".startswith(f"{origin}, ")

    def _is_of_reversal(self, move):
        """Return whether Odoo wrote it on a credit note, in any language: the user's or
        buyer's may have changed since."""
        if move.move_type != "out_refund":
            return False
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        return any(
            _reversal_pattern(addon, text, lang).fullmatch(move.ref)
            for addon, text in REVERSALS
            for lang in ("en_US", *languages)
        )

    def _receipts(self, move):
        """Return the till's numbers of an invoice's orders, as in `point_of_sale`."""
        return self._followed(move, "pos_order_ids").mapped("name")

    def _is_of_sale_orders(self, move):
        """Return whether it consists only of sale order references, joined as in
        `sale`."""
        ours, theirs = self._order_numbers(move)
        known = ", ".join(filter(None, [*ours, *theirs])).split(", ")
        return set(move.ref.split(", ")) <= set(known)

    def _order_numbers(self, move):
        """Return the numbers of an invoice's sale orders, ours and the buyers'."""
        orders = [
            order for path in SALE_ORDERS for order in self._followed(move, *path)
        ]
        return (
            [order.name for order in orders],
            [order.client_order_ref for order in orders],
        )

    def _followed(self, move, *names):
        """Return the records at the end of a path of fields; none if an addon is
        missing."""
        # users who write invoices may have no access to orders
        records = move.sudo()
        for name in names:
            if name not in records._fields:
                return move.browse()
            records = records[name]
        return records
