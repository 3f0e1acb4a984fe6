import io
import logging
import os
import secrets
from contextlib import contextmanager
from pathlib import Path

from odoo import api, models

from ..ir_attachment import ARCHIVE
from ..packing import digest
from .file_format import DAMAGES, MIMETYPE, Archive

_logger = logging.getLogger(__name__)


class IrAttachment(models.Model):
    """Archives of evidence, which are files, and what is read from them."""

    _inherit = "ir.attachment"

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _compute_raw(self):
        # EXTENDS 'base'
        result = super()._compute_raw()
        for archive, archived in self.filtered(ARCHIVE).grouped(ARCHIVE).items():
            contents = archive.sudo()._l10n_in_irp_contents(archived.ids)
            for attachment in archived:
                attachment.raw = contents.get(attachment.id, b"")
        return result

    def _l10n_in_irp_read(self):
        # EXTENDS 'evidence': what is in one archive is read together
        archived = self.filtered(ARCHIVE)
        found = super(IrAttachment, self - archived)._l10n_in_irp_read()
        for archive, part in archived.grouped(ARCHIVE).items():
            contents = archive.sudo()._l10n_in_irp_contents(part.ids)
            found |= {id_: digest(contents.get(id_, b"")) for id_ in part.ids}
        return found

    def _l10n_in_irp_contents(self, ids):
        """Return ID -> content of evidence in this archive; empty if it is damaged."""
        try:
            with self._l10n_in_irp_opened() as archive:
                return archive.contents(ids)
        except DAMAGES:
            _logger.exception("archive %s of evidence cannot be read", self.id)
            return {}

    @contextmanager
    def _l10n_in_irp_opened(self):
        """Yield the `Archive` in the file of this attachment.

        :raises DAMAGES: it is damaged, or not there.
        """
        self.ensure_one()
        path = self.store_fname and Path(self._full_path(self.store_fname))
        # some stores are no folder, and a small file store may be the database
        is_local = path and path.is_file()
        with path.open("rb") if is_local else io.BytesIO(self.raw or b"") as file:
            yield Archive(file)

    # ------------------------------------------------------------------
    # Storing
    # ------------------------------------------------------------------

    @api.model
    def _l10n_in_irp_stored(self, vals):
        """An archive is compressed, and goes to the file store.

        If that is full or out of reach, the archive goes to the database.
        """
        if vals.get("mimetype") != MIMETYPE:
            return super()._l10n_in_irp_stored(vals)
        content = vals["raw"]
        where = "raw" if self._l10n_in_irp_is_stored(content) else "db_datas"
        return {where: content}

    @api.model
    def _l10n_in_irp_is_stored(self, content):
        """Return whether content could be written to the file store, and to its disk.

        Odoo's own `create` writes it again after its row, in case that the file store
        was cleaned up in between.
        """
        if self._storage() == "db":
            return True
        try:
            name = self._file_write(content, self._compute_checksum(content))
            self._l10n_in_irp_sync(Path(self._full_path(name)))
        except OSError:
            _logger.exception("the file store is out of order: stored in the database")
            return False
        return True

    @staticmethod
    def _l10n_in_irp_sync(path):
        # it must survive a power cut after the commit
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
            for folder in (path.parent, path.parent.parent):
                descriptor = os.open(folder, os.O_RDONLY)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)

    @api.model
    def _get_path(self, bin_data, sha):
        # EXTENDS 'base': a process killed while writing leaves a partial file, and the
        # same content would be refused for ever because it collides with it
        path = Path(self._full_path(f"{sha[:2]}/{sha}"))
        if path.is_file() and path.stat().st_size < len(bin_data):
            self._l10n_in_irp_complete(path, bin_data, sha)
        return super()._get_path(bin_data, sha)

    def _l10n_in_irp_complete(self, path, bin_data, sha):
        """Replace a file of the store whose content does not match its name.

        The replacement is atomic: a crash here, or a concurrent write of the same file,
        leaves no partial file.
        """
        if self._compute_checksum(path.read_bytes()) == sha:
            return
        _logger.warning("%s was not written to its end: it is replaced", path)
        whole = path.with_suffix(f".{secrets.token_hex(8)}")
        whole.write_bytes(bin_data)
        whole.replace(path)
        # if the transaction is rolled back, nobody needs it
        self._mark_for_gc(f"{sha[:2]}/{sha}")
