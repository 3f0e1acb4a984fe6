import json
from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ...irp import Session
from ...models.clock import now_utc
from ...models.portal.secrets.vault import Vault
from .test_secrets import SecretsCommon

KEY = {"subscription_key": "a1ankit-key"}
EWB_USER = {
    "ewb_username": "ewb-user",
    "ewb_password": "Ewb-pa55",
    "ewb_client_id": "client",
    "ewb_client_secret": "ewb-c1ient-secret",
}
ASKS_FOR_KEY = {
    "extra_headers": {"X-Key": "{key}"},
    "fields": [
        {
            "name": "key",
            "title": "Gateway Key",
            "help": "From the contract.",
            "secret": True,
            "required": True,
        }
    ],
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEwaybillUser(SecretsCommon):
    """The user of the e-way bill system, with and without API access to the IRP."""

    def connect_ewb(self):
        return self.default_company._l10n_in_irp_connect_ewb("sandbox")

    def without_api(self, **values):
        """Return a credential for the e-way bill system of Alankit alone."""
        self.credential.unlink()
        portal = self.env.ref("l10n_in_einvoice_irp.portal_alankit")
        values = {**EWB_USER, "ewb_auth_key": self.auth_key(), **values}
        credentials = self.env["l10n_in.irp.credential"].with_user(self.admin)
        return credentials.create(
            {
                "company_id": self.default_company.id,
                "portal_id": portal.id,
                "has_api": False,
                **values,
            }
        )

    def test_portals_fields_are_needed_without_api_access_too(self):
        with (
            self.assertRaisesRegex(ValidationError, "needs Subscription Key"),
            self.env.cr.savepoint(),
        ):
            self.without_api()
        self.without_api(portal_fields=KEY)
        self.assertEqual(dict(self.connect_ewb().account.fields), KEY)

    def test_form_shows_the_portals_fields_to_an_ewaybill_user(self):
        credential = self.without_api(ewb_username=False, ewb_password=False)
        with Form(credential) as form:
            self.assertTrue(form._get_modifier("portal_fields", "invisible"))
            form.ewb_username = "ewb-user"
            self.assertFalse(form._get_modifier("portal_fields", "invisible"))
            form.ewb_password = "Ewb-pa55"
            form.portal_fields = KEY
        self.assertEqual(dict(self.connect_ewb().account.fields), KEY)

    def test_changed_portal_that_asks_for_more_says_so(self):
        portal = self.env.ref("l10n_in_einvoice_irp.portal_nic1").sudo().copy()
        secrets = {**EWB_USER, "password": "Pa55", "client_secret": "c1ient-secret"}
        self.credential.write({"portal_id": portal.id, **secrets})
        portal.changes = json.dumps(ASKS_FOR_KEY)
        with self.assertRaisesRegex(UserError, "needs: Gateway Key"):
            self.connect_ewb()

    def test_confirmed_original_counts_the_logins_made_before(self):
        sessions = self.env["l10n_in.irp.session"].sudo()
        keys = {
            "environment": "sandbox",
            "base_url": self.credential.ewb_base_url,
            "gstin": self.credential.gstin,
        }
        live = Session("token", bytes(32), now_utc() + timedelta(hours=1), "user")
        for name in ("user", "ewb-user"):
            sessions._write_session({**keys, "username": name}, live)
        counted = sessions.search([("username", "=", "ewb-user")])
        counted.log_ins = [now_utc().isoformat()]
        self.become_copy()
        room = "odoo.addons.l10n_in_einvoice_irp.models.portal.credential"
        with self.assertLogs(f"{room}.credential_secrets", "WARNING"):
            self.credential.action_confirm_original()
        ours = sessions.search([("gstin", "=", self.credential.gstin)])
        self.assertEqual(ours, counted)
        self.assertEqual(len(counted.log_ins), 1)
        self.assertFalse(counted._session())
        self.assertFalse(Vault(counted).names())
