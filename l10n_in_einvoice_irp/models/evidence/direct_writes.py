"""Evidence among attachments and messages: no writing past `write`, see `.base`."""

from odoo import models

from . import permits
from .base import check_flushing
from .ir_attachment import SHA256
from .mail_message import MARK


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _flush(self):
        # EXTENDS 'base'
        with permits.flushing():
            return super()._flush()

    def _write_multi(self, vals_list):
        # EXTENDS 'base'
        if not permits.is_flushing():
            check_flushing(self.sudo().filtered(SHA256))
        return super()._write_multi(vals_list)


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _flush(self):
        # EXTENDS 'base'
        with permits.flushing():
            return super()._flush()

    def _write_multi(self, vals_list):
        # EXTENDS 'base'
        if not permits.is_flushing():
            check_flushing(self.sudo().filtered(MARK))
        return super()._write_multi(vals_list)
