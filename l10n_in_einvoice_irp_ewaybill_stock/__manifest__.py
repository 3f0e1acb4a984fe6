{
    "name": "India - e-Way Bills of Stock Transfers, beside E-waybill Stock",
    "summary": "One stock transfer, one e-way bill, where Odoo's own E-waybill Stock "
    "for India is installed as well",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations/EDI",
    "author": "l10n_in_einvoice_irp contributors",
    "website": "https://ewaybillgst.gov.in",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": [
        "l10n_in_einvoice_irp_ewaybill",
        "l10n_in_einvoice_irp_stock",
        "l10n_in_ewaybill_stock",
    ],
    # no "countries": it must be installed wherever the others are, even before a
    # company is in India
    "auto_install": True,
    "data": [
        "views/stock_picking_views.xml",
    ],
}
