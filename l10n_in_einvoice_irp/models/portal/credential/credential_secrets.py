import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ....irp import ENVIRONMENTS
from .vault import (
    ForeignSecret,
    LostKey,
    SecretError,
    Vault,
    add_column,
    copy_text,
    key_fault,
    take_over,
)

_logger = logging.getLogger(__name__)

PORTAL_SECRETS = ("password", "client_secret", "extra_headers")
EWB_SECRETS = ("ewb_password", "ewb_client_secret")
VAULTED = (*PORTAL_SECRETS, *EWB_SECRETS)
# what is of no use without its other half: user -> secret
HALVES = {
    "client_id": "client_secret",
    "ewb_username": "ewb_password",
    "ewb_client_id": "ewb_client_secret",
}
# what the checks below compare with the secrets
CHECKED = {
    *("environment", "username", "client_id", "auth_key", "gsp_id"),
    *("ewb_username", "ewb_auth_key"),
    *VAULTED,
}
SHOWN = (*(f"has_{name}" for name in VAULTED), "secrets_state", "secrets_note")
# the secrets that are sent to an address
SENT_TO = {
    "base_url": PORTAL_SECRETS,
    # those of the portal stand in for what the e-way bill user lacks
    "ewb_base_url": (*EWB_SECRETS, "client_secret", "extra_headers"),
}


def write_only(name, field=fields.Char, **attributes):
    """Return a field that takes a secret into the vault and gives nothing back."""
    return field(
        compute=lambda records: records.update({name: False}),
        inverse=lambda records: records._put_secret(name),
        copy=False,
        **attributes,
    )


