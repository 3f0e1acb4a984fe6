"""The demo environment: the local portal, in process, behind the transport."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import datetime

from werkzeug.test import Client

from ...irp import Request, Response, SigningKeys, load_auth_key, load_signing_key
from ...irp.rules import portal_check
from ...sandbox import Portal, Store, create_app, enter_samples

USERNAME = "demo"
PASSWORD = "demo-password"  # noqa: S105 - opens nothing but the built-in portal
CLIENT_ID = "DEMOCLIENT"
CLIENT_SECRET = "demo-client-secret"  # noqa: S105


def own_path(env, data_dir: str) -> str:
    """Return the file of a database's demo portal, in a folder for its owner alone.

    The uuid is the database's, its number (oid) that of this copy: a new database with
    an old one's name, and a copy with the original's uuid, begin with an empty portal.
    """
    folder = os.path.join(data_dir, "l10n_in_irp")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    os.chmod(folder, 0o700)
    uuid = env["ir.config_parameter"].sudo().get_param("database.uuid") or ""
    env.cr.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
    (number,) = env.cr.fetchone()
    identity = hashlib.sha256(f"{uuid} {number}".encode()).hexdigest()[:32]
    return os.path.join(folder, f"{identity}.sqlite")


class DemoTransport:
    """Passes requests to the WSGI application of the local portal, without a
    network."""

    def __init__(self, portal: Portal) -> None:
        self._client = Client(create_app(portal))

    def send(self, request: Request) -> Response:
        """Answer a request as the portal would (see `irp.protocol.transport`)."""
        answer = self._client.open(
            path=request.url,
            method=request.method,
            headers=dict(request.headers),
            data=request.body,
        )
        return Response(answer.status_code, dict(answer.headers), answer.get_data())


class DemoPortal:
    """The local portal of one database.

    :param path: SQLite file with its keys, users and registrations; workers
        that open the same file share one portal.
    :param clock: returns the portal's time (aware).
    """

    def __init__(self, path: str, clock: Callable[[], datetime]) -> None:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        self.portal = Portal(Store(path), check=portal_check, clock=clock)
        enter_samples(self.portal)

    def admit(self, gstin: str) -> None:
        """Make sure that a GSTIN has a user at the portal."""
        self.portal.add_user(gstin, USERNAME, PASSWORD, CLIENT_ID, CLIENT_SECRET)

    def transport(self) -> DemoTransport:
        return DemoTransport(self.portal)

    def auth_key(self):
        return load_auth_key(self.portal.auth_public_key)

    def signing_keys(self) -> SigningKeys:
        return SigningKeys([load_signing_key(self.portal.signing_certificate)])
