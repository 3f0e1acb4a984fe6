def uninstall_hook(env):
    """Leave the statutory evidence: the signed answers are attachments of the invoices
    and stay; only our own settings go."""
    env["ir.config_parameter"].sudo().search(
        [("key", "=like", "l10n_in_einvoice_irp.%")]
    ).unlink()
