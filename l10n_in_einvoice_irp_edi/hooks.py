def post_init_hook(env):
    """Leave companies that use Odoo's own E-Invoicing with it.

    A company may try registering direct in the demo environment, and then has its
    invoices registered nowhere. A company that already uses E-Invoicing registers
    direct only if this addon has registered invoices of it in production.
    """
    companies = env["res.company"].search([("l10n_in_edi_feature", "=", True)])
    documents = env["l10n_in.irp.document"].search(
        [("environment", "=", "production"), ("company_id", "in", companies.ids)]
    )
    (companies - documents.company_id).l10n_in_irp_enabled = False
    documents.company_id._l10n_in_irp_edi_withdraw()