class L10nInIrpCredential(models.Model):
    """The secrets of a credential, and whether they may be used in this database."""

    _inherit = "l10n_in.irp.credential"

    password = write_only("password", string="API Password")
    client_secret = write_only("client_secret")
    extra_headers = write_only(
        "extra_headers",
        fields.Text,
        help="For a pass-through GSP: headers required with every call, one 'Name: "
        "value' per line.",
    )
    ewb_password = write_only("ewb_password", string="e-Way Bill API Password")
    ewb_client_secret = write_only(
        "ewb_client_secret", string="e-Way Bill Client Secret"
    )
    has_password = fields.Boolean(
        string="API Password Set", compute="_compute_has_secrets"
    )
    has_client_secret = fields.Boolean(
        string="Client Secret Set", compute="_compute_has_secrets"
    )
    has_extra_headers = fields.Boolean(
        string="Extra Headers Set", compute="_compute_has_secrets"
    )
    has_ewb_password = fields.Boolean(
        string="e-Way Bill API Password Set", compute="_compute_has_secrets"
    )
    has_ewb_client_secret = fields.Boolean(
        string="e-Way Bill Client Secret Set", compute="_compute_has_secrets"
    )
    secrets_state = fields.Selection(
        selection=[
            ("foreign", "Copy of a Database"),
            ("lost", "Key Missing"),
            ("unencrypted", "Not Encrypted"),
            ("encrypted", "Encrypted"),
        ],
        string="Secrets",
        compute="_compute_secrets_state",
    )
    secrets_note = fields.Text(
        string="Note on Secrets", compute="_compute_secrets_state"
    )

    def init(self):
        result = super().init()
        add_column(self)
        take_over(self, VAULTED)
        return result

    # ------------------------------------------------------------------
    # Set or not set
    # ------------------------------------------------------------------

    def _compute_has_secrets(self):
        for credential in self:
            stored = credential._origin
            names = Vault(stored).names() if stored else ()
            credential.update({f"has_{name}": name in names for name in VAULTED})

    def _compute_secrets_state(self):
        for credential in self:
            state, note = credential._origin._secrets_state()
            credential.secrets_state = state
            credential.secrets_note = note

    def _secrets_state(self):
        """Return the state of the secrets, and a note if something is to be done."""
        fault = key_fault(self.env)
        if not self:
            note = fault and self._unencrypted_text(fault)
            return ("unencrypted" if fault else False), note
        vault = Vault(self)
        if vault.is_foreign():
            return "foreign", copy_text(self.env)
        if lost := vault.lost():
            return "lost", str(self._lost_error(sorted(lost)))
        if vault.is_encrypted():
            return "encrypted", False
        return "unencrypted", self._unencrypted_text(fault)

    def _unencrypted_text(self, fault):
        if fault:
            return self.env._(
                "Secrets are stored without encryption. This is enough for trials, but "
                "Production cannot be chosen. %s",
                fault,
            )
        return self.env._(
            "Secrets are stored without encryption, because the Odoo server had no key "
            "when they were entered. Enter them again, or ask the administrator of the "
            "server to run 'odoo irp_secrets rotate'."
        )

    @api.onchange("environment")
    def _onchange_environment_secrets(self):
        """Ask for the secrets again: another environment issues others."""
        if self._origin and self._origin.environment != self.environment:
            self.update({f"has_{name}": False for name in VAULTED})

    # ------------------------------------------------------------------
    # Putting in
    # ------------------------------------------------------------------

    def _put_secret(self, name):
        for credential in self:
            Vault(credential).put(**{name: credential[name]})
        # nor does the cache give it back
        self.invalidate_recordset([name, *SHOWN], flush=False)

    @api.model_create_multi
    def create(self, vals_list):
        credentials = super().create(vals_list)
        credentials._check_secrets()
        return credentials

    def write(self, vals):
        without = {
            secret: False
            for name, secret in HALVES.items()
            if name in vals and not vals[name]
        }
        before = {one: (one.environment, one._addresses()) for one in self}
        result = super().write({**without, **vals})
        for credential, (environment, addresses) in before.items():
            if credential.environment != environment:
                credential._remove_secrets_except(vals)
            else:
                credential._check_destinations(addresses, vals)
        if CHECKED & vals.keys():
            self._check_secrets()
        self._encrypt_secrets()
        return result

    def _remove_secrets_except(self, names):
        """Remove what another environment issued."""
        Vault(self).put(**{name: False for name in VAULTED if name not in names})
        self.invalidate_recordset(SHOWN, flush=False)

    def _encrypt_secrets(self):
        """Encrypt what was entered before the server had a key."""
        if key_fault(self.env):
            return
        for vault in map(Vault, self):
            if not vault.is_encrypted():
                vault.encrypt()
        self.invalidate_recordset(SHOWN, flush=False)

    def action_remove_extra_headers(self):
        """Remove the extra headers, which a form cannot empty as it never shows
        them."""
        self.write({"extra_headers": False})

    def _addresses(self):
        return {name: self[name] for name in SENT_TO}

    def _check_destinations(self, before, vals):
        """Refuse to send stored secrets to another address than they were entered
        for: who may change the address could read them there."""
        stored = Vault(self).names()
        for name, address in self._addresses().items():
            if address == before[name] or self._is_published(address):
                continue
            if missing := sorted(stored.intersection(SENT_TO[name]) - vals.keys()):
                raise ValidationError(
                    self.env._(
                        "%(credential)s: the address changes to %(address)s. Enter "
                        "%(fields)s again, so that no secret is sent to an address "
                        "that it was not entered for.",
                        credential=self.display_name,
                        address=address,
                        fields=self._labels(missing),
                    )
                )

    def _is_published(self, address):
        """Return whether the portal of this environment has an address."""
        published = ENVIRONMENTS[self.environment]
        hosts = (*published.base_urls, *published.ewb_hosts)
        return not address or address in [host.base_url for host in hosts]

    def _labels(self, names):
        described = self.fields_get(names, ["string"])
        return ", ".join(described[name]["string"] for name in names)

    def _check_secrets(self):
        """Check what can be checked only once the secrets are stored."""
        for credential in self.sudo():
            credential._check_password()
            credential._check_client()
            credential._check_ewb_user()
            # what cannot be read is checked when it is entered again
            is_set = credential.has_extra_headers
            if not is_set or credential._readable("extra_headers"):
                credential._check_lines()

    @api.constrains("environment")
    def _check_key_for_production(self):
        for credential in self.filtered(lambda one: one.environment == "production"):
            if fault := key_fault(self.env):
                raise ValidationError(
                    self.env._(
                        "%(credential)s: Production needs encrypted secrets. %(fault)s",
                        credential=credential.display_name,
                        fault=fault,
                    )
                )

    # ------------------------------------------------------------------
    # Taking out
    # ------------------------------------------------------------------

    def _secret(self, name):
        """Return a secret in clear; "" if it is not set.

        :raises UserError: it cannot be used here; the text says what to do.
        """
        try:
            return Vault(self).take(name)
        except LostKey as error:
            raise self._lost_error([name]) from error

    def _readable(self, name):
        """Return a secret; "" if it is not set or cannot be used here."""
        try:
            return Vault(self).take(name)
        except SecretError:
            return ""

    def _lost_error(self, names):
        return LostKey(
            self.env._(
                "%(credential)s: the key that encrypted %(fields)s is missing. The "
                "administrator of the server can enter it as irp_secret_keys in "
                "odoo.conf again. If it is lost, ask an administrator to enter "
                "%(fields)s again in Invoicing or Accounting, Configuration / IRP "
                "Credentials. e-Invoices wait until then.",
                credential=self.display_name,
                fields=self._labels(names),
            )
        )

    @api.model
    def _everywhere(self):
        """Return the credentials of all companies, archived ones too."""
        domain = [("company_id", "!=", False)]
        return self.sudo().with_context(active_test=False).search(domain)

    @api.model
    def _rotate_secrets(self):
        """Encrypt the secrets and tokens of this database with the server's first key.

        :return: a text for each credential of which a key is missing.
        :raises UserError: the server has no key.
        """
        if fault := key_fault(self.env):
            raise UserError(fault)
        credentials = self._everywhere()
        for record in (
            *credentials,
            *self.env["l10n_in.irp.session"].sudo().search([("gstin", "!=", False)]),
        ):
            Vault(record).encrypt()
        return [
            str(credential._lost_error(sorted(lost)))
            for credential in credentials
            if (lost := Vault(credential).lost())
        ]

    # ------------------------------------------------------------------
    # The original and its copies
    # ------------------------------------------------------------------

    def _check_original(self):
        """Refuse secrets that were entered for another database.

        :raises ForeignSecret: this database is a copy, or was moved.
        """
        if Vault(self).is_foreign():
            raise ForeignSecret(copy_text(self.env))

    def action_confirm_original(self):
        """Use all credentials in this database, on the word of an administrator."""
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._("Only an administrator (Settings) can confirm this.")
            )
        credentials = self._everywhere()
        foreign = credentials.filtered(lambda one: Vault(one).is_foreign())
        if not foreign:
            raise UserError(self.env._("The IRP credentials belong to this database."))
        for credential in foreign:
            Vault(credential).adopt()
        # the other database may have used them since: the next call logs in
        self.env["l10n_in.irp.session"].sudo().search([("gstin", "!=", False)]).unlink()
        foreign._note_original()
        credentials.invalidate_recordset(SHOWN)
        foreign._resume_waiting()

    def _note_original(self):
        """Note in the server's log and in the companies' chatter who confirmed it."""
        _logger.warning(
            "database %s: user %s (%s) confirmed that it is the original; its IRP "
            "credentials are used again",
            self.env.cr.dbname,
            self.env.user.login,
            self.env.uid,
        )
        for partner in self.company_id.partner_id:
            partner.message_post(
                body=self.env._(
                    "%(user)s confirmed that database %(database)s is the original. "
                    "Its IRP credentials are used again.",
                    user=self.env.user.name,
                    database=self.env.cr.dbname,
                ),
                author_id=self.env.user.partner_id.id,
            )
