"""The portals: pauses, health, logins, signing keys, and the lanes at work."""

from odoo import fields

from ...irp.operations import circuit_breaker
from .. import locks
from ..clock import aware
from ..overview.measured import DEMO, OTHER, portal_titles
from ..portal.credential.portal import host_of
from ..queue.lanes.turns import turn_name
from ..res_company import IRP_ENVIRONMENTS
from .families import filled, made


class Portals:
    """The names of portals in labels: as many as there are portals."""

    def __init__(self, env):
        self._known = portal_titles(env)

    def label(self, record):
        """Return the portal of a record with environment and address."""
        if record.environment == DEMO:
            return DEMO
        host = host_of(record.base_url)
        return host if host in self._known else OTHER

    def where(self, record):
        """Return GSTIN, environment and portal of a record."""
        return record.gstin or "", record.environment, self.label(record)


def portals(env):
    """Return the metrics of portals, and of the access to them."""
    names = Portals(env)
    parts = (_pauses, _health, _access, _sessions)
    return [metric for part in parts for metric in part(env, names)]


def _pauses(env, names):
    paused, ends = {}, {}
    for breaker in env["l10n_in.irp.circuit.breaker"].sudo().search([]):
        where = names.where(breaker)
        is_paused = breaker._is_paused()
        paused[where] = max(float(is_paused), paused.get(where, 0))
        if is_paused:
            end = aware(breaker.open_until).timestamp()
            ends[where] = max(end, ends.get(where, 0))
    return [
        filled("l10n_in_irp_portal_paused", paused),
        filled("l10n_in_irp_portal_paused_until_timestamp_seconds", ends),
    ]


def _health(env, names):
    up = {}
    for row in env["l10n_in.irp.health"].sudo().search([]):
        where = (row.environment, names.label(row))
        up[where] = min(float(row.is_up), up.get(where, 1))
    return [filled("l10n_in_irp_portal_up", up)]


def _access(env, names):
    credentials = env["l10n_in.irp.credential"].sudo().search([])
    refused, expiry = {}, {}
    for credential in credentials:
        where = names.where(credential)
        refused[(*where, "einvoice")] = float(bool(credential.blocked_message))
        if credential.ewb_username:
            is_refused = bool(credential.ewb_blocked_message)
            refused[(*where, "ewaybill")] = float(is_refused)
        if ends := credential.signing_key_ids.filtered("valid_to").mapped("valid_to"):
            last = aware(max(ends)).timestamp()
            expiry[where] = max(last, expiry.get(where, 0))
    return [
        filled("l10n_in_irp_login_refused", refused),
        filled("l10n_in_irp_signing_key_expiry_timestamp_seconds", expiry),
    ]


def _sessions(env, names):
    first = fields.Datetime.now() - circuit_breaker.SHARED_WITHIN
    refused = {}
    for session in env["l10n_in.irp.session"].sudo().search([]):
        where = names.where(session)
        is_recent = session.refused_since and session.refused_since >= first
        count = session.refusals if is_recent else 0
        refused[where] = max(count, refused.get(where, 0))
    return [filled("l10n_in_irp_refused_tokens", refused)]


def lanes(env):
    """Return the metrics of what is at work now, on all hosts."""
    environments = [environment for environment, _label in IRP_ENVIRONMENTS]
    companies = env["res.company"]._l10n_in_irp_registering()
    turns = {
        (company.vat, environment): turn_name(company, environment)
        for company in companies
        for environment in environments
    }
    held = locks.held(env, turns.values())
    at_work = {
        (company.vat, company.l10n_in_irp_environment): 0.0 for company in companies
    }
    at_work |= {whose: 1.0 for whose, name in turns.items() if name in held}
    workers = made("l10n_in_irp_workers")
    workers.add_metric([], len(locks.living_workers(env)))
    return [filled("l10n_in_irp_lanes_at_work", at_work), workers]
