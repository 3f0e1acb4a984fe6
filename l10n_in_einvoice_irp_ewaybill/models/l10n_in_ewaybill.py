import re

from odoo import models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL

# of E-waybill's connection, and of E-Invoicing's (by IRN)
UNANSWERED = re.compile(r"\[(access_error|404)\]")


class L10nInEwaybill(models.Model):
    _inherit = "l10n.in.ewaybill"

    def _check_configuration(self):
        # EXTENDS 'l10n_in_ewaybill': asked before generating, direct or by IRN
        if own := self._l10n_in_irp_own():
            return [own]
        return super()._check_configuration()

    def _lock_ewaybill(self):
        # EXTENDS 'l10n_in_ewaybill': the last check before the call, direct or by IRN
        result = super()._lock_ewaybill()
        for bill in self.filtered(lambda bill: bill.state == "pending"):
            bill._l10n_in_irp_lock_ours()
            if own := bill._l10n_in_irp_own():
                raise UserError(own)
        return result

    def _l10n_in_irp_own(self):
        """Return why another e-way bill blocks this one; "" if none does."""
        # users who make e-way bills of stock transfers may not see invoices
        move = self.account_move_id.sudo()
        return move._l10n_in_irp_own_ewaybill() if move else ""

    def _l10n_in_irp_lock_ours(self):
        """Prevent ours from being made meanwhile.

        If ours was sent since this transaction began, Odoo retries the transaction.
        """
        move = self.account_move_id.sudo()
        try:
            move.l10n_in_irp_ewaybill_ids.lock_for_update()
            move.l10n_in_irp_document_ids.lock_for_update()
        except LockError:
            raise UserError(
                self.env._(
                    "%s is being sent to the IRP. Try again in a minute.",
                    move.name,
                )
            ) from None

    def _l10n_in_irp_reserve(self):
        """Prevent these from being generated until the transaction ends.

        A transaction that has read an older version cannot lock them; Odoo retries it,
        and it then sees the committed changes.

        :return: those that nobody is generating.
        """
        free = self.try_lock_for_update()
        if free:
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET id = id WHERE id IN %s RETURNING id",
                    SQL.identifier(self._table),
                    tuple(free.ids),
                )
            )
        return free

    def _l10n_in_irp_is_unanswered(self):
        """Return whether it was sent without an answer: Odoo leaves it pending, with
        one of two special codes in the error."""
        return self.state == "pending" and bool(
            UNANSWERED.search(self.error_message or "")
        )
