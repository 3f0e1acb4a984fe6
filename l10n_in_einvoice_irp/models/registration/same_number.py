from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL


class AccountMove(models.Model):
    """Finds posted invoices and notes by their numbers, ignoring letter case."""

    _inherit = "account.move"

    _l10n_in_irp_number = models.Index(
        "(upper(name)) WHERE state = 'posted'"
        " AND move_type IN ('out_invoice', 'out_refund')"
    )

    def _l10n_in_irp_posted_as(self, numbers):
        """Return the domain of posted invoices and notes with one of these numbers."""
        keys = tuple({number.upper() for number in numbers if number})
        if not keys:
            return Domain.FALSE

        def to_sql(model, alias, query):
            name, state, move_type = (
                model._field_to_sql(alias, field, query)
                for field in ("name", "state", "move_type")
            )
            return SQL(
                "(upper(%s) IN %s AND %s = 'posted' AND %s IN %s)",
                name,
                keys,
                state,
                move_type,
                ("out_invoice", "out_refund"),
            )

        return Domain.custom(to_sql=to_sql)
