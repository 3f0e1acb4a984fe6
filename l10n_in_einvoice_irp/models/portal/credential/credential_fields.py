from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ....irp.reference import SERVICES
from ..secrets.vault import SecretError, Vault

# before the name of a portal's field in the vault
PREFIX = "portal_fields."


class L10nInIrpCredential(models.Model):
    """The fields that the chosen portal asks for: the form shows no others.

    Each portal gives something else besides user and client pair: its profile names
    these fields, and the vault holds their values.
    """

    _inherit = "l10n_in.irp.credential"

    portal_fields = fields.Json(
        string="Given by the Portal",
        compute="_compute_portal_fields",
        inverse="_inverse_portal_fields",
        copy=False,
        help="Name -> value of what the portal gives besides the API user. Secret "
        "values can be entered, never read.",
    )
    portal_field_info = fields.Json(
        string="Fields of the Portal", compute="_compute_portal_fields"
    )
    asks_client_id = fields.Boolean(compute="_compute_asks")
    asks_client_secret = fields.Boolean(compute="_compute_asks")
    asks_auth_key = fields.Boolean(compute="_compute_asks")
    asks_ewb_user = fields.Boolean(compute="_compute_asks")
    takes_extra_headers = fields.Boolean(compute="_compute_asks")
    auth_key_source = fields.Char(compute="_compute_asks")
    signing_key_source = fields.Char(compute="_compute_asks")
    portal_confidence = fields.Char(related="portal_id.confidence")
    portal_admission = fields.Text(related="portal_id.admission")
    portal_gaps = fields.Text(related="portal_id.gaps")

    @api.depends("portal_id", "environment")
    def _compute_asks(self):
        for credential in self:
            credential.update(credential._asked())

    def _asked(self):
        """Return which other fields the portal asks for, and where keys are had."""
        if not self.portal_id:
            return dict.fromkeys(self._asked_names(), False)
        wire = self._profile().wire
        environment = self._profile().environments[self.environment or "sandbox"]
        has_ewb = bool(environment.ewb_hosts or self.portal_id.base_url)
        return {
            "asks_client_id": "client_id" not in wire.left_out,
            "asks_client_secret": "client_secret" not in wire.left_out,
            "asks_auth_key": wire.is_sealed,
            "asks_ewb_user": has_ewb and wire.offers("ewb_authenticate"),
            "takes_extra_headers": not self.portal_id.is_published,
            "auth_key_source": self._key_source("auth"),
            "signing_key_source": self._key_source("signing"),
        }

    @staticmethod
    def _asked_names():
        asked = ("client_id", "client_secret", "auth_key", "ewb_user")
        sources = ("auth_key_source", "signing_key_source")
        return (*(f"asks_{name}" for name in asked), "takes_extra_headers", *sources)

    def _key_source(self, kind):
        """Return where a portal's key is had.

        :param kind: "auth" or "signing".
        """
        if here := self._key_sources(kind):
            return sources_text(here)
        others = [one for one in self._profile().keys if one.kind == kind]
        if not others:
            return ""
        # one environment's keys do not verify what the other signed
        labels = dict(self._fields["environment"]._description_selection(self.env))
        return self.env._(
            "For %(environment)s: %(where)s Ask the portal for the key of this "
            "environment.",
            environment=labels[others[0].environment],
            where=sources_text(others),
        )

    def _not_offered_note(self):
        """Return which services the portal does not offer; "" if it offers all."""
        portal = self._profile().environments[self.environment]
        missing = [
            service.title
            for service in SERVICES.values()
            if service.listed and not portal.offers(service.name)
        ]
        if not missing:
            return ""
        return self.env._("Not offered to programs: %s.", ", ".join(missing))

    # ------------------------------------------------------------------
    # Fields of the profile
    # ------------------------------------------------------------------

    def _field_values(self):
        """Return name -> value of the profile's fields, for the client.

        :raises UserError: one cannot be used here; the text says what to do.
        """
        return {
            one.name: self._secret(PREFIX + one.name)
            for one in self._profile().wire.fields
        }

    @api.depends("portal_id")
    def _compute_portal_fields(self):
        for credential in self:
            known = credential.portal_id and credential._profile().wire.fields or ()
            names = credential._stored_fields()
            shown = [one.name for one in known if not one.secret and one.name in names]
            credential.portal_fields = {
                name: credential._origin._readable(PREFIX + name) for name in shown
            }
            credential.portal_field_info = [
                {
                    "name": one.name,
                    "title": one.title,
                    "help": one.help,
                    "secret": one.secret,
                    "required": one.required,
                    "is_set": one.name in names,
                }
                for one in known
            ]

    def _stored_fields(self):
        """Return the names of the portal's fields that are stored for it."""
        stored = self._origin
        if not stored or self._is_elsewhere():
            return set()
        names = Vault(stored).names()
        return {name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)}

    def _inverse_portal_fields(self):
        for credential in self:
            given = credential.portal_fields or {}
            credential._check_field_names(given)
            secret = {one.name: one.secret for one in credential._profile().wire.fields}
            # an empty secret is one that was not entered again
            Vault(credential).put(
                **{
                    PREFIX + name: str(value or "").strip()
                    for name, value in given.items()
                    if value or not secret[name]
                }
            )
        self.invalidate_recordset(["portal_fields", "portal_field_info"], flush=False)

    def _check_field_names(self, given):
        known = {one.name for one in self._profile().wire.fields}
        if not isinstance(given, dict) or given.keys() - known:
            raise ValidationError(
                self.env._(
                    "%(credential)s: %(portal)s has no fields other than: %(known)s.",
                    credential=self.display_name,
                    portal=self.portal_id.name,
                    known=", ".join(sorted(known)) or self.env._("(none)"),
                )
            )

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.constrains("portal_id")
    def _check_portal_known(self):
        for credential in self:
            if not credential._profile().wire.known:
                raise ValidationError(
                    self.env._(
                        "%(portal)s cannot be called yet, because not all is known of "
                        "it. Duplicate it under e-Invoicing (India) / Configuration / "
                        "IRP Portals, enter what the portal gave you as Changed Data, "
                        "and choose the copy. Missing:\n%(gaps)s",
                        portal=credential.portal_id.name,
                        gaps=credential.portal_id.sudo().gaps,
                    )
                )

    def _check_portal_fields(self):
        """Check that what the portal's calls need is there."""
        wire, names = self._profile().wire, self._stored_fields()
        if missing := wire.missing(dict.fromkeys(names, "set")):
            raise ValidationError(
                self.env._(
                    "%(credential)s: %(portal)s needs %(fields)s.",
                    credential=self.display_name,
                    portal=self.portal_id.name,
                    fields=", ".join(one.title for one in missing),
                )
            )
        self._check_printable_fields()

    def _check_printable_fields(self):
        """Refuse values that cannot be sent in a header."""
        try:
            values = self._field_values()
        except SecretError:
            # checked when they are entered again
            return
        fields_of_portal = self._profile().wire.fields
        faulty = [
            one.title for one in fields_of_portal if not values[one.name].isprintable()
        ]
        if faulty:
            raise ValidationError(
                self.env._(
                    "%(credential)s: %(fields)s must not contain line breaks.",
                    credential=self.display_name,
                    fields=", ".join(faulty),
                )
            )


def sources_text(sources):
    """Return where keys are had, with the address if there is a fixed one."""
    return " ".join(f"{one.how} {one.url}" if one.url else one.how for one in sources)
