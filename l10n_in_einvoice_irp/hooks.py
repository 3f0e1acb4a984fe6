def uninstall_hook(env):
    """Leave the statutory evidence: the signed answers are attachments of the invoices
    and stay; only our own settings and activities go."""
    modules = env["ir.model.data"].sudo()
    types = modules.search(
        [
            ("module", "=", "l10n_in_einvoice_irp"),
            ("model", "=", "mail.activity.type"),
        ]
    )
    activities = env["mail.activity"].sudo().with_context(active_test=False)
    activities.search([("activity_type_id", "in", types.mapped("res_id"))]).unlink()
    env["ir.config_parameter"].sudo().search(
        [("key", "=like", "l10n_in_einvoice_irp.%")]
    ).unlink()
