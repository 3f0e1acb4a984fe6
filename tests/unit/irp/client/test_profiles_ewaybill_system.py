"""Cancelling e-way bills in the session that the portal's profile says."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from irp.client import Account, EwaybillSystem, IrpClient
from irp.protocol.errors import IrpEwbLogInError, IrpNotOffered
from irp.protocol.http import Response
from irp.reference import PROFILES

from unit.irp.conftest import respond, seal, unseal
from unit.irp.dialects import DIALECTS, HYPHEN, SEK, SELLER, TOKEN

EWB = "391009149369"
KEY = {"Ocp-Apim-Subscription-Key": "key"}


class EwbPortal:
    """The e-way bill system, by NIC's E-way bill API v1.03."""

    def __init__(self, private_key):
        self.private_key, self.requests = private_key, []

    def send(self, request):
        self.requests.append(request)
        sent = json.loads(request.body)
        if request.url.endswith("/auth"):
            sealed = base64.b64decode(sent["Data"])
            inner = self.private_key.decrypt(sealed, padding.PKCS1v15())
            log_in = json.loads(base64.b64decode(inner))
            assert log_in["action"] == "ACCESSTOKEN"
            sek = seal(SEK, base64.b64decode(log_in["app_key"]))
            return respond({"status": "1", "authtoken": TOKEN, "sek": sek})
        assert sent["action"] == "CANEWB"
        body = json.loads(unseal(sent["data"], SEK))
        done = {
            "ewayBillNo": str(body["ewbNo"]),
            "cancelDate": "15/11/2025 02:40:00 PM",
        }
        return respond({"status": "1", "data": seal(json.dumps(done).encode(), SEK)})


@pytest.fixture
def connect(portal_key, clock):
    def make(code, environment, kind=EwaybillSystem):
        dialect, profile = DIALECTS[code], PROFILES[code].environments[environment]
        account = Account(
            SELLER,
            "user",
            "Secret@1",
            "the-client-id",
            "the-client-secret",
            portal_key.public_key() if dialect.sealed else None,
            dialect.fields,
        )
        own = kind is EwaybillSystem
        url = profile.ewb_hosts[0].base_url if own else getattr(dialect, environment)
        portal = EwbPortal(portal_key)
        client = kind(account, portal, base_url=url, environment=profile, clock=clock)
        return client, portal

    return make


@pytest.mark.parametrize(
    ("code", "gateway"), [("alankit", "Alankit GSP"), ("iris", None)]
)
def test_gateway_of_the_ewaybill_system_is_named(code, gateway, connect, monkeypatch):
    system, portal = connect(code, "production")
    monkeypatch.setattr(portal, "send", lambda request: Response(401, {}, b"no"))
    with pytest.raises(IrpEwbLogInError) as caught:
        system.cancel_ewb(EWB, "1", "Twice")
    assert (caught.value.gateway and caught.value.gateway.name) == gateway


@pytest.mark.parametrize(
    ("code", "environment", "base", "caller"),
    [
        ("nic1", "production", "https://api.ewaybillgst.gov.in/v1.03", HYPHEN),
        ("iris", "production", "https://api.ewaybillgst.gov.in/v1.03", HYPHEN),
        (
            "iris",
            "sandbox",
            "https://ewb1api.gstsandbox.nic.in/ewaybillapi/v1.03",
            HYPHEN,
        ),
        (
            "alankit",
            "sandbox",
            "https://developers.eraahi.com/api/ewaybillapi/v1.03",
            KEY,
        ),
        (
            "alankit",
            "production",
            "https://newewaybill.alankitgst.com/ewaybillgateway/v1.03",
            KEY,
        ),
    ],
)
def test_own_session(code, environment, base, caller, connect):
    system, portal = connect(code, environment)
    assert system.cancel_ewb(EWB, "1", "Twice").number == EWB
    log_in, cancel = portal.requests
    assert (log_in.url, cancel.url) == (f"{base}/auth", f"{base}/ewayapi")
    gstin = "Gstin" if code == "alankit" else "gstin"
    common = {"Accept": "application/json", "Content-Type": "application/json"}
    common |= {**caller, gstin: SELLER}
    assert log_in.headers == common
    assert cancel.headers == {**common, "AuthToken": TOKEN}


@pytest.mark.parametrize("code", ["nic1", "nic2", "iris", "alankit", "taxpro"])
def test_portal_itself_does_not_cancel_in_production(code, connect):
    client, portal = connect(code, "production", IrpClient)
    with pytest.raises(IrpNotOffered, match="e-way bill system"):
        client.cancel_ewb(EWB, "1", "Twice")
    assert portal.requests == []


@pytest.mark.parametrize("code", ["ey", "whitebooks"])
def test_portal_that_cancels_nowhere(code, connect):
    client, portal = connect(code, "production", IrpClient)
    with pytest.raises(IrpNotOffered, match="website"):
        client.cancel_ewb(EWB, "1", "Twice")
    assert portal.requests == []
