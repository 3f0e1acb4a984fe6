from lxml import html

from ..common import TODAY, IrpCommon

REPORT = "account.report_invoice"


class PrintCommon(IrpCommon):
    """Invoices as they are printed."""

    def page(self, move, report=REPORT, **data):
        """Return the printed page as an element."""
        reports = self.env["ir.actions.report"]
        content = reports._render_qweb_html(report, move.ids, data)[0]
        return html.fromstring(content)

    def parts(self, move, name, **options):
        """Return the texts of the parts of a page with such a name."""
        found = self.page(move, **options).xpath(f"//*[@name='{name}']")
        return [" ".join(part.text_content().split()) for part in found]

    def facts(self, move):
        """Return the printed facts: label -> value."""
        columns = self.page(move).xpath("//div[@name='l10n_in_irp_fact']")
        return {
            column[0].text_content(): column[1].text_content() for column in columns
        }

    def choose(self, **settings):
        """Change the company's settings of prints."""
        names = {f"l10n_in_irp_print_{name}": value for name, value in settings.items()}
        self.default_company.sudo().write(names)

    def debit_note(self, invoice):
        context = {"active_model": "account.move", "active_ids": invoice.ids}
        wizard = self.env["account.debit.note"].with_context(**context)
        wizard.create({"date": TODAY, "copy_lines": True}).create_debit()
        return invoice.debit_note_ids
