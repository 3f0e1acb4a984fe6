import io
import os
import tempfile
import zipfile

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate

from odoo.tests import new_test_user

from ...models.clock import now_utc
from ...models.portal.demo import DemoPortal
from ..common import IrpCommon


def zipped(**members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"keys/{name}.pem", content)
    return made.getvalue()


class KeysCommon(IrpCommon):
    """An administrator with a credential, and certificates of two portals."""

    @classmethod
    def setUpClass(cls):
        # `cryptography` makes certificates only in real time: before it is frozen
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        path = os.path.join(folder, "other.sqlite")
        cls.other = DemoPortal(path, now_utc).portal.signing_certificate
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.admin = self.administrator("irp_admin", self.default_company)
        self.credential = self.make()

    def administrator(self, login, company):
        return new_test_user(
            self.env(su=True),
            login,
            groups="base.group_system,account.group_account_manager",
            email=f"{login}@example.com",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def make(self, portal="nic1", environment="sandbox", user=None, **values):
        credentials = self.env["l10n_in.irp.credential"].with_user(user or self.admin)
        portal = self.env.ref(f"l10n_in_einvoice_irp.portal_{portal}")
        return credentials.create(
            {
                "company_id": self.default_company.id,
                "environment": environment,
                "portal_id": portal.id,
                "username": "user",
                "password": "secret",
                "client_id": "client",
                "client_secret": "client-secret",
                "auth_key": self.auth_key(),
                **values,
            }
        )

    def certificate(self):
        return self.portal().signing_certificate

    def public(self, certificate):
        key = load_pem_x509_certificate(certificate).public_key()
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
