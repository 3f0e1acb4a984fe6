"""The questions of screens and scheduled actions, as `name -> function(env)`.

The screens' lists, filters and groups are read from the views, so that a new one is
measured with the others.
"""

import ast
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from lxml import etree

from odoo.fields import Datetime

ROWS = 80
# the web client counts no further
COUNTED = 10_001
CLAIMED = 50
OWN, OUR_FIELDS = "l10n_in.irp.", "l10n_in_irp_"
# lists of the web client: name -> its action
INVOICES = "account.action_move_out_invoice_type"
REGISTRATIONS = "l10n_in_einvoice_irp.action_l10n_in_irp_document"
CALLS = "l10n_in_einvoice_irp.action_l10n_in_irp_log"
LISTS = {"Invoices": INVOICES, "Registrations": REGISTRATIONS, "API Log": CALLS}
# the fields of a search view that a person pastes a whole number into
TYPED = {
    "Invoices": ("l10n_in_irp_irn", "l10n_in_irp_ack_number"),
    "Registrations": ("number", "irn", "ack_number"),
    "API Log": ("number", "gstin"),
}
Paths = dict[str, Callable[[Any], Any]]


class Sample(NamedTuple):
    """Ids and values that a path needs.

    :ivar user: id of an accountant with all companies.
    :ivar company: id of the company, ``companies`` with its branches.
    :ivar typed: name of a field of a registration -> the value of one of them.
    """

    user: int
    company: int
    companies: list[int]
    journal: int
    typed: dict[str, str]


def paths(env, sample: Sample) -> Paths:
    """Return all paths, each a function of an environment of the superuser."""
    found: Paths = {}
    for title, action in LISTS.items():
        found |= _list_paths(_as_user(env, sample), title, action, sample)
    return found | _overviews(sample) | _actions(sample)


def groups(env, sample: Sample) -> Paths:
    """Return the groups of the lists, which have to read every row."""
    found: Paths = {}
    for title, action in LISTS.items():
        screen = Screen(_as_user(env, sample), action)
        for label, field in screen.groups():
            found[f"{title}, grouped: {label}"] = partial(
                _grouped, sample, screen.model, screen.domain, field
            )
    return found


# --- Lists ---------------------------------------------------------------------------


class Screen:
    """A list of the web client, as a user opens it from the menu."""

    def __init__(self, env, action: str) -> None:
        values = env["ir.actions.act_window"]._for_xml_id(action)
        self.model = values["res_model"]
        self.domain = ast.literal_eval(values["domain"] or "[]")
        self._defaults = ast.literal_eval(values["context"] or "{}")
        view = (values["view_id"] or [False])[0]
        views = env[self.model].get_views([(view, "list"), (False, "search")])
        self._list = etree.fromstring(views["views"]["list"]["arch"])
        self._search = etree.fromstring(views["views"]["search"]["arch"])
        fields = views["models"][self.model]["fields"]
        shown = [
            node.get("name")
            for node in self._list.iterfind("./field")
            if node.get("optional") != "hide"
        ]
        self.all_columns = {
            name: {"fields": {"display_name": {}}}
            if fields[name]["type"] == "many2one"
            else {}
            for name in shown
        }
        is_own = self.model.startswith(OWN)
        self.columns = {
            name: value
            for name, value in self.all_columns.items()
            if is_own or name == "name" or name.startswith(OUR_FIELDS)
        }

    def filters(self) -> Iterator[tuple[str, list]]:
        """Yield (label, domain) of each filter of ours."""
        for node in self._search.iter("filter"):
            if node.get("domain") and self._is_ours(node):
                yield node.get("string"), ast.literal_eval(node.get("domain"))

    def groups(self) -> Iterator[tuple[str, str]]:
        """Yield (label, field) of each group of ours."""
        for node in self._search.iter("filter"):
            group = ast.literal_eval(node.get("context") or "{}").get("group_by")
            if group and self._is_ours(node):
                yield node.get("string"), group

    def typed(self, name: str, value: str) -> list:
        """Return the domain of a value that a person types for a field."""
        [node] = self._search.xpath(f"//field[@name='{name}']")
        if domain := node.get("filter_domain"):
            return eval(domain, {"self": value})
        return [(name, "ilike", value)]

    def opening(self) -> list:
        """Return the domain with the filters that are set when it opens."""
        domain = list(self.domain)
        for node in self._search.iter("filter"):
            if self._defaults.get(f"search_default_{node.get('name')}"):
                domain += ast.literal_eval(node.get("domain"))
        return domain

    def _is_ours(self, node) -> bool:
        is_own = self.model.startswith(OWN)
        return is_own or node.get("name", "").startswith(OUR_FIELDS)


def _list_paths(env, title: str, action: str, sample: Sample) -> Paths:
    screen = Screen(env, action)
    found = {title: screen.opening()}
    for label, domain in screen.filters():
        found[f"{title}: {label}"] = screen.domain + domain
    for name in TYPED[title]:
        value = sample.typed[name.removeprefix(OUR_FIELDS)]
        found[f"{title}, searched: {name}"] = screen.domain + screen.typed(name, value)
    read = partial(_read, sample, screen.model)
    with_all = partial(read, screen.all_columns, screen.opening())
    return {
        name: partial(read, screen.columns, domain) for name, domain in found.items()
    } | ({f"{title}, with Odoo's columns": with_all} if title == "Invoices" else {})


def _read(sample: Sample, model: str, columns: dict, domain: list, env) -> None:
    _as_user(env, sample)[model].web_search_read(
        domain, columns, limit=ROWS, count_limit=COUNTED
    )


