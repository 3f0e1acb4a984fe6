"""Open a record whose data is to be corrected."""


def open_to_correct(record):
    """Return the action that opens a record whose data is to be corrected."""
    env = record.env
    record.check_access("read")
    if record._name != "account.move.line":
        return record._get_records_action(name=env._("Correct the data"))
    # invoice lines have no form; l10n_in lists them with their HSN
    view = env.ref("l10n_in.view_move_line_tree_hsn_l10n_in")
    return record._get_records_action(
        name=env._("Correct the invoice line"),
        context={"l10n_in_irp_gst_rate": record.l10n_in_irp_has_formula_gst},
        views=[(view.id, "list")],
        domain=[("id", "=", record.id)],
    )
