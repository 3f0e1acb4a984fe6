{
    "name": "India - e-Way Bills of Stock Transfers",
    "summary": "e-Way Bills of transfers without an invoice: to a branch or a job "
    "worker, and back",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations/EDI",
    "author": "l10n_in_einvoice_irp contributors",
    "website": "https://ewaybillgst.gov.in",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["l10n_in_einvoice_irp", "l10n_in_stock"],
    # no "countries": it must be installed wherever both addons are, even before a
    # company is in India
    "auto_install": True,
    "data": [
        "views/ewaybill_views.xml",
        "views/stock_picking_views.xml",
        "views/menus.xml",
    ],
}
