{
    "name": "India - e-Invoicing direct with the IRP, beside E-Invoicing",
    "summary": "One invoice, one registration, where Odoo's own E-Invoicing for India "
    "is installed as well",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations/EDI",
    "author": "l10n_in_einvoice_irp contributors",
    "website": "https://einvoice1.gst.gov.in",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["l10n_in_einvoice_irp", "l10n_in_edi"],
    # no "countries": it must be installed wherever both addons are, even before a
    # company is in India
    "auto_install": True,
    "data": [
        "views/account_move_views.xml",
        "views/guide_views.xml",
        "views/res_config_settings_views.xml",
        "report/report_invoice.xml",
    ],
    "post_init_hook": "post_init_hook",
}
