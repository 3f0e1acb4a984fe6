from odoo import models


class L10nInIrpBulk(models.TransientModel):
    """Prints many invoices, after naming those without an IRN."""

    _inherit = "l10n_in.irp.bulk"

    def _why_not_print(self, move):
        """Return why an invoice should not be issued yet; "" if nothing is missing."""
        has_irn = move._l10n_in_irp_present()._is_at_portal()
        if has_irn or not move.l10n_in_irp_applicable:
            return ""
        if move.state != "posted":
            return self.env._("Not confirmed, so it has no IRN")
        labels = dict(move._selection_l10n_in_irp_status())
        return self.env._("No IRN: status '%s'", labels[move.l10n_in_irp_status])

    def _begin_print(self):
        if not self.line_ids:
            return self._print(self.move_ids)
        return self._dialog()

    def action_print_ready(self):
        """Print the invoices that have their IRN, or need none."""
        self.ensure_one()
        self._check_any_ready()
        return self._print(self.move_ids)

    def action_print_all(self):
        """Print all selected invoices, also those without an IRN."""
        self.ensure_one()
        return self._print(self.move_ids | self.line_ids.move_ids)

    def _print(self, moves):
        """Return Odoo's own report action over invoices, oldest first."""
        moves.check_access("read")
        ordered = moves.sorted(lambda move: (move.invoice_date or move.date, move.id))
        report = self.env["account.move.send"]._get_default_pdf_report_id(ordered[:1])
        action = report.report_action(ordered.ids, data={}, config=False)
        return {**action, "close_on_report_download": True}
