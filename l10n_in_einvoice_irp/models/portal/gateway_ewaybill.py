from odoo import models
from odoo.exceptions import UserError

from ...irp import Account, EwaybillSystem, RequestsTransport
from .gateway import Connection


class L10nInIrpGateway(models.AbstractModel):
    """Adds the e-way bill system to a connection with the e-invoice portal."""

    _inherit = "l10n_in.irp.gateway"

    def _attach_ewaybill_system(self, connection, credential):
        """Let the connection's client cancel e-way bills in the system's own session.

        Nothing is called yet. Without a usable user the connection stays as it is.
        """
        if not credential._has_ewb_user():
            return
        account = self._ewaybill_account(credential)
        connection.client.ewaybill_system = self._ewaybill_system(
            connection, credential, account
        )
        connection.ewb = Connection(
            connection.client.ewaybill_system,
            connection.keys,
            connection.recorder,
            connection.environment,
            credential.ewb_base_url,
            account,
            connection.calls,
        )

    def _ewaybill_account(self, credential):
        try:
            return Account(
                credential.gstin,
                credential.ewb_username,
                credential.ewb_password,
                credential.ewb_client_id or credential.client_id or "",
                credential.ewb_client_secret or credential.client_secret or "",
                credential._load_ewb_auth_key(),
            )
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(credential)s, e-way bill user: %(reason)s",
                    credential=credential.display_name,
                    reason=error,
                )
            ) from error

    def _ewaybill_system(self, connection, credential, account):
        sessions = self.env["l10n_in.irp.session"]
        environment, base_url = credential._environment(), credential.ewb_base_url
        return EwaybillSystem(
            account,
            self._wrap_transport(RequestsTransport()),
            base_url=base_url,
            environment=environment,
            clock=self._now,
            session=sessions._stored(environment.name, base_url, account),
            event_hook=connection.recorder,
        )
