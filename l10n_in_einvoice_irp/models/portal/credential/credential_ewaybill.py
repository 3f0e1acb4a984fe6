import base64

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from ....irp import (
    Account,
    IrpError,
    IrpEwbLogInError,
    load_auth_key,
)
from ....irp.protocol import seal_ewb_credentials
from ..error_messages import ErrorMessages
from ..gateway import open_ewaybill_system

EWB_SECRETS = {
    "ewb_username",
    "ewb_password",
    "ewb_client_id",
    "ewb_client_secret",
    "ewb_base_url",
    "portal_id",
    "portal_fields",
    "ewb_auth_key",
    # used where the e-way bill user has no separate value
    "auth_key",
    "client_id",
    "client_secret",
    "extra_headers",
    "proxy_url",
    "proxy_password",
}
# behind the address of a GSP that has one for both systems; no path of a portal
EWB_MARK = "~e-way-bill"


class L10nInIrpCredential(models.Model):
    """The user of the e-way bill system: an optional part of a credential.

    Without one, e-way bills are cancelled where the e-invoice portal offers it, and on
    the web page of the e-way bill system elsewhere.
    """

    _inherit = "l10n_in.irp.credential"

    ewb_username = fields.Char(
        string="e-Way Bill API User",
        copy=False,
        help="API user of this GSTIN in the e-way bill system (ewaybillgst.gov.in, "
        "Registration / For API). It is neither the API user of the e-Invoice portal "
        "nor the website login. If empty, cancel e-way bills on the website.",
    )
    ewb_client_id = fields.Char(
        string="e-Way Bill Client ID",
        copy=False,
        help="Only if the e-way bill system gave a client ID different from the "
        "e-Invoice portal's.",
    )
    ewb_base_url = fields.Char(
        string="e-Way Bill System Address",
        compute="_compute_ewb_base_url",
        store=True,
        readonly=False,
        precompute=True,
        help="Filled in for the e-way bill system of NIC, and for a GSP. Production "
        "takes no other address.",
    )
    ewb_auth_key = fields.Binary(
        string="e-Way Bill System's Public Key",
        attachment=False,
        help="Key to encrypt the login to the e-way bill system, as downloaded from "
        "it. If empty, the public key of the e-Invoice portal is used.",
    )
    ewb_auth_key_filename = fields.Char(string="e-Way Bill Key File Name")
    ewb_blocked_message = fields.Char(
        string="Login to the e-Way Bill System Refused",
        readonly=True,
        copy=False,
        help="The e-way bill system locks a user after several wrong passwords. The "
        "user is not used until it is corrected or tested again.",
    )

    def _check_ewb_user(self):
        if bool(self.ewb_username) != self.has_ewb_password:
            raise ValidationError(
                self.env._(
                    "%s: enter both API user and password of the e-way bill system, or "
                    "leave both empty.",
                    self.display_name,
                )
            )
        self._check_ewb_log_in_fits()

    def _check_ewb_log_in_fits(self):
        """Refuse a log-in that does not fit into one block of the e-way bill system's
        RSA key."""
        if not (self.ewb_username and (password := self._readable("ewb_password"))):
            return
        key = self._load_ewb_auth_key()
        try:
            seal_ewb_credentials(self.ewb_username, password, bytes(32), key)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "e-Way bill user and password of %(credential)s: %(reason)s",
                    credential=self.display_name,
                    reason=error,
                )
            ) from error

    def write(self, vals):
        result = super().write(vals)
        if EWB_SECRETS & vals.keys() and "ewb_blocked_message" not in vals:
            self.sudo().ewb_blocked_message = False
        if "ewb_blocked_message" in vals and not vals["ewb_blocked_message"]:
            self._use_again(of_ewb=True)
        return result

    def _ewb_place(self):
        """Return the address under which the session, seats and pauses of the e-way
        bill system are stored.

        Where the e-invoice portal has the same address, it ends in a mark, so that
        neither system takes the other's seats or token, or pauses it.
        """
        url = self.ewb_base_url or ""
        return f"{url}/{EWB_MARK}" if url and url == self.base_url else url

    def _has_ewb_user(self):
        """Return whether Odoo may log in to the e-way bill system."""
        return bool(self.ewb_username) and not self.ewb_blocked_message

    def _attach_ewaybill_system(self, connection):
        """Add the connection to the e-way bill system, if there is a usable user.

        The client of the e-invoice portal does not use it: it would log in to the
        e-way bill system beside the queue's own line there.
        """
        if self._has_ewb_user():
            connection.ewb = self._connect_ewb(recorder=connection.recorder)

    def _connect_ewb(self, *, recorder=None):
        """Return a client for the user of the e-way bill system, which needs no login
        to the e-invoice portal.

        :param recorder: see `gateway.open_ewaybill_system`.
        :raises UserError: its login was refused, or something is missing.
        """
        self.ensure_one()
        if self.ewb_blocked_message:
            raise UserError(self.ewb_blocked_message)
        try:
            return open_ewaybill_system(
                self.env,
                self._ewb_account(),
                self._environment(self.ewb_base_url),
                self.ewb_base_url,
                self._transport(),
                calls=self.calls,
                recorder=recorder,
                place=self._ewb_place(),
            )
        except ValueError as error:
            # a changed copy of the portal may ask for more than was entered
            raise self._unusable(error) from error

    def _ewb_account(self):
        try:
            return Account(
                self.gstin,
                self.ewb_username,
                self._secret("ewb_password"),
                self.ewb_client_id or self.client_id or "",
                self._secret("ewb_client_secret") or self._secret("client_secret"),
                self._load_ewb_auth_key(),
                self._field_values(),
            )
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(credential)s, e-way bill user: %(reason)s",
                    credential=self.display_name,
                    reason=error,
                )
            ) from error

    def _load_ewb_auth_key(self):
        """Return the RSA key for log-ins to the e-way bill system; the portal's by
        default."""
        whole = self.with_context(bin_size=False, bin_size_ewb_auth_key=False)
        if not (whole.ewb_auth_key or self.auth_key):
            raise ValidationError(
                self.env._(
                    "%s: upload the e-Way Bill System's Public Key, with which Odoo "
                    "encrypts the login to that system.",
                    self.display_name,
                )
            )
        if not whole.ewb_auth_key:
            return self._load_auth_key()
        try:
            return load_auth_key(base64.b64decode(whole.ewb_auth_key))
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "Public key of the e-way bill system in credential "
                    "%(credential)s: %(reason)s. Upload the key file as downloaded "
                    "from that system.",
                    credential=self.display_name,
                    reason=error,
                )
            ) from error

    def _block(self, error):
        """Stop using the refused user: several refusals lock it."""
        message = ErrorMessages(self.env).describe(error).full
        of_ewb = isinstance(error, IrpEwbLogInError)
        name = "ewb_blocked_message" if of_ewb else "blocked_message"
        # one refusal often answers many calls
        if self[name] != message:
            self[name] = message

    def _test_ewb(self, connection):
        """Log in to the e-way bill system, if there is a user for it.

        :return: the result to report, "" if there is none; why it failed, or "".
        """
        if not connection.ewb:
            return "", ""
        try:
            self.env["l10n_in.irp.session"]._ensure_valid(connection.ewb)
        except IrpError as error:
            return "", self.env._(
                "Login to the e-Invoice portal was successful, but the e-way bill "
                "system at %(address)s rejected it.\n%(message)s",
                address=self.ewb_base_url,
                message=ErrorMessages(self.env).describe(error).clicked,
            )
        return self.env._("Login to the e-way bill system was successful too."), ""
