from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ....irp.reference import (
    check_gsp_url,
    check_path_prefixes,
    parse_address,
    read_pairs,
)

ADDRESSES = ("base_url", "ewb_base_url")


class L10nInIrpGsp(models.Model):
    """A pass-through GSP, which production may call besides the portals.

    All calls of a credential go through that host, so only a system administrator
    vouches for it, whatever access rights others have.
    """

    _name = "l10n_in.irp.gsp"
    _description = "Pass-through GSP"
    _order = "name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    base_url = fields.Char(
        string="Address",
        required=True,
        help="Begins with https://. IRP credentials that use this GSP send their calls "
        "there.",
    )
    ewb_base_url = fields.Char(
        string="Address for e-Way Bills",
        help="Only if the GSP has a different address for the e-way bill system.",
    )
    host = fields.Char(string="Calls Go To", compute="_compute_host")
    path_prefixes = fields.Text(
        help="The GSP's path prefixes instead of the portal's, one "
        "'/published = /theirs' per line.",
    )
    credential_ids = fields.One2many(
        "l10n_in.irp.credential", "gsp_id", string="IRP Credentials"
    )

    _unique_address = models.UniqueIndex(
        "(base_url)", "There is already a GSP with this address; it may be archived."
    )

    @api.depends(*ADDRESSES)
    def _compute_host(self):
        for gsp in self:
            urls = {gsp[name]: None for name in ADDRESSES if gsp[name]}
            gsp.host = ", ".join(map(host_of, urls))

    @api.constrains("active")
    def _check_unused(self):
        for gsp in self.filtered(lambda one: not one.active):
            if users := gsp._users().filtered("active"):
                raise ValidationError(
                    self.env._(
                        "GSP %(gsp)s is in use by %(credentials)s. Choose another GSP "
                        "there first, or none.",
                        gsp=gsp.name,
                        credentials=", ".join(users.mapped("display_name")),
                    )
                )

    @api.constrains(*ADDRESSES, "path_prefixes")
    def _check_target(self):
        for gsp in self:
            try:
                for name in ADDRESSES:
                    check_gsp_url(gsp[name] or gsp.base_url)
                check_path_prefixes(gsp._prefixes())
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "GSP %(gsp)s: %(reason)s", gsp=gsp.name or "", reason=error
                    )
                ) from error

    def _prefixes(self):
        """Return published path prefix -> the GSP's.

        :raises ValueError: a line is not of that form.
        """
        return read_pairs(self.path_prefixes or "", "=")

    @api.model
    def _at(self, url):
        """Return the GSP at an address, archived or not; empty if there is none."""
        gsps = self.sudo().with_context(active_test=False)
        domain = ["|", ("base_url", "=", url), ("ewb_base_url", "=", url)]
        return gsps.search(domain, limit=1) if url else gsps.browse()

    # ------------------------------------------------------------------
    # Only by system administrators
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_administrator()
        return super().create([with_one_spelling(vals) for vals in vals_list])

    def write(self, vals):
        self._check_administrator()
        vals = with_one_spelling(vals)
        self._check_destination(vals)
        result = super().write(vals)
        if vals.keys() & {*ADDRESSES, "path_prefixes"}:
            credentials = self._users()
            credentials._check_addresses()
            # what was refused with the old paths may be accepted with the new ones
            credentials.write({"blocked_message": False, "ewb_blocked_message": False})
        return result

    def _check_destination(self, vals):
        """Refuse another address while credentials use it: their secrets would be sent
        to a host that they were not entered for."""
        for gsp in self:
            is_moved = any(n in vals and vals[n] != gsp[n] for n in ADDRESSES)
            if is_moved and (users := gsp._users()):
                raise ValidationError(
                    self.env._(
                        "GSP %(gsp)s is in use by %(credentials)s. Add the new address "
                        "as another GSP, choose it there, and enter the secrets again.",
                        gsp=gsp.name,
                        credentials=", ".join(users.mapped("display_name")),
                    )
                )

    def _users(self):
        """Return all credentials with these GSPs: other companies' and archived ones
        have secrets as well."""
        credentials = self.env["l10n_in.irp.credential"].sudo()
        every = credentials.with_context(active_test=False)
        return every.search([("gsp_id", "in", self.ids)])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_administrator(self):
        self._check_administrator()

    def _check_administrator(self):
        """Refuse others: granted access rights are not enough.

        :raises AccessError: the user is no system administrator.
        """
        if not self.env.su and not self.env.user._is_system():
            raise AccessError(
                self.env._(
                    "Only a system administrator (Administration: Settings) can add or "
                    "change a GSP, because all e-Invoices of a credential go there."
                )
            )


def with_one_spelling(vals):
    """Return values with each address in its one spelling; constraints refuse what has
    none."""
    given = [name for name in ADDRESSES if name in vals]
    return {**vals, **{name: one_spelling(vals[name]) for name in given}}


def one_spelling(url):
    """Return an address as all comparisons and calls use it.

    What is none stays as it is, for a constraint to say why, but for a NUL, which
    PostgreSQL does not take.
    """
    try:
        return parse_address(url or "").url
    except ValueError:
        return url and url.replace("\0", "\N{REPLACEMENT CHARACTER}")


def host_of(url):
    """Return the host, and the port if it is not the usual one, that a URL calls."""
    try:
        return parse_address(url or "").origin.partition("://")[2]
    except ValueError:
        return ""
