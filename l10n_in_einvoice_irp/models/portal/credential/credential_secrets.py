import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ....irp.reference import related_addresses
from ..secrets.vault import (
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
    *("environment", "username", "client_id", "auth_key", "portal_id"),
    *("ewb_username", "ewb_auth_key", "portal_fields"),
    *VAULTED,
}
SHOWN = (
    *(f"has_{name}" for name in VAULTED),
    *("secrets_state", "secrets_note", "portal_fields", "portal_field_info"),
)
# the secrets that are sent to an address
SENT_TO = {
    "base_url": (*PORTAL_SECRETS, "portal_fields"),
    # those of the portal stand in for what the e-way bill user lacks
    "ewb_base_url": (*EWB_SECRETS, "client_secret", "extra_headers", "portal_fields"),
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
        help="For a GSP that is not in the list of portals: headers required with "
        "every call, one 'Name: value' per line.",
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

    @api.depends("environment", "portal_id")
    def _compute_has_secrets(self):
        for credential in self:
            stored = credential._origin
            is_here = stored and not credential._is_elsewhere()
            names = Vault(stored).names() if is_here else ()
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
        before = {one: (one._issuer(), one._addresses()) for one in self}
        result = super().write({**without, **vals})
        for credential, (issuer, addresses) in before.items():
            if credential._issuer() != issuer:
                credential._remove_secrets_except(vals)
            else:
                credential._check_destinations(addresses, vals)
        if CHECKED & vals.keys():
            self._check_secrets()
        self._encrypt_secrets()
        return result

    def _issuer(self):
        """Return who has issued the secrets: a portal, in one of its environments."""
        return self.environment, self.portal_id

    def _remove_secrets_except(self, names):
        """Remove what another environment or portal issued."""
        stored = Vault(self).names()
        others = [name for name in stored if name.partition(".")[0] not in names]
        Vault(self).put(**dict.fromkeys(others))
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
        return self.write({"extra_headers": False})

    def _addresses(self):
        return {name: self[name] for name in SENT_TO}

    def _check_destinations(self, before, vals):
        """Refuse to send stored secrets to another address than they were entered
        for: who may change the address could read them there."""
        stored = {name.partition(".")[0] for name in Vault(self).names()}
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
        """Return whether its portal, as published, has an address, or shares its
        log-in with the one that has it."""
        portal, environment = self.portal_id.sudo(), self.environment
        published = {
            *portal._published_addresses(environment),
            *related_addresses(portal._profile(), environment),
        }
        return not address or (portal.is_published and address in published)

    def _labels(self, names):
        """Return the labels of fields, and the titles of the portal's own."""
        fields_of_ours = {name.partition(".")[0] for name in names}
        described = self.fields_get(fields_of_ours, ["string"])
        titles = {one.name: one.title for one in self._profile().wire.fields}
        return ", ".join(
            titles.get(name.partition(".")[2]) or described[name]["string"]
            for name in names
        )

    def _check_secrets(self):
        """Check what can be checked only once the secrets are stored."""
        for credential in self.sudo():
            credential._check_password()
            credential._check_client()
            credential._check_ewb_user()
            credential._check_portal_fields()
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
                "%(fields)s again in Invoicing or Accounting, e-Invoicing (India) / "
                "Configuration / IRP Credentials. e-Invoices wait until then.",
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
        sessions = self.env["l10n_in.irp.session"].sudo()
        sessions.search([("gstin", "!=", False)])._forget()
        foreign._note_original()
        credentials.invalidate_recordset(SHOWN)
        foreign._resume_waiting()
        return True

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
