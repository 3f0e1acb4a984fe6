"""Compares evidence with its seals, and finds what was changed behind Odoo's back."""

import hashlib
from typing import NamedTuple

from odoo.fields import Domain

# the most faults of one seal that are named
MOST = 100


class Fault(NamedTuple):
    """A record or a seal that was changed since it was sealed."""

    seal_id: int
    company: str
    day: str
    record: str
    text: str


def verify(env, companies=None):
    """Yield each fault of the companies' chains, of all companies if none is given."""
    seals = env["l10n_in.irp.seal"].sudo()
    domain = Domain.TRUE
    if companies is not None:
        domain = Domain("company_id", "in", companies.ids)
    for _key, chain in sorted(
        seals.search(domain, order="day, id")
        .grouped(lambda seal: (seal.company_id.id, seal.kind))
        .items()
    ):
        yield from _chain_faults(chain)


def _chain_faults(chain):
    previous = ""
    for seal in chain:
        if seal.previous_hash != previous:
            yield _fault(
                seal, seal, seal.env._("it does not follow the seal before it")
            )
        previous = seal.seal_hash
        yield from seal_faults(seal)


def seal_faults(seal):
    """Yield each fault of a seal and of its records."""
    yield from list_faults(seal)
    if _has_whole_list(seal) and not _is_rightly_pruned(seal):
        yield from _record_faults(seal)


def list_faults(seal):
    """Yield each fault of a seal and of its list, without a look at its records."""
    values = {
        **{name: seal[name] or "" for name in ("previous_hash", "content_hash")},
        "company_id": seal.company_id.id,
        "kind": seal.kind,
        "day": seal.day,
        "count": seal.count,
    }
    if seal._hash(values) != seal.seal_hash:
        yield _fault(seal, seal, seal.env._("the seal itself was changed"))
    if not _has_whole_list(seal):
        yield _fault(seal, seal, seal.env._("its list of records was changed"))


def _has_whole_list(seal):
    text = seal._digest_lines()
    is_whole = hashlib.sha256(text.encode()).hexdigest() == seal.content_hash
    return is_whole and len(text.split("\n")) == seal.count


def _is_rightly_pruned(seal):
    """Return whether its records may be missing: evidence is never deleted, and nothing
    before its time."""
    pruned_on = seal.kind == "calls" and seal.pruned_on
    return pruned_on and pruned_on > seal.preserve_until


def sealed_digests(seal):
    """Return model -> record ID -> digest, as a seal whose list is whole has them."""
    sealed = {}
    for line in seal._digest_lines().split("\n"):
        name, id_, digest = line.rsplit(",", 2)
        sealed.setdefault(name, {})[int(id_)] = digest
    return sealed


def _record_faults(seal):
    for name, digests in sealed_digests(seal).items():
        # what the transaction has read before may be older than the table
        seal.env[name].invalidate_model()
        now = dict(seal._digests(name, sorted(digests), reads=True))
        changed = [id_ for id_, digest in digests.items() if now.get(id_) != digest]
        for id_ in changed[:MOST]:
            record = seal.env[name].browse(id_)
            is_left = id_ in now
            what = (
                seal.env._("it was changed")
                if is_left
                else seal.env._("it was deleted")
            )
            yield _fault(seal, record, what)
        field = seal._seal_field(name)
        marked = seal.env[name].search([(field, "=", seal.id)])
        for record in (marked - marked.browse(digests))[:MOST]:
            yield _fault(seal, record, seal.env._("it was added to the seal later"))


def _fault(seal, record, what):
    company, day = seal.company_id.name, str(seal.day)
    name = f"{record._description} {record.id}"
    text = f"{company}, {day}, {name}: {what}"
    return Fault(seal.id, company, day, name, text)
