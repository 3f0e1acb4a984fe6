from odoo import fields, models

from .res_company import IRP_ENVIRONMENTS


class L10nInIrpSession(models.Model):
    """The token of one API user at one portal.

    The portal keeps a single live token per user, so the row is shared by all workers
    and by all companies that use the same GSTIN. Token and session key (SEK) are out
    of reach of RPC; only the connection reads and writes them, as superuser.
    """

    _name = "l10n_in.irp.session"
    _description = "IRP session"
    _rec_name = "gstin"

    environment = fields.Selection(
        selection=IRP_ENVIRONMENTS, required=True, readonly=True
    )
    base_url = fields.Char(string="Portal", required=True, readonly=True)
    gstin = fields.Char(string="GSTIN", required=True, readonly=True)
    username = fields.Char(required=True, readonly=True)
    token = fields.Char(copy=False, groups=fields.NO_ACCESS)
    sek = fields.Char(string="SEK (base64)", copy=False, groups=fields.NO_ACCESS)
    expires_at = fields.Datetime(readonly=True, copy=False)

    _unique_user = models.UniqueIndex("(environment, base_url, gstin, username)")
