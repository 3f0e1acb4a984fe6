{
    "name": "India - e-Invoicing direct with the IRP, beside E-waybill",
    "summary": "One invoice, one e-way bill, where Odoo's own E-waybill for India is "
    "installed as well",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations/EDI",
    "author": "l10n_in_einvoice_irp contributors",
    "website": "https://ewaybillgst.gov.in",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["l10n_in_einvoice_irp", "l10n_in_ewaybill"],
    # no "countries": it must be installed wherever both addons are, even before a
    # company is in India
    "auto_install": True,
    "data": [
        "views/account_move_views.xml",
        "views/ewaybill_views.xml",
        "report/report_invoice.xml",
    ],
}
