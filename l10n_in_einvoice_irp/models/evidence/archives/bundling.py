"""Moves the evidence of old days into archives: one file a day instead of its rows.

Functions and not methods, because they hold permits: a server action could call a
method.

An archive is committed before anything is taken out of the database, and read back from
where it is stored. So a process that dies here loses nothing: the next run goes on with
the archive that it finds.
"""

import logging
import math
import time

from odoo.tools import date_utils

from ... import transactions
from ...clock import indian_today
from .. import permits, verification
from ..ir_attachment import ARCHIVE, SEAL, SHA256
from ..packing import digest
from .file_format import DAMAGES, MIMETYPE, Piece, write_archive

_logger = logging.getLogger(__name__)

SEALS = "l10n_in.irp.seal"
# evidence in an archive: a day has several of them only if one would fill the memory
MOST = 5_000
# attachments read at a time
CHUNK = 200


def bundle(env, progress, most=MOST):
    """Bundle the evidence of days that are old enough, as the companies wish.

    :param progress: called with the number of archives made, and that of the days that
        remain; returns the time that is left.
    :param most: pieces of evidence in an archive.
    """
    if time.monotonic() >= env.context.get("cron_end_time", math.inf):
        # Odoo calls an unfinished action again within one limit of CPU time
        progress(remaining=1)
        return
    seals = _due_seals(env)
    for left, seal in zip(range(len(seals), 0, -1), seals, strict=True):
        for _archive in _bundle_seal(seal, most):
            if not progress(1, remaining=left):
                return
    progress(remaining=0)


def _bundle_seal(seal, most):
    """Move the evidence of a seal into archives; yield each."""
    if any(verification.list_faults(seal)):
        _logger.error("the seal of %s is broken: its evidence stays", seal.day)
        return
    sealed = verification.sealed_digests(seal).get("ir.attachment", {})
    while singles := _singles(seal, most):
        if not _are_as_sealed(singles, sealed):
            _logger.error("evidence of %s was changed: it stays", seal.day)
            return
        archive = _unfinished(seal, singles) or _make(seal, singles)
        if not _move(archive):
            return
        yield archive
    _write(seal, {"bundled_on": indian_today()})
    transactions.commit(seal.env)


def _due_seals(env):
    """Return the companies' seals with evidence that is to be bundled, oldest first."""
    seals = env[SEALS]
    for company in env["res.company"].search([("l10n_in_irp_bundle_months", ">", 0)]):
        months = company.l10n_in_irp_bundle_months
        domain = [
            ("company_id", "=", company.id),
            ("kind", "=", "evidence"),
            ("bundled_on", "=", False),
            ("day", "<", date_utils.subtract(indian_today(), months=months)),
        ]
        seals += seals.search(domain, order="day")
    return seals


def archives_of(company, seal=None):
    """Return the archives of a company, or of a seal, in the order of their chain."""
    domain = [
        ("res_model", "=", SEALS),
        ("company_id", "=", company.id),
        (SHA256, "!=", False),
    ]
    if seal is not None:
        domain.append(("res_id", "=", seal.id))
    return company.env["ir.attachment"].sudo().search(domain, order="id")


def _singles(seal, most):
    """Return evidence of a seal that is not in an archive."""
    domain = [(SEAL, "=", seal.id), (ARCHIVE, "=", False), ("res_model", "!=", SEALS)]
    return seal.env["ir.attachment"].search(domain, order="id", limit=most)


def _are_as_sealed(singles, sealed):
    return all(
        sealed.get(id_) == found
        for part in _parts(singles)
        for id_, found in part._l10n_in_irp_digests(reads=True).items()
    )


def _unfinished(seal, singles):
    """Return the archive that a run which died has left for this evidence, if any."""
    for archive in archives_of(seal.company_id, seal):
        try:
            if singles[0].id in _index(archive):
                return archive
        except DAMAGES:
            _logger.exception("archive %s cannot be read: a new one", archive.name)
    return None


def _index(archive):
    with archive._l10n_in_irp_opened() as opened:
        return opened.index()


def _make(seal, singles):
    """Return a committed archive of some evidence of a seal."""
    company = seal.company_id
    chain = archives_of(company)
    number = len(archives_of(company, seal)) + 1
    manifest = {
        "company": company.name,
        "gstin": company.vat or "",
        "day": str(seal.day),
        "number": number,
        "seal": seal.seal_hash,
        "previous_archive": chain[-1:][SHA256] or "",
    }
    values = {
        "name": f"irp-evidence-{company.vat or company.id}-{seal.day}-{number}.zip",
        "raw": write_archive(_pieces(singles), manifest),
        SHA256: True,
        "mimetype": MIMETYPE,
        "res_model": SEALS,
        "res_id": seal.id,
        "company_id": company.id,
    }
    archive = seal.env["ir.attachment"].create(values)
    transactions.commit(seal.env)
    return archive


def _pieces(singles):
    for part in _parts(singles):
        for one in part:
            yield Piece(one.id, one[SHA256], one.name, one._l10n_in_irp_content())


def _move(archive):
    """Take evidence out of the database if the archive has all of it.

    :return: False if it has not; then everything stays as it is.
    """
    if faults := list(missing(archive)):
        _logger.error("archive %s is not used: %s", archive.name, ", ".join(faults))
        return False
    singles = archive.browse(_index(archive))
    for part in _parts(singles):
        _write(part, {ARCHIVE: archive.id, "db_datas": False})
    transactions.commit(archive.env)
    return True


def missing(archive):
    """Yield the name of each piece of evidence that an archive does not return as it
    was when it was sent or signed."""
    try:
        index = _index(archive)
    except DAMAGES:
        yield archive.name
        return
    for part in _parts(archive.browse(index)):
        contents = archive._l10n_in_irp_contents(part.ids)
        for one in part:
            if digest(contents.get(one.id, b"")) != one[SHA256]:
                yield one.name


def _parts(singles):
    """Yield attachments in parts; each is forgotten before the next is read."""
    for start in range(0, len(singles), CHUNK):
        part = singles[start : start + CHUNK].with_prefetch()
        yield part
        part.env.flush_all()
        part.invalidate_recordset()


def _write(records, values):
    with permits.permitted(records, values):
        records.write(values)
