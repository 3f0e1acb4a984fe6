"""Find the invoices that may have a status: few, by an index.

A status follows from the registration, the company and the lines. Derived for every
invoice, it would read them all: a million of which all but some are registered. So a
search first names the invoices that may match, and derives it for these alone.
"""

from functools import partial

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

LINK = "l10n_in_irp_document_id"
# None of the others can need an IRN: by the rules of `l10n_in`, no line of an invoice
# to a consumer or an unregistered buyer is of a section to be registered.
WITHOUT_REGISTRATION = f"""
    {LINK} IS NULL AND state != 'cancel'
    AND move_type IN ('out_invoice', 'out_refund')
    AND (l10n_in_gst_treatment IS NULL
         OR l10n_in_gst_treatment NOT IN ('consumer', 'unregistered'))
"""
# registrations that do not count, as their company has left the environment
PAST = """
    SELECT past.move_id FROM l10n_in_irp_document past
      JOIN res_company company ON company.id = past.company_id
     WHERE past.environment != 'production'
       AND past.environment != company.l10n_in_irp_environment
"""


# what the queries below read
READ = {
    "account.move": (
        *(LINK, "state", "move_type", "l10n_in_gst_treatment"),
        *("company_id", "invoice_date"),
    ),
    "l10n_in.irp.document": ("move_id", "company_id", "environment", "state"),
    "res.company": ("l10n_in_irp_environment", "l10n_in_irp_register_from"),
}


class AccountMove(models.Model):
    """Finds invoices by their status without reading all of them."""

    _inherit = "account.move"

    # small: an invoice is in it until it is registered
    _l10n_in_irp_waiting = models.Index(
        f"(company_id, invoice_date) WHERE {' '.join(WITHOUT_REGISTRATION.split())}"
    )

    def _l10n_in_irp_unregistered_sql(self, *, automatic=False):
        """Return the query of invoices that may be "not_registered".

        :param automatic: without those from before 'Register from Date'.
        """
        since = SQL(
            "JOIN res_company seller ON seller.id = waiting.company_id"
            " AND waiting.invoice_date"
            " >= COALESCE(seller.l10n_in_irp_register_from, '-infinity')"
        )
        waiting = "SELECT id, company_id, invoice_date FROM account_move WHERE"
        return SQL(
            "SELECT waiting.id FROM (%s %s) waiting %s UNION ALL %s",
            SQL(waiting),
            SQL(WITHOUT_REGISTRATION),
            since if automatic else SQL(),
            SQL(PAST),
        )

    def _l10n_in_irp_unregistered_bound(self, states=(), *, automatic=False):
        """Return a domain that holds for each invoice that is "not_registered", or
        whose registration is in one of some states; and for few others."""
        candidates = self._l10n_in_irp_unregistered_sql(automatic=automatic)
        if states:
            registrations = "SELECT move_id FROM l10n_in_irp_document WHERE state IN %s"
            registrations = SQL(registrations, tuple(states))
            candidates = SQL("%s UNION ALL %s", candidates, registrations)
        candidates = SQL("%s", candidates, to_flush=self._l10n_in_irp_read_fields())
        return Domain.custom(to_sql=partial(_is_among, "id", candidates))

    def _l10n_in_irp_read_fields(self):
        return [
            self.env[model]._fields[name]
            for model, names in READ.items()
            for name in names
        ]

    def _l10n_in_irp_present_domain(self, domain, *, are_few=True):
        """Return the domain of invoices whose registration counts where their company
        registers now, and matches a domain.

        :param are_few: of all registrations.
        """
        documents = self.env["l10n_in.irp.document"].sudo()
        found = documents._search(domain & Domain("is_current", "=", True))
        if not are_few:
            return Domain(LINK, "in", found)
        return Domain.custom(to_sql=partial(_is_among, LINK, found.subselect()))


def _is_among(name, candidates, moves, alias, query):
    """Return the condition that a field is among the few results of a query.

    As an array: PostgreSQL expects as few, whatever its statistics make of the query,
    and looks each of them up.
    """
    column = moves._field_to_sql(alias, name, query)
    return SQL("%s IN (SELECT unnest(ARRAY(%s)))", column, candidates)
