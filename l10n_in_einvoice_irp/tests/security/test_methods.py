from odoo.tests import tagged

from odoo.addons.rpc.controllers.xmlrpc import OdooMarshaller

from .common import IS_LONG, AttackCommon, doors
from .rights import (
    ACCOUNTANT,
    ADMINISTRATOR,
    METHODS,
    MODELS,
    NOBODY,
    ROLES,
    STRANGER,
    Door,
)

# method of Odoo -> the rights that it needs
NEEDS = {
    "create": ("create",),
    "copy": ("create",),
    "name_create": ("create",),
    "unlink": ("unlink",),
}
# Odoo's methods that a slice of the tests tries; all others with ``bin/test --long``
USUAL = {
    *("create", "write", "unlink", "copy", "name_create", "load", "action_archive"),
    *("read", "web_read", "web_save", "export_data", "get_metadata", "copy_data"),
    *("search", "search_count", "search_read", "web_search_read", "name_search"),
    *("formatted_read_group", "web_read_group", "read_progress_bar"),
    *("default_get", "onchange", "message_post", "web_override_translations"),
}
# what Odoo changes with a record
FOLLOWED = {"mail_message", "mail_activity", "ir_attachment"}
ANY_CHANGE = ("create", "write", "unlink")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestMethods(AttackCommon):
    """Generated: every public method of every model of ours, as every role."""

    def methods(self):
        """Return pairs: every model, and a public method to try."""
        others = [
            (self.env[model_name], name)
            for model_name in sorted(self.registry)
            if not model_name.startswith("l10n_in.irp.")
            for name in self.public_methods(self.env[model_name])
            if self.is_ours(self.env[model_name], name) and self.is_declarable(name)
        ]
        return others + [
            (model, name)
            for model in self.own_models()
            for name in self.public_methods(model)
            if IS_LONG or name in USUAL or self.is_ours(model, name)
        ]

    @staticmethod
    def is_declarable(name):
        """Return whether a name is not one of Odoo's for all models."""
        return name not in ("create", "write", "unlink", "default_get", "copy_data")

    def test_every_model_is_declared(self):
        missing = {model._name for model in self.own_models()} - MODELS.keys()
        self.assertFalse(
            missing, "Add these models to MODELS in tests/security/rights.py"
        )

    def test_every_method_is_declared(self):
        missing = [
            f"{model._name}.{name}"
            for model, name in self.methods()
            if self.is_ours(model, name)
            and self.is_declarable(name)
            and name not in METHODS.get(model._name, {})
        ]
        self.assertFalse(
            missing,
            "RPC reaches these methods. Add them to METHODS in "
            "tests/security/rights.py, or begin their names with '_'",
        )

    def test_no_method_is_open_to_others(self):
        opened, used = [], 0
        for model, name in self.methods():
            args, kwargs = self.arguments(model, name)
            for role in ROLES:
                attempt = self.attempt(role, model, name, args, kwargs)
                used += attempt.is_open
                if why := self.fault(role, model, name, attempt):
                    opened.append(f"{attempt.door} {why}")
        tried = self.tried.total()
        doors.info(
            "methods: %s doors tried, %s used as allowed, %s open: %s",
            *(tried, used - len(opened), len(opened), dict(self.tried)),
        )
        self.assertEqual(opened, [], "\n".join(opened))
        self.assertGreater(tried, 2000)
        self.assertGreater(used, 100, "the attacks reach nothing at all")

    def fault(self, role, model, name, attempt):
        """Return what a role has achieved that it may not; "" if nothing."""
        rights = MODELS.get(model._name)
        door = METHODS.get(model._name, {}).get(name, Door("", NOBODY))
        if role in door.roles:
            return ""
        readers = rights.read if rights else NOBODY
        if attempt.shown and role not in readers:
            return "shows what the role may not read"
        if attempt.changed - self.own_tables(role, rights, model, name):
            return f"changes {sorted(attempt.changed)}"
        return ""

    def own_tables(self, role, rights, model, name):
        """Return the tables that a role changes with a method of Odoo."""
        if role == STRANGER and model._transient and not self.is_about(model, name):
            return {model._table}
        needs = NEEDS.get(name, ANY_CHANGE)
        if not rights or not any(role in getattr(rights, need) for need in needs):
            return set()
        return FOLLOWED | {
            one._table
            for one in self.own_models()
            if one._transient or role in MODELS[one._name].write
        }

    def is_about(self, model, name):
        """Return whether a new dialog is about somebody's records; else it is empty."""
        targets = [f for f in self.stored_fields(model) if f.type == "many2one"]
        return bool(targets) and name not in ("name_create", "load")

    def test_what_our_methods_return_reaches_a_client(self):
        """XML-RPC refuses None and records after the work is done and committed."""
        marshaller = OdooMarshaller(allow_none=False)
        returned = 0
        for model, name in self.methods():
            if not self.is_ours(model, name) or not self.is_declarable(name):
                continue
            args, kwargs = self.arguments(model, name)
            for role in (ACCOUNTANT, ADMINISTRATOR):
                attempt = self.attempt(role, model, name, args, kwargs)
                if attempt.error:
                    continue
                returned += 1
                with self.subTest(attempt.door):
                    marshaller.dumps((attempt.result,))
        self.assertGreater(returned, 30)

    def test_readers_read(self):
        """Prove that the attacks would see something if they could."""
        for model in self.own_models():
            # what has no table shows no record of a company
            if not model._auto or not self.marked_fields(model):
                continue
            for role in MODELS[model._name].read:
                ids = self.victims[model._name].ids
                with self.subTest(model._name, role=role):
                    attempt = self.attempt(role, model, "read", [ids])
                    self.assertTrue(attempt.shown, attempt.error)
