from odoo import api, models, modules, tools
from odoo.exceptions import UserError, ValidationError

from ...irp import ENVIRONMENTS, Account, SigningKeys
from ...irp.reference import PROFILES
from ..clock import now_utc
from . import demo
from .gateway import PortalConnection, open_connection
from .secrets.vault import key_fault

# the demo portal runs in this process: more threads would only wait for each other
DEMO_CALLS = 4


class ResCompany(models.Model):
    """A company's connection to the portal of an environment."""

    _inherit = "res.company"

    @api.constrains("l10n_in_irp_environment")
    def _check_l10n_in_irp_key(self):
        for company in self:
            is_production = company.l10n_in_irp_environment == "production"
            if is_production and (fault := key_fault(self.env)):
                raise ValidationError(
                    self.env._(
                        "%(company)s: Production needs encrypted IRP credentials. "
                        "%(fault)s",
                        company=company.name,
                        fault=fault,
                    )
                )

    def _l10n_in_irp_connect(
        self, environment, credential=None, *, base_url="", force=False, renews=True
    ) -> PortalConnection:
        """Return a client for the company's GSTIN; makes no call.

        :param base_url: the portal to call, with the credential that has its address;
            by default the main one's.
        :param force: use the credential although the portal refused its log-in.
        :param renews: see `gateway.open_connection`.
        :raises UserError: there is no usable credential, or this database is a copy;
            the text says what to do.
        """
        self.ensure_one()
        if environment == "demo":
            return self._l10n_in_irp_connect_demo(renews)
        credentials = self.env["l10n_in.irp.credential"]
        at = credentials._find_at
        credential = (credential or at(self, environment, base_url)).sudo()
        if not credential:
            raise UserError(self._l10n_in_irp_no_credential_text(environment))
        credential._check_original()
        if credential.blocked_message and not force:
            raise UserError(credential.blocked_message)
        return credential._connect(base_url, renews=renews)

    def _l10n_in_irp_ewb_credential(self, environment, base_url=""):
        address = base_url or self._l10n_in_irp_address(environment)
        credentials = self.env["l10n_in.irp.credential"].sudo()
        return credentials._find_at(self, environment, address)

    def _l10n_in_irp_has_ewb_session(self, environment, base_url=""):
        """Return whether the company calls the e-way bill system in a session of its
        user there: the e-invoice portal may be down, or be closed to it."""
        if environment == "demo":
            return False
        credential = self._l10n_in_irp_ewb_credential(environment, base_url)
        portal = self._l10n_in_irp_portal(environment, base_url)
        needs_own = portal.ewb_cancel == "own_session"
        is_usable = needs_own or not credential.ewb_blocked_message
        return bool(credential.ewb_username) and is_usable

    def _l10n_in_irp_has_ewb_user(self, environment, base_url=""):
        """Return whether Odoo may log in to the e-way bill system now."""
        if environment == "demo":
            return False
        credential = self._l10n_in_irp_ewb_credential(environment, base_url)
        portal = self._l10n_in_irp_portal(environment, base_url)
        return portal.offers("ewb_authenticate") and credential._has_ewb_user()

    def _l10n_in_irp_connect_ewb(self, environment, base_url="", *, renews=True):
        """Return a client for the e-way bill system's API, in a session of its user if
        there is one, else in the portal's; makes no call.

        The parameters and exceptions are those of `_l10n_in_irp_connect`.

        :param renews: of the portal's session; one of the e-way bill system is never
            renewed by its client.
        """
        if not self._l10n_in_irp_has_ewb_session(environment, base_url):
            return self._l10n_in_irp_connect(
                environment, base_url=base_url, renews=renews
            )
        credential = self._l10n_in_irp_ewb_credential(environment, base_url)
        credential._check_original()
        return credential._connect_ewb()

    def _l10n_in_irp_profile(self, environment):
        """Return the `irp.reference.Profile` of the portal that the company calls.

        Without a credential, and in the demo, that is NIC's.
        """
        if environment != "demo":
            credentials = self.env["l10n_in.irp.credential"]
            if credential := credentials._find(self, environment).sudo():
                return credential._profile()
        return PROFILES["nic1"]

    def _l10n_in_irp_no_credential_text(self, environment):
        return self.env._(
            "Company %(company)s has no IRP credential for GSTIN %(gstin)s in the "
            "%(environment)s environment. Ask an administrator to add one in "
            "Invoicing or Accounting, e-Invoicing (India) / Configuration / IRP "
            "Credentials.",
            company=self.name,
            gstin=self.vat or self.env._("(none)"),
            environment=environment,
        )

    def _l10n_in_irp_signing_keys(self, environment) -> SigningKeys:
        """Return the known keys with which a portal signs; there may be none.

        Those of all its portals: a file, or an earlier registration, may be of another
        one than registers now. No usable log-in is needed: a file is checked offline.
        """
        if environment == "demo":
            return self._l10n_in_irp_demo_portal().signing_keys()
        credentials = self.env["l10n_in.irp.credential"]._of(self, environment)
        return SigningKeys(
            key for one in credentials.sudo() for key in one._signing_keys()
        )

    def _l10n_in_irp_address(self, environment):
        """Return the address of the portal that registers the company's invoices; ""
        without a credential."""
        if environment == "demo":
            return ENVIRONMENTS["demo"].base_urls[0].base_url
        credentials = self.env["l10n_in.irp.credential"]
        return credentials._find(self, environment).base_url or ""

    def _l10n_in_irp_addresses(self, environment):
        """Return the addresses of all the company's portals, the main one's first."""
        main = [self._l10n_in_irp_address(environment)]
        credentials = self.env["l10n_in.irp.credential"]._of(self, environment)
        return list(
            filter(None, dict.fromkeys([*main, *credentials.mapped("base_url")]))
        )

    # ------------------------------------------------------------------
    # Demo
    # ------------------------------------------------------------------

    def _l10n_in_irp_connect_demo(self, renews):
        portal = self._l10n_in_irp_demo_portal()
        gstin = self.vat or ""
        portal.admit(gstin)
        account = Account(
            gstin,
            demo.USERNAME,
            demo.PASSWORD,
            demo.CLIENT_ID,
            demo.CLIENT_SECRET,
            portal.auth_key(),
        )
        return open_connection(
            self.env,
            account,
            portal.signing_keys(),
            ENVIRONMENTS["demo"],
            self._l10n_in_irp_address("demo"),
            portal.transport(),
            renews=renews,
            calls=DEMO_CALLS,
        )

    def _l10n_in_irp_demo_portal(self):
        """Return the demo portal of this database, with its data."""
        path = ""
        if modules.module.current_test:
            # a rollback undoes no registration, so that each test has a portal
            parameters = self.env["ir.config_parameter"].sudo()
            path = parameters.get_param("l10n_in_einvoice_irp.demo_portal")
        path = path or demo.own_path(self.env, tools.config["data_dir"])
        return demo.DemoPortal(path, now_utc)
