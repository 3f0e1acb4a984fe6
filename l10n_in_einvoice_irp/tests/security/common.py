import inspect
import logging
import os
from collections import Counter
from typing import Any, NamedTuple

from odoo import Command
from odoo.models import MAGIC_COLUMNS
from odoo.service.model import call_kw
from odoo.tests import new_test_user
from odoo.tools import SQL

from ..common import FaultyTransport, IrpCommon
from .rights import PORTAL, ROLES, STRANGER

doors = logging.getLogger(f"{__name__}.doors")
# the figures are for the report of a run, whatever Odoo's log shows
doors.setLevel(logging.INFO)
# the slice of the tests leaves out what differs little
IS_LONG = bool(os.environ.get("IRP_LONG"))
ADDON = "odoo.addons.l10n_in_einvoice_irp"
PREFIX = "l10n_in.irp."
# in every text of the attacked company's records, so that it shows where it leaks
MARK = "zqMARKzq"
THE_VALUE = "the value"
# texts by which code finds records, or that it reads as JSON
UNMARKED = {"gstin", "base_url", "request", "res_model", "error_model", "kid", "irn"}
# Odoo's tables with data that an attack may change
ODOOS_TABLES = (
    "account_move",
    "account_move_line",
    "ir_attachment",
    "mail_activity",
    "mail_message",
    "product_product",
    "product_template",
    "account_tax",
    "res_company",
    "res_partner",
)
SEARCHES = (
    "search",
    "search_count",
    "search_read",
    "web_search_read",
    "name_search",
    "web_name_search",
)
# parameters of public methods, by what an attacker passes
LISTS = ("fields", "field_names", "fields_to_export", "fnames", "allfields")
SPECIFICATIONS = ("specification", "fields_spec")


class Attempt(NamedTuple):
    """The result of an attacker's call, and the tables that it has changed."""

    door: str
    error: str = ""
    result: Any = None
    shown: bool = False
    changed: frozenset[str] = frozenset()

    @property
    def is_open(self):
        return self.shown or bool(self.changed)


class Undo(Exception):
    """Takes an attack back, and carries what it has done."""


