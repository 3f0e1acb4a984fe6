from datetime import timedelta

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.tools import format_date

WARNING_DAYS = "l10n_in_einvoice_irp.signing_key_warning_days"


class L10nInIrpCredential(models.Model):
    """The chatter of a credential: what happens to its keys, and the warning before the
    last one expires."""

    _name = "l10n_in.irp.credential"
    _inherit = ["l10n_in.irp.credential", "mail.thread", "mail.activity.mixin"]

    environment = fields.Selection(tracking=True)
    base_url = fields.Char(tracking=True)
    gstin = fields.Char(tracking=True)
    active = fields.Boolean(tracking=True)

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
            "Signing key %(kid)s expires on %(day)s. Download the IRP's next signing "
            "key from its public key page and add it to this credential; leave the old "
            "one, which is needed for older invoices.",
            kid=key.kid,
            day=format_date(self.env, day),
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
