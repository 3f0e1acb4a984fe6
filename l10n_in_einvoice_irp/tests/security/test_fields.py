import logging

from odoo.fields import NO_ACCESS
from odoo.tests import tagged

from .common import IS_LONG, MARK, PREFIX, THE_VALUE, AttackCommon
from .fields import FIELDS, FILLED_IN, SHARED, WRITE_ONLY
from .rights import BOOKKEEPERS, MODELS, ROLES, STRANGER

_logger = logging.getLogger(__name__)
OURS = "l10n_in_irp_"
EMPTY = (False, None, "", 0, 0.0, [])
# methods of which an error alone shows that they do not look at the value
COMPARING = ("search", "search_count", "web_read_group", "formatted_read_group")
OPERATORS = ("=", "!=", "in", ">", "like", "=like", "ilike", "not ilike")


class FieldsCommon(AttackCommon):
    def odoos_fields(self):
        """Yield pairs: a record of one of Odoo's models, and a field of ours on it."""
        for name in FIELDS:
            record = self.victims[name]
            for field in record._fields.values():
                if field.name.startswith(OURS):
                    yield record, field

    def report(self, what, used, opened):
        _logger.info(
            "%s: %s doors tried, %s used as allowed, %s open",
            *(what, self.tried.total(), used - len(opened), len(opened)),
        )
        self.assertFalse(opened, "\n".join(opened))
        self.assertGreater(used, 50, "the attacks reach nothing at all")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDeclarations(FieldsCommon):
    def test_every_field_on_odoos_models_is_declared(self):
        missing = [
            f"{name}.{field}"
            for name, model in sorted(self.registry.items())
            if not name.startswith(PREFIX) and model._auto and not model._transient
            for field in model._fields
            if field.startswith(OURS)
            and not model._fields[field].inherited
            and not any(field in names for names in FIELDS.get(name, {}).values())
        ]
        self.assertFalse(
            missing,
            "Add these fields to FIELDS in tests/security/fields.py, under the roles "
            "that may read them",
        )

    def test_every_field_that_people_fill_in_is_declared(self):
        """Every other stored field is one that only the portal or the queue fills."""
        missing = [
            str(field)
            for model in self.own_models()
            if model._auto and not model._transient
            for field in self.stored_fields(model)
            if not getattr(model, "_is_guarded", lambda name: False)(field.name)
            and not (field.related and field.readonly)
            and field.name not in FILLED_IN.get(model._name, ())
        ]
        self.assertFalse(
            missing,
            "Whoever may write the model may write these. Make them readonly "
            "(GuardedModel then guards them), or add them to FILLED_IN in "
            "tests/security/fields.py",
        )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFields(FieldsCommon):
    """Generated: every field of ours on Odoo's models, as every role."""

    def test_fields_show_nothing_to_others(self):
        opened, used = [], 0
        for record, field in self.odoos_fields():
            for role in ROLES:
                for way in self.ways_to_read(record, field.name):
                    attempt = self.attempt(role, record, *way)
                    shown = self.is_value_shown(attempt, field.name)
                    used += shown
                    if shown and not self.may_see(role, field, attempt):
                        opened.append(f"{attempt.door} {field.name}")
        self.report("reading fields", used, opened)

    @staticmethod
    def ways_to_read(record, name):
        """Return calls that show a field, or find a record by it."""
        ids, domain = record.ids, [("id", "in", record.ids), (name, "!=", False)]
        group = {"domain": domain, "groupby": [name], "aggregates": ["__count"]}
        ways = [
            ("read", [ids, [name]]),
            ("search", [domain]),
            ("formatted_read_group", [], group),
        ]
        if IS_LONG:
            ways += [
                ("web_read", [ids], {"specification": {name: {}}}),
                ("export_data", [ids, [name]]),
                ("search_read", [], {"domain": domain, "fields": [name]}),
                ("search_count", [domain]),
                ("web_read_group", [], group),
            ]
        return ways

    @staticmethod
    def is_value_shown(attempt, name):
        """Return whether an attempt has shown a field's value, or found by it."""
        if attempt.shown or not attempt.result:
            return attempt.shown
        rows = attempt.result
        if isinstance(rows, dict):
            rows = [{name: row[0]} for row in rows.get("datas", [])] or rows["groups"]
        return any(isinstance(row, dict) and row.get(name) not in EMPTY for row in rows)

    @staticmethod
    def may_see(role, field, attempt):
        model = field.model_name
        if role == STRANGER:
            return model in SHARED and MARK not in repr(attempt.result)
        return any(
            role in roles and field.name in names
            for roles, names in FIELDS[model].items()
        )

    def test_fields_are_written_by_those_alone_who_fill_them_in(self):
        opened, used = [], 0
        for record, field in self.odoos_fields():
            for role in ROLES:
                for way in self.ways_to_write(record, field):
                    attempt = self.attempt(role, record, *way, watch=field.name)
                    # Odoo notes who has saved the record, whatever he saved
                    changed = {
                        what
                        for what in attempt.changed
                        if what == THE_VALUE or what.startswith(OURS)
                    }
                    used += bool(changed)
                    if changed and not self.may_write(role, field):
                        opened.append(f"{attempt.door} {field.name}")
        self.report("writing fields", used, opened)

    def ways_to_write(self, record, field):
        """Return calls that change a field of a record."""
        ids, value = record.ids, self.forged(field)
        if not field.column_type and field.store:
            value = [(5,)]
        head = field.name if field.type != "many2one" else f"{field.name}/.id"
        ways = [("write", [ids, {field.name: value}])]
        if IS_LONG:
            ways += [
                ("web_save", [ids, {field.name: value}, {}]),
                ("load", [[".id", head], [[str(record.id), str(value)]]]),
            ]
        return ways

    @staticmethod
    def may_write(role, field):
        model = field.model_name
        if field.type in ("one2many", "many2many"):
            return role in MODELS[field.comodel_name].unlink
        if field.name not in FILLED_IN.get(model, ()):
            return False
        return role in BOOKKEEPERS or (role == STRANGER and model in SHARED)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOracles(FieldsCommon):
    """A value that a role may not read is found, sorted and grouped by it neither."""

    def test_secrets_are_no_oracle(self):
        secrets = [
            (self.victims[model._name], field.name)
            for model in self.own_models()
            for field in model._fields.values()
            if field.groups == NO_ACCESS
            or field.name in WRITE_ONLY.get(model._name, ())
        ]
        self.assertTrue(secrets)
        opened = []
        for record, name in secrets:
            for role in ROLES:
                for way in self.oracles(record, name):
                    attempt = self.attempt(role, record, *way)
                    # who finds no record at all may sort and group what he finds
                    compares = way[0] in COMPARING and not attempt.error
                    reads = role in MODELS[record._name].read
                    if attempt.shown or (compares and reads):
                        opened.append(f"{attempt.door} {way[1:]}")
        self.report("oracles", self.tried.total(), opened)

    @staticmethod
    def oracles(record, name):
        """Return calls that would show a secret, or compare with it."""
        groups = {"domain": [], "groupby": [name], "aggregates": ["__count"]}
        domains = [[(name, operator, MARK)] for operator in OPERATORS]
        return [
            ("read", [record.ids, [name]]),
            ("web_read", [record.ids], {"specification": {name: {}}}),
            ("export_data", [record.ids, [name]]),
            ("search_read", [], {"domain": [], "fields": [name]}),
            ("search", [[]], {"order": f"{name} desc"}),
            ("web_read_group", [], groups),
            ("formatted_read_group", [], {"domain": [], "aggregates": [f"{name}:max"]}),
            *(("search_count", [domain]) for domain in domains),
        ]

    def test_paths_lead_to_nothing_hidden(self):
        """An invoice that its customer may read is no way to its registration."""
        opened = []
        move = self.victims["account.move"]
        for name in self.marked_fields(self.victims["l10n_in.irp.document"]):
            for path in ("l10n_in_irp_document_id", "l10n_in_irp_document_ids"):
                domain = [("id", "=", move.id), (f"{path}.{name}", "=", MARK)]
                for role in ("portal", "employee", STRANGER):
                    attempt = self.attempt(role, move, "search", [domain])
                    if attempt.shown:
                        opened.append(f"{role}: {path}.{name}")
        self.report("paths", self.tried.total(), opened)
