{
    "name": "India - e-Invoicing direct with the IRP, by jobs of Job Queue",
    "summary": "Registers invoices by jobs on all workers and hosts, where OCA's Job "
    "Queue is installed as well",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations/EDI",
    "author": "l10n_in_einvoice_irp contributors",
    "website": "https://einvoice1.gst.gov.in",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["l10n_in_einvoice_irp", "queue_job"],
    # no "countries": it must be installed wherever both addons are, even before a
    # company is in India
    "auto_install": True,
    "data": ["data/queue_job.xml"],
    "uninstall_hook": "uninstall_hook",
}
