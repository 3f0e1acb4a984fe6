def post_init_hook(env):
    """Leave a company that uses Odoo's own E-Invoicing with it.

    Every company begins with registering direct, in the demo environment. Who came
    with E-Invoicing at work would find its invoices registered nowhere. Only a company
    whose invoices this addon has registered in production stays with it.
    """
    companies = env["res.company"].search([("l10n_in_edi_feature", "=", True)])
    documents = env["l10n_in.irp.document"].search(
        [("environment", "=", "production"), ("company_id", "in", companies.ids)]
    )
    (companies - documents.company_id).l10n_in_irp_enabled = False
    documents.company_id._l10n_in_irp_edi_withdraw()
