"""Compares archives with the evidence in them and with the archive before them."""

from odoo.fields import Domain

from ..ir_attachment import ARCHIVE, SHA256
from ..packing import digest
from ..verification import Fault
from .bundling import archives_of
from .file_format import DAMAGES


def archive_faults(env, companies=None):
    """Yield each fault of the companies' archives, of all companies if none is given.

    That the archives return the evidence as it was sealed is checked with its seals.
    """
    domain = Domain.TRUE if companies is None else Domain("id", "in", companies.ids)
    everything = env["res.company"].sudo().with_context(active_test=False)
    for company in everything.search(domain, order="id"):
        previous = ""
        for archive in archives_of(company):
            # one file in memory at a time
            archive = archive.with_prefetch()
            for text in _faults(archive, previous):
                yield _fault(archive, text)
            previous = archive[SHA256]
            archive.invalidate_recordset()


def _faults(archive, previous):
    env = archive.env
    if digest(archive._l10n_in_irp_content()) != archive[SHA256]:
        yield env._("its file was changed, or is missing")
    try:
        with archive._l10n_in_irp_opened() as opened:
            manifest, index = opened.manifest(), opened.index()
    except DAMAGES:
        yield env._("its file cannot be read")
        return
    if manifest.get("previous_archive") != previous:
        yield env._("it does not follow the archive before it")
    if manifest.get("seal") != _seal(archive).seal_hash:
        yield env._("it belongs to another seal")
    if not _is_right(archive, index):
        yield env._("its index was changed")


def _seal(archive):
    return archive.env[archive.res_model].browse(archive.res_id).exists()


def _is_right(archive, index):
    """Return whether an index names the evidence that is read from an archive, and
    nothing but evidence."""
    attachments = archive.env["ir.attachment"]
    evidence = attachments.browse(index).exists()
    archived = attachments.search([(ARCHIVE, "=", archive.id)])
    has_all = index.keys() >= set(archived.ids)
    return has_all and index == {one.id: one[SHA256] for one in evidence}


def _fault(archive, what):
    company, day = archive.company_id.name, str(_seal(archive).day)
    text = f"{company}, {day}, {archive.name}: {what}"
    return Fault(archive.res_id, company, day, archive.name, text)
