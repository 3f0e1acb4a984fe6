"""Turns: the due records by GSTIN and environment, in the order of their waiting."""

from typing import Any, NamedTuple

from odoo import fields

from ....irp.operations import waiting_since
from ..submission_mixin import submission_models


class Work(NamedTuple):
    """The due records of one model, company and environment.

    :ivar model: empty recordset, as superuser.
    :ivar due: how many there are.
    :ivar since: when the oldest was due.
    """

    model: Any
    company: Any
    environment: str
    due: int
    since: Any


class Turn(NamedTuple):
    """The due records of one GSTIN and environment.

    :ivar name: of its lock.
    :ivar works: `Work` of each model and company, registrations before e-way bills.
    :ivar since: since when it has waited for its turn.
    """

    name: str
    works: list
    since: Any

    @property
    def due(self):
        return sum(work.due for work in self.works)

    @property
    def due_since(self):
        """Return when the oldest record was due."""
        return min(work.since for work in self.works)


def due_turns(env):
    """Return a `Turn` for each GSTIN and environment with something due; the one that
    has waited longest first."""
    works: dict[str, list] = {}
    for work in _due_works(env):
        name = turn_name(work.company, work.environment)
        works.setdefault(name, []).append(work)
    served = env["l10n_in.irp.circuit.breaker"]._served()
    turns = [Turn(name, ours, _since(ours, served)) for name, ours in works.items()]
    return sorted(turns, key=lambda turn: turn.since)


def turn_name(company, environment):
    """Return the name that all companies of a GSTIN share in an environment."""
    return f"{environment} {company.vat or company.id}"


def _due_works(env):
    now = fields.Datetime.now()
    names = ["__count", "next_attempt_at:min"]
    return [
        Work(model, *group)
        for model in submission_models(env)
        for group in model._read_group(
            model._due_domain(now), ["company_id", "environment"], names
        )
    ]


def _since(works, served):
    held_until = served.get((works[0].environment, works[0].company.vat), ())
    return waiting_since(min(work.since for work in works), *held_until)


def mark_served(turn):
    """Store that a turn has ended, for all lanes."""
    company, environment = turn.works[0].company, turn.works[0].environment
    address = company._l10n_in_irp_address(environment)
    if company.vat and address:
        breakers = company.env["l10n_in.irp.circuit.breaker"]
        portal = (environment, company.vat, address)
        breakers._change(portal, served_at=fields.Datetime.now())
