"""Seals the evidence of days that are over, and deletes what may go.

Functions and not methods, because they hold permits: a server action could call a
method.
"""

import hashlib
from collections import defaultdict
from datetime import timedelta

from odoo.fields import Domain

from .. import transactions
from ..clock import indian_time, indian_today
from . import permits, verification
from .ir_attachment import pack


def seal_days(env):
    """Seal what no seal covers, of each company and day that is over."""
    seals = env["l10n_in.irp.seal"]
    for kind, sources in seals._sources().items():
        for company, records in _pending(seals, sources).items():
            _seal_chain(seals, company, kind, records)


def _pending(seals, sources):
    """Return company -> (day, model, ID) of its records that no seal covers."""
    pending = defaultdict(list)
    for name, domain in sources:
        unsealed = domain & Domain(seals._seal_field(name), "=", False)
        names = ["company_id", "create_date"]
        for row in seals.env[name].search_fetch(unsealed, names, order="id"):
            day = indian_time(row.create_date).date()
            pending[row.company_id].append((day, name, row.id))
    return pending


def _seal_chain(seals, company, kind, records):
    """Seal a company's records, those of each day in a transaction.

    A record that was committed after its day was sealed belongs to the next day.
    """
    chain = [("company_id", "=", company.id), ("kind", "=", kind)]
    last = seals.search(chain, limit=1)
    following = last.day + timedelta(days=1) if last else None
    days = defaultdict(list)
    for day, name, id_ in records:
        days[max(day, following) if following else day].append((name, id_))
    for day in sorted(day for day in days if day < indian_today()):
        last = _seal_day(last, company, kind, day, days[day])
        transactions.commit(seals.env)


def _seal_day(last, company, kind, day, records):
    """Return the seal of a company's records of a day.

    :param last: the seal before it, if there is one.
    """
    by_model = defaultdict(list)
    for name, id_ in records:
        by_model[name].append(id_)
    lines = [
        f"{name},{id_},{digest}"
        for name in sorted(by_model)
        for id_, digest in last._digests(name, sorted(by_model[name]))
    ]
    text = "\n".join(lines).encode()
    values = {
        "company_id": company.id,
        "kind": kind,
        "day": day,
        "count": len(lines),
        "content_hash": hashlib.sha256(text).hexdigest(),
        "previous_hash": last.seal_hash or "",
    }
    values["seal_hash"] = last._hash(values)
    seal = last.create({**values, "digests": pack(text)})
    for name, ids in by_model.items():
        found = seal.env[name].browse(ids)
        mark = {seal._seal_field(name): seal.id}
        with permits.permitted(found, mark):
            found.write(mark)
    return seal


def prune(env):
    """Delete the log entries that have been preserved long enough.

    Their digests stay in the seal. If it is broken, they stay too: somebody has to look
    into it.
    """
    domain = [("kind", "=", "calls"), ("pruned_on", "=", False)]
    for seal in env["l10n_in.irp.seal"].search(domain, order="day"):
        is_over = seal.preserve_until < indian_today()
        if is_over and not any(verification.seal_faults(seal)):
            _prune_seal(seal)
            transactions.commit(env)


def _prune_seal(seal):
    values = {"pruned_on": indian_today()}
    with permits.permitted(seal, values):
        seal.write(values)
    for name, _domain in seal._sources()[seal.kind]:
        records = seal.env[name].search([(seal._seal_field(name), "=", seal.id)])
        with permits.permitted(records):
            records.unlink()