def _grouped(sample: Sample, model: str, domain: list, field: str, env) -> None:
    records = _as_user(env, sample)[model]
    records.formatted_read_group(domain, [field], ["__count"])


def _as_user(env, sample: Sample):
    context = {"allowed_company_ids": sample.companies}
    return env(user=sample.user, context=context)


# --- Overviews -----------------------------------------------------------------------


def _overviews(sample: Sample) -> Paths:
    acked = [("ack_date", "!=", False), ("ack_date", ">=", _last_month())]
    called = [("called_at", ">=", _last_month())]
    refused = [("refusal", "!=", False), *called]

    def measure(model, domain, by, measures, env):
        _as_user(env, sample)[model].formatted_read_group(domain, by, measures)

    document = partial(measure, "l10n_in.irp.document", acked)
    log = partial(measure, "l10n_in.irp.log")
    days, hours = ["ack_date:day", "environment"], ["called_at:hour", "portal"]
    speed = ["answer_ms:avg", "failures:sum"]
    return {
        "Registrations per Day": partial(document, days, ["__count"]),
        "Time to IRN": partial(document, days, ["irn_minutes:avg"]),
        "Refusals by Code": partial(log, refused, ["refusal"], ["__count"]),
        "Portal Performance": partial(log, called, hours, ["answer_ms:avg"]),
        "Portal Performance, pivot": partial(
            log, called, ["portal", "called_at:day"], speed
        ),
        "card of the journal": partial(_card, sample),
        "month-end check of a branch": partial(_month_end, sample),
    }


def _last_month():
    return Datetime.subtract(Datetime.now(), months=1).replace(day=1)


def _card(sample: Sample, env) -> None:
    journals = _as_user(env, sample)["account.journal"]
    journals.browse(sample.journal)._l10n_in_irp_counts()


def _month_end(sample: Sample, env) -> None:
    # addons can only be imported once Odoo has read its configuration
    from odoo.addons.l10n_in_einvoice_irp.wizards.month_end import documents, numbering

    env = _as_user(env, sample)
    branch = env["res.company"].browse(sample.companies[-1])
    first = _last_month().date()
    last = Datetime.add(first, months=1, days=-1)
    found = documents.documents_of(env, branch, first, last)
    moves = env["account.move"].union(*(document.move for document in found))
    numbering.gaps(moves)


# --- Scheduled actions ---------------------------------------------------------------


def _actions(sample: Sample) -> Paths:
    def company(env):
        return env["res.company"].browse(sample.company)

    return {
        "claim": partial(_claim, sample),
        "due turns": _due_turns,
        "next moments": _next_moments,
        "orphans": _for_queued(lambda model: model._free_orphans()),
        "overdue": _for_queued(lambda model: model._end_overdue()),
        "cancellations": _for_queued(lambda model: model._watch_cancellations()),
        "numbers of a claim": partial(_numbers, sample),
        "sweep": _for_queued(lambda model: model._to_reconcile()),
        "sweep, portals": lambda env: company(env)._l10n_in_irp_has_registered_at(
            "production", "https://einvoice1.gst.gov.in", Datetime.now().date()
        ),
        "sweep, responsible": lambda env: company(env)._l10n_in_irp_accountant(
            "production"
        ),
        "GSTIN refresh": lambda env: env["l10n_in.irp.taxpayer"]._due_gstins(
            company(env)
        ),
        "GSTIN budget": lambda env: env["l10n_in.irp.taxpayer"]._lookups_left(
            company(env)
        ),
        "reminders": lambda env: env["account.move"]._l10n_in_irp_due_soon([2, 7]),
        "daily summary": lambda env: company(env)._l10n_in_irp_digest_counts(
            Datetime.now().date()
        ),
        "e-way bills about to expire": lambda env: env[
            "l10n_in.irp.ewaybill"
        ]._expiring(),
        "invoices before Register from Date": lambda env: company(
            env
        )._l10n_in_irp_backlog_note(100),
        "invoices to export": partial(_pending, sample),
        "signatures to check": partial(_unchecked, sample),
        "calls to seal": _unsealed,
    }


def _for_queued(work: Callable) -> Callable:
    def run(env):
        for name in ("l10n_in.irp.document", "l10n_in.irp.ewaybill"):
            work(env[name])

    return run


def _claim(sample: Sample, env) -> None:
    # the last company waits behind the backlog of the first
    company = env["res.company"].browse(sample.companies[-1])
    for name in ("l10n_in.irp.document", "l10n_in.irp.ewaybill"):
        due = env[name]._due_domain(Datetime.now())
        env[name]._claim(company, "production", CLAIMED, due)


def _due_turns(env) -> None:
    from odoo.addons.l10n_in_einvoice_irp.models.queue.lanes.turns import due_turns

    due_turns(env)


def _next_moments(env) -> None:
    from odoo.addons.l10n_in_einvoice_irp.models.queue import queue

    queue._next_moments(env)


def _numbers(sample: Sample, env) -> None:
    documents = env["l10n_in.irp.document"].search(
        [("state", "=", "to_register")], limit=CLAIMED
    )
    env["l10n_in.irp.validator"]._validation_context(documents.move_id)


def _pending(sample: Sample, env) -> None:
    wizard = env["l10n_in.irp.bulk.export"].new({"company_id": sample.company})
    wizard._pending()


def _unchecked(sample: Sample, env) -> None:
    env["l10n_in.irp.document"].search(
        [
            ("company_id", "child_of", [sample.company]),
            ("signature_state", "=", "unchecked"),
            ("signed_attachment_id", "!=", False),
        ]
    )


def _unsealed(env) -> None:
    env["l10n_in.irp.log"].search_fetch([("seal_id", "=", False)], ["company_id"])
