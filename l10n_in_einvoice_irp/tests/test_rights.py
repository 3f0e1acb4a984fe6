from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ..models.rights import MANAGER, USER
from .common import IrpCommon

REASON = {"reason": "2", "remark": "Data Entry Mistake"}


class RightsCommon(IrpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_a.sudo().l10n_in_hsn_code = "820750"

    def user_of(self, login, groups, companies=None):
        companies = companies or self.default_company
        return new_test_user(
            self.env(su=True),
            login,
            groups=groups,
            company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)],
        )

    def registered(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        self.process()
        self.assertEqual(move.l10n_in_irp_state, "registered", move.l10n_in_irp_error)
        return move

    def cancel(self, record):
        """Cancel an invoice's IRN or an e-way bill in its dialog."""
        is_move = record._name == "account.move"
        opened = record.button_request_cancel if is_move else record.action_cancel
        action = opened()
        wizard = record.env[action["res_model"]].browse(action["res_id"])
        wizard.write(REASON)
        wizard.action_cancel()

    def limit_cancelling(self):
        self.default_company.sudo().l10n_in_irp_managers_cancel = True

    def ewaybill(self, move):
        action = move.action_l10n_in_irp_ewaybill()
        ewaybill = self.env[action["res_model"]].browse(action["res_id"])
        ewaybill.write({"vehicle_number": "MH12AB1234", "distance": 0})
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        return ewaybill


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRights(RightsCommon):
    # ------------------------------------------------------------------
    # Who has which right
    # ------------------------------------------------------------------

    def test_todays_accountants_have_the_rights(self):
        for groups, is_user, is_manager in (
            ("account.group_account_invoice", True, False),
            ("account.group_account_user", True, False),
            ("account.group_account_manager", True, True),
            ("account.group_account_readonly", False, False),
            ("base.group_system", False, False),
            ("base.group_user", False, False),
            (MANAGER, True, True),
        ):
            user = self.user_of(f"irp_{groups}", groups)
            with self.subTest(groups):
                self.assertEqual(user.has_group(USER), is_user)
                self.assertEqual(user.has_group(MANAGER), is_manager)

    def test_rights_are_a_choice_of_the_users_form(self):
        privilege = self.env.ref("l10n_in_einvoice_irp.privilege_einvoice").sudo()
        self.assertEqual(privilege.name, "e-Invoice (India)")
        self.assertEqual(privilege.group_ids.mapped("name"), ["User", "Manager"])

    def without_right(self):
        """Return an accountant whose group does not give the right any more."""
        group = self.env.ref("account.group_account_invoice").sudo()
        group.implied_ids -= self.env.ref(USER)
        return self.user_of("irp_plain", "account.group_account_invoice")

    def test_without_the_right_no_method_works(self):
        move = self.registered()
        ewaybill = self.ewaybill(move)
        user = self.without_right()
        self.assertTrue(move.with_user(user).has_access("write"))
        for record, name in (
            (move, "action_l10n_in_irp_register"),
            (move, "action_l10n_in_irp_refresh"),
            (move, "action_l10n_in_irp_cancel_move"),
            (move, "action_l10n_in_irp_settle"),
            (move, "action_l10n_in_irp_import_again"),
            (move, "button_request_cancel"),
            (ewaybill, "action_generate"),
            (ewaybill, "action_refresh"),
            (ewaybill, "action_cancel"),
            (move.l10n_in_irp_document_id, "action_process"),
        ):
            with (
                self.subTest(name, model=record._name),
                self.assertRaisesRegex(AccessError, "User|Manager|allowed|access"),
            ):
                getattr(record.with_user(user), name)()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        with self.assertRaises(AccessError):
            self.env["l10n_in.irp.taxpayer"].with_user(user)._check_lookup_allowed()

    def test_without_the_right_posting_registers_all_the_same(self):
        user = self.without_right()
        move = self.make_invoice(post=False).with_user(user)
        move.action_post()
        self.process()
        self.assertEqual(move.sudo().l10n_in_irp_state, "registered")
        with Form(move) as form:
            self.assertEqual(form.name, move.name)

    # ------------------------------------------------------------------
    # Managers alone
    # ------------------------------------------------------------------

    def test_what_managers_alone_may(self):
        move = self.registered()
        for name in ("l10n_in.irp.import", "l10n_in.irp.settle"):
            with self.subTest(name), self.assertRaises(AccessError):
                self.env[name].create({})
        for name in ("action_l10n_in_irp_settle", "action_l10n_in_irp_import_again"):
            with self.subTest(name), self.assertRaisesRegex(AccessError, "Manager"):
                getattr(move, name)()
        # nor past the dialog
        with self.assertRaisesRegex(AccessError, "Manager"):
            move._l10n_in_irp_import(None, None)
        with self.assertRaisesRegex(AccessError, "Manager"):
            move.l10n_in_irp_document_id._settle("active", "Seen", {})

    def test_menus_are_for_who_may_use_them(self):
        menu = self.env.ref("l10n_in_einvoice_irp.menu_l10n_in_irp_import")
        manager = self.user_of("irp_boss", f"account.group_account_invoice,{MANAGER}")
        for user, is_shown in ((self.accountant, False), (manager, True)):
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            self.assertEqual(menu.id in visible, is_shown, user.login)

    def test_environment_is_for_managers_and_administrators(self):
        company = self.default_company
        access = "base.group_erp_manager"
        values = (
            {"l10n_in_irp_environment": "sandbox"},
            {"l10n_in_irp_managers_cancel": True},
        )
        clerk = self.user_of("irp_access", access)
        for vals in values:
            with self.subTest(vals), self.assertRaisesRegex(AccessError, "Manager"):
                company.with_user(clerk).write(vals)
        creation = f"{access},base.group_partner_manager"
        creator = self.user_of("irp_creator", creation)
        with self.assertRaisesRegex(AccessError, "Manager"):
            self.env["res.company"].with_user(creator).create(
                {"name": "New", "l10n_in_irp_environment": "production"}
            )
        company.with_user(clerk).write({"l10n_in_irp_environment": "demo"})
        for login, groups in (
            ("irp_both", f"{access},{MANAGER}"),
            ("irp_system", "base.group_system"),
        ):
            user = self.user_of(login, groups)
            for vals in values:
                company.with_user(user).write(vals)
            company.sudo().write({"l10n_in_irp_environment": "demo"})

    # ------------------------------------------------------------------
    # Cancelling
    # ------------------------------------------------------------------

    def test_users_cancel_unless_the_company_decides_otherwise(self):
        move = self.registered()
        self.cancel(self.ewaybill(move))
        self.cancel(move)
        self.assertEqual(move.l10n_in_irp_state, "cancelled")

    def test_company_lets_managers_alone_cancel(self):
        move = self.registered()
        ewaybill = self.ewaybill(move)
        self.limit_cancelling()
        for record in (move, ewaybill):
            with self.assertRaisesRegex(AccessError, "Manager"):
                self.cancel(record)
        # nor with a dialog that was open before, nor past it
        for name, values in (
            ("l10n_in.irp.cancel", {"move_id": move.id}),
            ("l10n_in.irp.ewaybill.cancel", {"ewaybill_id": ewaybill.id}),
        ):
            wizard = self.env[name].create({**values, **REASON})
            if name == "l10n_in.irp.cancel":
                self.forge(ewaybill, state="cancelled")
            with self.subTest(name), self.assertRaisesRegex(AccessError, "Manager"):
                wizard.action_cancel()
            self.forge(ewaybill, state="registered")
        with self.assertRaisesRegex(AccessError, "Manager"):
            ewaybill._request_cancel("2", "Mistake")
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertEqual(ewaybill.state, "registered")
        self.become_manager()
        self.cancel(ewaybill)
        self.cancel(move)
        self.assertEqual(move.l10n_in_irp_state, "cancelled")

    def test_banner_offers_no_cancellation_that_is_refused(self):
        move = self.registered()
        document = move.l10n_in_irp_document_id.sudo()
        document.write(
            {
                "cancel_notice": "open",
                "cancel_asked_at": "2026-01-15 06:30:00",
                "cancel_user_id": self.accountant.id,
            }
        )
        self.assertEqual(self.banner(move)["action_text"], "Cancel Again")
        self.limit_cancelling()
        self.assertNotIn("action_text", self.banner(move))

    def banner(self, move):
        return move._get_alerts()["l10n_in_irp"]


@tagged("post_install_l10n", "post_install", "-at_install")
class TestCompanies(RightsCommon):
    """Branches, and users of several companies."""

    def branch(self):
        branch = (
            self.env["res.company"]
            .sudo()
            .create(
                {
                    "name": "Branch",
                    "parent_id": self.default_company.id,
                    "vat": self.default_company.vat,
                    "l10n_in_irp_enabled": True,
                    "street": "1 Dock Road",
                    "city": self.default_company.city,
                    "zip": self.default_company.zip,
                    "state_id": self.default_company.state_id.id,
                    "country_id": self.default_company.country_id.id,
                }
            )
        )
        self.cr.precommit.run()
        return branch

    def test_user_of_a_branch(self):
        branch = self.branch()
        groups = "account.group_account_invoice"
        user = self.user_of("irp_branch", groups, branch)
        parents = self.registered()
        moves = self.env["account.move"].sudo()
        move = moves.create(self.branch_values(branch)).with_user(user)
        move.action_post()
        self.process()
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "registered", document.error)
        self.assertEqual(document.company_id, branch)
        theirs = self.env["l10n_in.irp.document"].with_user(user)
        self.assertEqual(theirs.search([]), document)
        for method in ("button_request_cancel", "action_l10n_in_irp_refresh"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(parents.with_user(user), method)()
        # each company chooses for itself who cancels
        self.limit_cancelling()
        self.cancel(move)
        self.assertEqual(move.l10n_in_irp_state, "cancelled")

    def branch_values(self, branch):
        line = {
            "product_id": self.product_a.id,
            "price_unit": 1000.0,
            "tax_ids": [Command.set(self.sgst_sale_18.ids)],
        }
        return {
            "move_type": "out_invoice",
            "company_id": branch.id,
            "partner_id": self.partner_a.id,
            "invoice_date": "2026-01-15",
            "invoice_line_ids": [Command.create(line)],
        }

    def test_user_of_two_companies_works_for_the_chosen_one(self):
        ours = self.registered()
        both = self.default_company | self.outside_in_company
        groups = f"account.group_account_invoice,{MANAGER}"
        user = self.user_of("irp_two", groups, both)
        documents = self.env["l10n_in.irp.document"].with_user(user)
        seen = {
            company: documents.with_context(allowed_company_ids=company.ids).search([])
            for company in both
        }
        self.assertEqual(seen[self.default_company], ours.l10n_in_irp_document_id)
        self.assertFalse(seen[self.outside_in_company])
        elsewhere = {"allowed_company_ids": self.outside_in_company.ids}
        with self.assertRaises(AccessError):
            ours.with_user(user).with_context(**elsewhere).button_request_cancel()
        imports = self.env["l10n_in.irp.import"].with_user(user)
        with self.assertRaises(AccessError):
            imports.with_context(**elsewhere).create(
                {"company_id": self.default_company.id, "file": b"e30="}
            )
        here = {"allowed_company_ids": both.ids}
        self.cancel(ours.with_user(user).with_context(**here))
        self.assertEqual(ours.l10n_in_irp_state, "cancelled")
