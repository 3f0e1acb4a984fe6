import base64
from datetime import timedelta

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ....irp import IrpError, IrpNotFound
from ....irp.client import download_keys
from ....irp.protocol import MAX_UPLOAD_BYTES, is_zip, read_single_key
from ..error_messages import ErrorMessages

# field with the file of a key -> field with its name
KEY_FILES = {
    "auth_key": "auth_key_filename",
    "ewb_auth_key": "ewb_auth_key_filename",
}
WARNING_DAYS = "l10n_in_einvoice_irp.signing_key_warning_days"


class L10nInIrpCredential(models.Model):
    """The keys of a credential: as the portal hands them out, what happens to them (in
    the chatter), and the warning before the last one expires."""

    _name = "l10n_in.irp.credential"
    _inherit = ["l10n_in.irp.credential", "mail.thread", "mail.activity.mixin"]

    environment = fields.Selection(tracking=True)
    base_url = fields.Char(tracking=True)
    gstin = fields.Char(tracking=True)
    active = fields.Boolean(tracking=True)
    can_fetch_keys = fields.Boolean(compute="_compute_can_fetch_keys")

    @api.depends("portal_id", "environment")
    def _compute_can_fetch_keys(self):
        for credential in self:
            sources = credential.portal_id and credential._published_keys()
            credential.can_fetch_keys = bool(sources)

    # ------------------------------------------------------------------
    # As the portal hands them out
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([unpacked(self, vals, KEY_FILES) for vals in vals_list])

    def write(self, vals):
        return super().write(unpacked(self, vals, KEY_FILES))

    def _key_sources(self, kind):
        """Return what the portal's profile knows about keys in this environment.

        :param kind: "auth" or "signing".
        """
        return [
            one
            for one in self._profile().keys
            if (one.kind, one.environment) == (kind, self.environment)
        ]

    def _published_keys(self):
        """Return the sources of signing keys at a fixed address."""
        return [one for one in self._key_sources("signing") if one.url]

    def _download_keys(self):
        """Download the signing keys that the portal publishes; add none of them.

        :return: a list of `irp.protocol.KeyUpload`.
        :raises UserError: the portal publishes none at a fixed address, or they could
            not be downloaded; the text says where to find them.
        """
        if not (sources := self._published_keys()):
            raise UserError(
                self.env._(
                    "%(portal)s publishes no signing keys for this environment at a "
                    "fixed address. %(where)s Click 'Add Signing Keys…' to add them "
                    "from files.",
                    portal=self.portal_id.name,
                    where=self._key_source("signing"),
                )
            )
        transport = self._transport(max_answer_bytes=MAX_UPLOAD_BYTES)
        transport = self._wrap_transport(transport)
        return [self._download(source, transport) for source in sources]

    def _download(self, source, transport):
        try:
            return download_keys(source, transport)
        except IrpNotFound as error:
            raise UserError(
                self.env._(
                    "%(portal)s no longer has its signing keys at %(url)s: the name of "
                    "the file changes when the key does. %(by_hand)s The new address "
                    "can be entered in a copy of the portal (e-Invoicing (India) / "
                    "Configuration / IRP Portals, Changed Data, member keys).",
                    portal=self.portal_id.name,
                    url=source.url,
                    by_hand=self._by_hand(source),
                )
            ) from error
        except (IrpError, ValueError) as error:
            raise UserError(
                self.env._(
                    "%(portal)s: the signing keys could not be downloaded from "
                    "%(url)s. %(reason)s\n%(by_hand)s",
                    portal=self.portal_id.name,
                    url=source.url,
                    reason=self._download_fault(error),
                    by_hand=self._by_hand(source),
                )
            ) from error

    def _download_fault(self, error):
        if isinstance(error, ValueError):
            return str(error)
        if error.http_status and error.outcome == "protocol":
            return self.env._(
                "The website answered with HTTP %s; it may admit visitors from India "
                "alone.",
                error.http_status,
            )
        return ErrorMessages(self.env).describe(error).clicked

    def _by_hand(self, source):
        return self.env._(
            "Look for the file on %(page)s, download it in a browser, and click 'Add "
            "Signing Keys…' to add it.",
            page=source.page or source.how,
        )

    # ------------------------------------------------------------------
    # What happens to them
    # ------------------------------------------------------------------

    def _announce(self, event, facts):
        """Note an event, and mail it to the other administrators.

        :param facts: HTML.
        """
        self.ensure_one()
        user = self.env.user
        subject = f"{event}: {self.display_name}"
        by = self.env._("By %(user)s (%(login)s).", user=user.name, login=user.login)
        body = Markup("<p><b>%s</b><br/>%s<br/>%s</p>") % (subject, facts, by)
        credential = self.sudo()
        credential.message_post(body=body, subtype_xmlid="mail.mt_note")
        others = self._administrators() - user
        if recipients := others.partner_id.filtered("email"):
            warning = self.env._(
                "If you did not expect this, check the credential: whoever adds a "
                "signing key decides which e-Invoices Odoo accepts."
            )
            credential.env["mail.mail"].create(
                {
                    "subject": subject,
                    "body_html": body + Markup("<p>%s</p>") % warning,
                    "email_from": self.company_id.email_formatted
                    or user.email_formatted,
                    "recipient_ids": [Command.set(recipients.ids)],
                }
            )

    @api.model
    def _administrators(self):
        """Return the users who administer Odoo."""
        users = self.env.ref("base.group_system").sudo().all_user_ids
        return users.filtered("active")

    @api.model
    def _cron_warn_of_expiry(self):
        """Warn administrators, once for each key, before the last valid signing key of
        a credential expires."""
        days = self.env["ir.config_parameter"].sudo().get_param(WARNING_DAYS, "30")
        until = fields.Datetime.now() + timedelta(days=int(days))
        for credential in self.sudo().search([("signing_key_ids", "!=", False)]):
            keys = credential.signing_key_ids.filtered("valid_to")
            last = keys.sorted("valid_to")[-1:]
            if last and last.valid_to <= until:
                credential._warn_of_expiry(last)

    def _warn_of_expiry(self, key):
        if key.expiry_notified:
            return
        day = key.valid_to.date()
        note = self.env._(
            "Signing key %(kid)s expires on %(day)s. %(what_to_do)s Leave the old one, "
            "which is needed for older invoices.",
            kid=key.kid or key.fingerprint,
            day=format_date(self.env, day),
            what_to_do=self._renewal_text(),
        )
        for user in self._administrators().filtered(
            lambda user: self.company_id in user.company_ids
        ):
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=day,
                summary=self.env._("The IRP's signing key expires"),
                note=note,
                user_id=user.id,
            )
        key.expiry_notified = True

    def _renewal_text(self):
        """Return how to get the portal's next signing key."""
        if self._published_keys():
            return self.env._(
                "%s publishes its next signing key: open this credential and click "
                "'Fetch Keys'.",
                self.portal_id.name,
            )
        return self.env._(
            "Get the next signing key of %(portal)s (%(where)s), open this credential "
            "and click 'Add Signing Keys…'.",
            portal=self.portal_id.name,
            where=self._key_source("signing").rstrip(".")
            or self.env._("from its public key page"),
        )


def unpacked(records, vals, files):
    """Return values in which a zip with one key is replaced by that key.

    :param files: field with a file -> field with its name.
    :raises ValidationError: a zip does not hold exactly one usable key.
    """
    found = {}
    for name, filename in files.items():
        content = decoded(vals.get(name))
        if not is_zip(content):
            continue
        zip_name = vals.get(filename) or "zip"
        try:
            key = read_single_key(zip_name, content)
        except ValueError as error:
            label = records._fields[name].get_description(records.env)["string"]
            raise ValidationError(
                records.env._(
                    "%(field)s, file %(file)s: %(reason)s.",
                    field=label,
                    file=zip_name,
                    reason=error,
                )
            ) from error
        found |= {name: base64.b64encode(key.der), filename: key.name.split("/")[-1]}
    return {**vals, **found}


def decoded(value):
    """Return the content of a binary field's value; what is no base64 is empty."""
    try:
        return base64.b64decode(value or b"")
    except (TypeError, ValueError):
        return b""
