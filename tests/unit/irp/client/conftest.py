"""Clients of every portal, by its profile."""

import pytest
from irp.client import Account, IrpClient
from irp.reference import PROFILES

from unit.irp.dialects import DIALECTS, SELLER, DialectPortal


@pytest.fixture
def connect(portal_key, clock):
    """Return a function that makes a client of a profile and the portal it calls."""

    def make(code, environment="sandbox", *, profile=None, portal=None, **account):
        dialect = DIALECTS[code]
        known = {
            "gstin": SELLER,
            "user_name": "user",
            "password": "Secret@1",
            "client_id": "the-client-id",
            "client_secret": "the-client-secret",
            "auth_key": portal_key.public_key() if dialect.sealed else None,
            "fields": dialect.fields,
        }
        portal = portal or DialectPortal(portal_key, sealed=dialect.sealed)
        profile = profile or PROFILES[code]
        client = IrpClient(
            Account(**{**known, **account}),
            portal,
            base_url=getattr(dialect, environment),
            environment=profile.environments[environment],
            clock=clock,
        )
        return client, portal

    return make
