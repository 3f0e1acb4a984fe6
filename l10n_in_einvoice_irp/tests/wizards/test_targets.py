from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...wizards.targets import CheckedDialog
from ..registration.test_guards import GuardCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTargets(GuardCommon):
    """Generated: every dialog, and every field of it that names another's record."""

    def targets(self):
        """Return pairs: a dialog's many2one field, and a record of the company."""
        records = {
            "account.move": self.move,
            "l10n_in.irp.document": self.document,
            "l10n_in.irp.ewaybill": self.env["l10n_in.irp.ewaybill"]
            .sudo()
            .create({"move_id": self.move.id}),
        }
        return [
            (field, records[field.comodel_name])
            for _name, model in sorted(self.registry.items())
            if issubclass(model, CheckedDialog) and not model._abstract
            for field in model._fields.values()
            if field.store and field.type == "many2one"
            if field.comodel_name in records
        ]

    def test_every_dialog_has_the_check(self):
        for name, model in self.registry.items():
            if name.startswith("l10n_in.irp.") and model._transient:
                self.assertTrue(issubclass(model, CheckedDialog), name)

    def test_no_dialog_is_about_another_companys_records(self):
        stranger = self.other_administrator()
        targets = self.targets()
        self.assertGreater(len(targets), 6)
        for field, record in targets:
            dialogs = self.env[field.model_name].with_user(stranger)
            values = {field.name: record.id}
            forms = (
                lambda dialogs=dialogs, values=values: dialogs.new(values),
                lambda dialogs=dialogs, values=values: dialogs.onchange(
                    values, list(values), {name: {} for name in values}
                ),
            )
            for number, form in enumerate(forms):
                with (
                    self.subTest(field=str(field), way=number),
                    self.assertRaises(AccessError),
                ):
                    form()

    def test_no_button_acts_on_another_companys_invoice(self):
        move = self.move.with_user(self.other_administrator())
        for name in (
            "button_request_cancel",
            "action_l10n_in_irp_register",
            "action_l10n_in_irp_refresh",
            "action_l10n_in_irp_settle",
            "action_l10n_in_irp_cancel_move",
            "action_l10n_in_irp_ewaybill",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(move, name)()

    def test_no_dialog_works_for_a_company_that_is_not_chosen(self):
        """An administrator may read all companies, and works for those he chose."""
        stranger = self.other_administrator()
        values = {"company_id": self.default_company.id}
        for name, action in (
            ("l10n_in.irp.compare", "action_compare"),
            ("l10n_in.irp.import", "action_import"),
            ("l10n_in.irp.gstin.check", "action_check"),
            ("l10n_in.irp.gstin.check", "action_continue"),
        ):
            dialogs = self.env[name].with_user(stranger)
            with self.subTest(name), self.assertRaisesRegex(UserError, "active"):
                dialogs.create(values)
            # made when the company was still active
            dialog = dialogs.sudo().create(values).sudo(False)
            with (
                self.subTest(action, model=name),
                self.assertRaisesRegex(UserError, "active companies"),
            ):
                getattr(dialog, action)()
