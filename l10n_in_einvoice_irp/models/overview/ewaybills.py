from odoo import models
from odoo.fields import Domain

# line of the card -> the e-way bills that it counts, as the filter of the same name
LINES = {
    "waiting_for_part_b": Domain("stage", "=", "waiting"),
    "to_extend": Domain("stage", "=", "to_extend"),
    "expiring_today": Domain("expires_today", "=", True),
    "open_change": Domain("has_open_change", "=", True),
    "to_reject": Domain("is_to_reject", "=", True),
}


class AccountJournal(models.Model):
    """The e-way bills that are due, on the card of a company's first sales journal.

    They belong to the company: goods move without an invoice as well.
    """

    _inherit = "account.journal"

    def _get_journal_dashboard_data_batched(self):
        # EXTENDS 'account'
        data = super()._get_journal_dashboard_data_batched()
        first = {}
        for journal in self.filtered(lambda one: one._l10n_in_irp_has_card()):
            first.setdefault(journal.company_id.id, journal)
        counts = self._l10n_in_irp_ewaybill_counts(list(first))
        for company, journal in first.items():
            data[journal.id]["l10n_in_irp_ewaybills"] = counts[company]
        return data

    def _l10n_in_irp_ewaybill_counts(self, companies):
        """Return company id -> name of a line -> how many e-way bills it counts.

        :param companies: ids.
        """
        counts = {company: dict.fromkeys(LINES, 0) for company in companies}
        bills = self.env["l10n_in.irp.ewaybill"]
        here = Domain("company_id", "in", companies)
        for line, domain in LINES.items() if companies else ():
            for company, count in bills._read_group(
                here & domain, groupby=["company_id"], aggregates=["__count"]
            ):
                counts[company.id][line] = count
        return counts

    def action_l10n_in_irp_ewaybills(self):
        """Open the e-way bills that a line of the card counts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "l10n_in_einvoice_irp.action_l10n_in_irp_ewaybill"
        )
        line = self.env.context.get("l10n_in_irp_line")
        return {
            **action,
            "domain": [("company_id", "=", self.company_id.id)],
            "context": {f"search_default_{line}": 1} if line in LINES else {},
        }
