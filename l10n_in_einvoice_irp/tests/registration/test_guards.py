from datetime import timedelta
from itertools import product

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import new_test_user, tagged

from ...models.guarded import GuardedModel
from ..common import IrpCommon

LINK = "l10n_in_irp_document_id"
PREFIX = "l10n_in.irp."
# what an onchange asks to be shown of an invoice that is not saved
SHOWN = ("l10n_in_irp_irn", "l10n_in_irp_signed_invoice", "l10n_in_irp_status")


class GuardCommon(IrpCommon):
    """A registered invoice, and users who may do more than they should."""

    def setUp(self):
        super().setUp()
        self.move = self.make_invoice()
        self.process()
        self.document = self.move.l10n_in_irp_document_id

    def user_of(self, login, groups, company):
        return new_test_user(
            self.env(su=True),
            login,
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def system_administrator(self):
        groups = "base.group_system,account.group_account_manager"
        return self.user_of("irp_system", groups, self.default_company)

    def other_administrator(self):
        groups = "base.group_system,account.group_account_manager"
        return self.user_of("irp_other", groups, self.outside_in_company)

    def grant_everything(self, user, names):
        """Grant a user all rights on models, as an administrator can grant himself."""
        group = self.env["res.groups"].sudo().create({"name": "Everything"})
        user.sudo().group_ids += group
        self.env["ir.model.access"].sudo().create(
            [
                {
                    "name": f"all of {name}",
                    "model_id": self.env["ir.model"].sudo()._get_id(name),
                    "group_id": group.id,
                    **dict.fromkeys(
                        ("perm_read", "perm_write", "perm_create", "perm_unlink"), True
                    ),
                }
                for name in names
            ]
        )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLink(GuardCommon):
    def refused(self):
        return self.assertRaisesRegex(AccessError, "only the IRP's responses")

    def attackers(self):
        return self.accountant, self.system_administrator()

    def draft(self, user):
        return self.make_invoice(post=False).with_user(user)

    def test_nobody_writes_the_link(self):
        for user, value in product(self.attackers(), (self.document.id, False)):
            for move in (self.draft(user), self.move.with_user(user)):
                with self.subTest(user.login, value=value, move=move), self.refused():
                    move.write({LINK: value})
        with self.refused():
            self.draft(self.accountant).sudo().write({LINK: self.document.id})

    def test_no_new_invoice_has_a_link(self):
        for user in self.attackers():
            moves = self.env["account.move"].with_user(user)
            values = {"move_type": "out_invoice", "partner_id": self.partner_a.id}
            with self.subTest(user.login), self.refused():
                moves.create({**values, LINK: self.document.id})
            defaults = {f"default_{LINK}": self.document.id}
            with self.subTest(user.login), self.refused():
                moves.with_context(**defaults).create(values)
            self.assertNotIn(LINK, moves.with_context(**defaults).default_get([LINK]))
            self.assertFalse(moves.create({**values, LINK: False})[LINK])
            with self.subTest(user.login), self.refused():
                self.move.with_user(user).copy({LINK: self.document.id})
            self.assertFalse(self.move.with_user(user).copy()[LINK])

    def test_a_users_default_makes_no_link(self):
        self.env["ir.default"].sudo().set("account.move", LINK, self.document.id)
        self.assertFalse(self.make_invoice(post=False)[LINK])

    def test_an_import_makes_no_link(self):
        for user in self.attackers():
            move = self.draft(user)
            head = [".id", f"{LINK}/.id"]
            result = move.load(head, [[str(move.id), str(self.document.id)]])
            self.assertFalse(result["ids"])
            self.assertFalse(move[LINK])

    def test_commands_make_no_link(self):
        move = self.draft(self.accountant)
        partner = self.partner_a.with_user(self.accountant)
        for command in (
            Command.update(move.id, {LINK: self.document.id}),
            Command.create({"move_type": "out_invoice", LINK: self.document.id}),
        ):
            with self.subTest(command=command), self.refused():
                partner.sudo().write({"invoice_ids": [command]})
        for command in (
            Command.link(self.document.id),
            Command.update(self.document.id, {"irn": "a" * 64}),
            Command.create({"irn": "a" * 64}),
            Command.unlink(self.document.id),
            Command.delete(self.document.id),
            Command.clear(),
        ):
            owner = move if command[0] == Command.LINK else self.move
            with self.subTest(command=command), self.assertRaises(UserError):
                owner.write({"l10n_in_irp_document_ids": [command]})
        self.assertEqual(self.document.move_id, self.move)

    def test_an_unsaved_form_shows_no_others_registration(self):
        stranger = self.other_administrator()
        self.env["account.journal"].sudo().create(
            {
                "name": "Sales",
                "code": "SALE",
                "type": "sale",
                "company_id": self.outside_in_company.id,
            }
        )
        spec = {name: {} for name in SHOWN}
        moves = self.env["account.move"].with_user(stranger)
        for names in ([], [LINK]):
            values = {"move_type": "out_invoice", LINK: self.document.id}
            shown = moves.onchange(values, names, {LINK: {}, **spec})["value"]
            with self.subTest(names=names):
                self.assertNotIn(self.document.irn, str(shown))
                self.assertFalse(shown.get("l10n_in_irp_irn"))
        shown = (
            self.env["res.partner"]
            .with_user(stranger)
            .onchange(
                {"invoice_ids": [Command.create(values)]},
                ["invoice_ids"],
                {"invoice_ids": {"fields": spec}},
            )
        )
        self.assertNotIn(self.document.irn, str(shown))

    def test_a_renamed_invoice_is_found_without_its_link(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET l10n_in_irp_document_id = NULL WHERE id = %s",
            [self.move.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.move[LINK])
        with self.assertRaisesRegex(UserError, "cannot renumber"):
            self.move.name = "INV/OTHER/1"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFilledByCode(GuardCommon):
    """Generated: every model of the addon, and every field that only code fills in."""

    def guarded_models(self):
        return [
            self.env[name]
            for name, model in sorted(self.registry.items())
            if issubclass(model, GuardedModel) and not model._abstract
        ]

    def samples(self, model):
        """Return a record of a model, made by code as the portal's answers make it."""
        make = {
            "l10n_in.irp.circuit.breaker": {
                "environment": "sandbox",
                "gstin": self.default_company.vat,
                "base_url": "https://portal.example",
            },
            "l10n_in.irp.credential": {
                "company_id": self.default_company.id,
                "username": "user",
                "password": "secret",
                "client_id": "client",
                "client_secret": "secret",
                "auth_key": self.auth_key(),
            },
            "l10n_in.irp.ewaybill": {"move_id": self.move.id},
            "l10n_in.irp.health": {
                "environment": "demo",
                "base_url": "https://demo.example",
            },
            "l10n_in.irp.taxpayer": {
                "company_id": self.default_company.id,
                "environment": "demo",
                "gstin": self.default_company.vat,
                "asked_at": "2026-01-15 06:00:00",
                "source": "get",
            },
        }
        if model._name == "l10n_in.irp.tally":
            model.sudo()._start()
        if model._name == "l10n_in.irp.ewaybill.step":
            bill = self.samples(self.env["l10n_in.irp.ewaybill"])
            here = {"ewaybill_id": bill.id, "environment": "demo"}
            make[model._name] = {**here, "kind": "part_b", "state": "rejected"}
        if model._name == "l10n_in.irp.seal":
            with freeze_time(self.env.cr.now() + timedelta(days=2)):
                model._cron_seal()
        found = model.sudo().search([], limit=1)
        if not found and model._name in make:
            return model.sudo().create(make[model._name])
        return found

    def forged(self, field, record):
        """Return a value of the field's type that is not the record's."""
        values = {
            "boolean": not record[field.name],
            "integer": 4711,
            "date": "2020-01-01",
            "datetime": "2020-01-01 00:00:00",
            "many2one": 1,
            "many2one_reference": 1,
        }
        if field.type == "selection":
            return field.get_values(self.env)[-1]
        return values.get(field.type, "forged")

    def portal_fields(self, model):
        """Return the stored fields that no form lets anybody fill in."""
        return [
            field
            for field in model._fields.values()
            if field.store
            and field.column_type
            and (field.readonly or model._is_filled_by_code)
            and field.name not in MAGIC_COLUMNS
        ]

    def test_no_model_with_portals_fields_is_forgotten(self):
        """Every model with a table has the guard, unless people alone fill it in."""
        by_hand = {"l10n_in.irp.supporting.document"}
        kept = {
            name
            for name, model in self.registry.items()
            if name.startswith(PREFIX) and model._auto and not model._transient
        }
        guarded = {model._name for model in self.guarded_models()}
        self.assertEqual(kept - guarded, by_hand)

    def test_administrators_with_every_right_fill_nothing_in(self):
        administrator = self.system_administrator()
        guarded = self.guarded_models()
        self.grant_everything(administrator, [model._name for model in guarded])
        tried = 0
        for model in guarded:
            record = self.samples(model)
            for field in self.portal_fields(model):
                value = self.forged(field, record)
                tried += self.try_field(model.with_user(administrator), record, field)
                with self.subTest(model=model._name, field=field.name):
                    self.assert_default_is_ignored(model, field, value)
        self.assertGreater(tried, 300)

    def try_field(self, model, record, field):
        """Try every way to fill a field in; return how many there were."""
        value = self.forged(field, record)
        theirs = record.with_user(model.env.user)
        ways = [lambda: model.create({field.name: value})]
        if record:
            ways += [
                lambda: theirs.write({field.name: value}),
                lambda: theirs.write({field.name: False}),
                lambda: theirs.web_save({field.name: value}, {}),
                lambda: theirs.copy({field.name: value}),
            ]
        for number, way in enumerate(ways):
            with (
                self.subTest(model=model._name, field=field.name, way=number),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                way()
        return len(ways)

    def assert_default_is_ignored(self, model, field, value):
        context = {f"default_{field.name}": value}
        values = model.sudo().with_context(**context).default_get([field.name])
        self.assertNotEqual(values.get(field.name, "none"), value)

    def test_administrators_delete_nothing(self):
        administrator = self.system_administrator()
        filled = [m for m in self.guarded_models() if m._is_filled_by_code]
        self.grant_everything(administrator, [model._name for model in filled])
        for model in filled:
            record = self.samples(model).with_user(administrator)
            self.assertTrue(record, model._name)
            with self.subTest(model._name), self.assertRaises(UserError):
                record.unlink()

    def test_imports_fill_nothing_in(self):
        administrator = self.system_administrator()
        guarded = self.guarded_models()
        self.grant_everything(administrator, [model._name for model in guarded])
        for model in guarded:
            record = self.samples(model)
            theirs = model.with_user(administrator)
            for field in self.portal_fields(model):
                if not record or field.type in ("many2one", "many2one_reference"):
                    continue
                row = [str(record.id), str(self.forged(field, record))]
                with self.subTest(model=model._name, field=field.name):
                    self.assertFalse(theirs.load([".id", field.name], [row])["ids"])

    def test_an_unsaved_form_shows_no_others_ewaybill(self):
        stranger = self.other_administrator()
        names = ("irn", "partner_id", "document_id", "display_name")
        self.grant_everything(stranger, ["l10n_in.irp.ewaybill"])
        bills = self.env["l10n_in.irp.ewaybill"].with_user(stranger)
        spec = {name: {} for name in names}
        for changed in ([], ["move_id"]):
            shown = bills.onchange({"move_id": self.move.id}, changed, spec)
            self.assertNotIn(self.document.irn, str(shown))
            self.assertNotIn(self.move.name, str(shown))