class AttackCommon(IrpCommon):
    """A company with one record of each model, and attackers of every role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls.user_of(role, groups) for role, groups in ROLES.items()}
        cls.tried = Counter()

    @classmethod
    def user_of(cls, role, groups):
        is_stranger = role == STRANGER
        company = cls.outside_in_company if is_stranger else cls.default_company
        user = new_test_user(
            cls.env(su=True),
            f"irp_{role}_attacker",
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        if role == PORTAL:
            user.partner_id.parent_id = cls.partner_a.sudo()
        return user

    def setUp(self):
        super().setUp()
        self.env = self.env(user=self.users["accountant"])
        self.victims = {}
        self.make_victims()
        self.mark_victims()

    # -- the attacked company's records -----------------------------------------------

    def make_victims(self):
        """Make one record of each model, as the accountant's work leaves them."""
        for shared in (self.partner_a, self.product_a):
            shared.sudo().company_id = self.default_company
        move = self.make_invoice()
        self.process()
        document = move.l10n_in_irp_document_id
        ewaybill = self.env["l10n_in.irp.ewaybill"].sudo().create({"move_id": move.id})
        self.keep(move, move.invoice_line_ids, move.company_id, self.partner_a)
        self.keep(self.product_a, self.product_a.product_tmpl_id, self.sgst_sale_18)
        self.keep(document, document.log_ids[:1], ewaybill)
        notes = move.message_ids.filtered("l10n_in_irp_is_evidence")
        self.keep(document.signed_attachment_id, notes)
        self.make_portal_records()
        left = [model for model in self.own_models() if model._auto]
        while left:
            ready = [m for m in left if m._name in self.victims or self.make_one(m)]
            self.assertTrue(
                ready, f"make_victims: no record of {left}: give one to `keep`"
            )
            left = [model for model in left if model._name not in self.victims]

    def make_portal_records(self):
        company, root = self.default_company, self.env(su=True)
        common = {"environment": "sandbox", "gstin": company.vat}
        credential = root["l10n_in.irp.credential"].create(
            {
                "company_id": company.id,
                "username": MARK,
                "password": MARK,
                "client_id": MARK,
                "client_secret": MARK,
                "auth_key": self.auth_key(),
            }
        )
        key = root["l10n_in.irp.signing.key"].create(
            {"credential_id": credential.id, "file": self.auth_key()}
        )
        address = {"base_url": credential.base_url}
        health = {"environment": "sandbox", **address}
        self.keep(
            credential,
            key,
            root["l10n_in.irp.session"].search([], limit=1),
            root["l10n_in.irp.portal"].create(
                {"name": MARK, "base_url": "https://gsp.example"}
            ),
            root["l10n_in.irp.circuit.breaker"].create(
                {**common, **address, "open_until": "2026-01-16 00:00:00", "trips": 1}
            ),
            root["l10n_in.irp.health"].create(health),
            root["l10n_in.irp.taxpayer"].create(
                {
                    "company_id": company.id,
                    "environment": "demo",
                    "gstin": self.partner_a.vat,
                    "asked_at": "2026-01-15 06:00:00",
                    "source": "get",
                    "is_found": True,
                }
            ),
        )

    def keep(self, *records):
        for record in records:
            self.victims.setdefault(record._name, record[:1].sudo(False))

    def make_one(self, model):
        """Make a dialog about the attacked records; return whether it is possible."""
        values = {}
        for field in self.stored_fields(model):
            if field.type == "many2one":
                target = self.victims.get(field.comodel_name)
                if not target and field.required:
                    return False
                values[field.name] = target.id if target else False
            elif field.required:
                values[field.name] = self.forged(field)
        self.keep(model.sudo().create(values))
        return True

    def mark_victims(self):
        """Write the mark into every text that no code reads."""
        self.env.flush_all()
        for record in self.victims.values():
            names = self.marked_fields(record)
            if record._name.startswith(PREFIX) and names:
                marks = SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), MARK) for name in names
                )
                table = SQL.identifier(record._table)
                self.env.cr.execute(
                    SQL("UPDATE %s SET %s WHERE id = %s", table, marks, record.id)
                )
        self.env.invalidate_all()

    def marked_fields(self, model):
        return [
            field.name
            for field in self.stored_fields(model)
            if field.type in ("char", "text") and field.name not in UNMARKED
        ]

    # -- the registry ------------------------------------------------------------------

    def own_models(self):
        names = sorted(name for name in self.registry if name.startswith(PREFIX))
        return [self.env[name] for name in names]

    @staticmethod
    def stored_fields(model):
        return [
            field
            for field in model._fields.values()
            if field.store and field.column_type and field.name not in MAGIC_COLUMNS
        ]

    @staticmethod
    def public_methods(model):
        """Return the names of the methods that RPC reaches."""
        cls = type(model)
        return [
            name
            for name, method in inspect.getmembers(cls, callable)
            if not name.startswith("_")
            and not inspect.isclass(method)
            and not any(
                getattr(getattr(base, name, None), "_api_private", False)
                for base in cls.mro()
            )
        ]

    @staticmethod
    def is_ours(model, name):
        """Return whether the addon defines or extends a public method."""
        return any(
            base.__module__.startswith(ADDON) and name in vars(base)
            for base in type(model).mro()
        )

    def forged(self, field):
        """Return a value of the field's type."""
        if field.type == "selection":
            return field.get_values(self.env)[-1]
        values = {
            "boolean": True,
            "integer": 4711,
            "float": 4711.0,
            "monetary": 4711.0,
            "date": "2020-01-01",
            "datetime": "2020-01-01 00:00:00",
            "many2one": self.victims.get(field.comodel_name, self.env.user).id,
            "many2one_reference": 1,
            "binary": "Zm9yZ2Vk",
        }
        return values.get(field.type, "forged")

    # -- attacking ---------------------------------------------------------------------

    def attempt(self, role, model, name, args=(), kwargs=None, *, watch=None):
        """Call a public method as RPC does, and take back what it did.

        :param watch: a field whose value counts as changed if it is another one.
        """
        self.tried[role] += 1
        door = f"{role}: {model._name}.{name}"
        self.env.invalidate_all()
        transport = FaultyTransport()
        context = {"l10n_in_irp_wrap_transport": transport}
        env = self.env(user=self.users[role], su=False, context=context)
        try:
            with self.env.cr.savepoint():
                before, value = self.changes(), watch and model.sudo()[watch]
                result = call_kw(env[model._name], name, list(args), kwargs or {})
                self.env.flush_all()
                changed = frozenset(self.changes() - before)
                self.env.invalidate_all()
                if watch and model.sudo()[watch] != value:
                    changed |= {THE_VALUE}
                if transport.urls:
                    changed |= {"calls of the portal"}
                raise Undo(result, changed)
        except Undo as undo:
            result, changed = undo.args
            return Attempt(door, "", result, is_shown(result, name), changed)
        except Exception as error:  # noqa: BLE001, whatever stops an attack
            return Attempt(door, f"{type(error).__name__}: {error}"[:200])

    def changes(self):
        """Return how often rows of each table were changed in this transaction."""
        self.env.cr.execute(
            """
            SELECT relname, n_tup_ins + n_tup_upd + n_tup_del
              FROM pg_stat_xact_user_tables
             WHERE relname LIKE 'l10n\\_in\\_irp\\_%%' OR relname IN %s
            """,
            [ODOOS_TABLES],
        )
        return Counter(dict(self.env.cr.fetchall()))

    def arguments(self, model, name):
        """Return arguments that fit a public method, about the attacked record."""
        method = getattr(type(model), name)
        victim = self.victims.get(model._name, model)
        args = [] if getattr(method, "_api_model", False) else [victim.ids]
        if name == "load":
            data = [[str(victim.id), "forged"]]
            return args, {"fields": [".id", "display_name"], "data": data}
        parameters = inspect.signature(method).parameters.values()
        kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        return args, {
            parameter.name: self.argument(parameter.name, model, victim)
            for parameter in parameters
            if parameter.kind not in kinds
            and parameter.name not in ("self", "cls")
            and (parameter.default is parameter.empty or parameter.name == "domain")
        }

    def argument(self, name, model, victim):
        names = self.shown_names(model)
        if name in LISTS:
            return names
        if name in SPECIFICATIONS:
            return {name: {} for name in names}
        targets = {
            field.name: self.forged(field)
            for field in self.stored_fields(model)
            if field.type == "many2one"
        }
        known = {
            "domain": [("id", "in", victim.ids)],
            "vals": targets,
            "values": targets,
            "vals_list": [targets],
            "groupby": names[:1],
            "group_by": names[0],
            "grouping_sets": [names[:1]],
            "field_name": names[0],
            "full_name": names[0],
            "name": "forged",
            "operation": "read",
        }
        return known.get(name)

    @staticmethod
    def shown_names(model):
        """Return the fields that every reader of the model may ask for."""
        return [
            name
            for name, field in model._fields.items()
            if not field.groups
            and field.type not in ("one2many", "many2many", "binary")
        ] or ["display_name"]


def is_shown(result, name):
    """Return whether a result shows something of the attacked record."""
    if MARK in repr(result):
        return True
    if name not in SEARCHES:
        return False
    return bool(result["length"] if isinstance(result, dict) else result)
