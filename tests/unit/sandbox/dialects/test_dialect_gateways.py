"""GSPs: their gateways' headers and their own words."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_pem_public_key

PASS_THROUGH = ["clear-gsp", "alankit", "taxpro"]
MISSING_KEY = {
    "statusCode": 401,
    "message": "Access denied due to missing subscription key. Make sure to include"
    " subscription key when making requests to an API.",
}
INVALID_KEY = {
    "statusCode": 401,
    "message": "Access denied due to invalid subscription key. Make sure to provide a"
    " valid key for an active subscription.",
}


@pytest.mark.parametrize("name", PASS_THROUGH)
def test_the_client_pair_is_left_out(signed_in, invoice, name):
    client = signed_in(name).client

    assert not client.headers.get("client_id")
    assert client.call("generate", invoice).is_ok


@pytest.mark.parametrize("name", PASS_THROUGH)
def test_nic_still_checks_its_own_headers(signed_in, name):
    client = signed_in(name).client
    headers = {k: v for k, v in client.headers.items() if k != "AuthToken"}

    assert client.call("get", headers=headers, irn="a" * 64).codes == ["1005"]
    headers = {k: v for k, v in client.headers.items() if k != "Gstin"}
    assert client.call("get", headers=headers, irn="a" * 64).codes == ["1004"]


def test_clears_token(serve_dialect):
    client = serve_dialect("clear-gsp").client
    client.account["X-CT-Auth-Token"] = "another"
    answer = client.send("POST", client.paths["log_in"], client.account, "{}")

    # HTTP 200, no JSON: an exception's name stands before it
    assert answer.status == 200
    name, _colon, rest = answer.body.decode().partition(": ")
    assert name == "AuthenticationException"
    assert json.loads(rest)["statusCode"] == "0"
    del client.account["X-CT-Auth-Token"]
    again = client.send("POST", client.paths["log_in"], client.account, "{}")
    assert again.body == answer.body


def test_clears_header_in_another_spelling(serve_dialect):
    client = serve_dialect("clear-gsp").client
    client.account["X_CT_Auth_Token"] = client.account.pop("X-CT-Auth-Token")
    answer = client.send("POST", client.paths["log_in"], client.account, "{}")

    assert answer.body.startswith(b"AuthenticationException")


@pytest.mark.parametrize(
    ("service", "path"),
    [
        ("log in v1.03", "/einv-gsp/vital/v1.03/auth"),
        ("NIC's own path", "/eivital/v1.04/auth"),
        ("rejected IRNs", "/einv-gsp/core/v1.03/Invoice/rejectedirns"),
        ("health", "/einv-gsp/vital/v1.04/heartbeat/ping"),
    ],
)
def test_what_clear_does_not_list(serve_dialect, service, path):
    client = serve_dialect("clear-gsp").client

    assert client.send("GET", path, client.account).status == 404, service


@pytest.mark.parametrize(("key", "expected"), [(None, MISSING_KEY), ("x", INVALID_KEY)])
def test_alankits_key(serve_dialect, key, expected):
    client = serve_dialect("alankit").client
    client.account["Ocp-Apim-Subscription-Key"] = key or ""
    answer = client.send("POST", client.paths["log_in"], client.account, "{}")

    assert answer.status == 401
    assert json.loads(answer.body) == expected


def test_alankit_without_a_route(serve_dialect):
    client = serve_dialect("alankit").client
    answer = client.send("GET", "/eivital/v1.04/heartbeat/ping", client.account)

    assert answer.status == 404
    assert json.loads(answer.body) == {
        "statusCode": 404,
        "message": "Resource not found",
    }


@pytest.mark.parametrize(
    ("account", "code"),
    [
        ({"aspid": "", "password": "secret-1"}, "GSP020"),
        ({"aspid": "client-9", "password": "secret-1"}, "GSP020"),
        ({"aspid": "client-1", "password": "secret-9"}, "GSP020A"),
    ],
)
def test_taxpros_account(serve_dialect, account, code):
    client = serve_dialect("taxpro").client
    client.account |= account
    answer = client.send("POST", client.paths["log_in"], client.account, "{}")
    body = json.loads(answer.body)

    assert answer.status == 401
    assert body["status_cd"] == "0"
    assert body["error"]["error_cd"] == code
    assert body["error"]["message"]


def test_the_account_of_another_taxpayer(signed_in, wire):
    served = signed_in("taxpro")
    other = ("other_user", "Pass@word2", "client-2", "secret-2")
    served.portal.add_user(wire.BUYER, *other)
    client = served.client
    headers = {**client.headers, "aspid": "client-2", "password": "secret-2"}

    assert client.call("get", headers=headers, irn="a" * 64).codes == ["1018"]


@pytest.mark.parametrize(
    ("name", "code", "status", "text"),
    [
        ("alankit", "rate", 429, "Rate limit is exceeded"),
        ("alankit", "quota", 403, "Out of call volume quota"),
        ("alankit", "key", 401, "invalid subscription key"),
        ("taxpro", "timeout", 401, "GSP032"),
        ("taxpro", "password", 401, "GSP020A"),
        ("clear-gsp", "key", 200, "AuthenticationException"),
        ("whitebooks", "key", 200, "Unauthorized User"),
    ],
)
def test_scripted_response_of_a_gateway(signed_in, invoice, name, code, status, text):
    served = signed_in(name)
    served.faults.add("gateway", "generate_irn", code=code)
    client = served.client
    path = client.paths["generate"]
    if name == "whitebooks":
        path = "/einvoice/type/GENERATE/version/V1_03?email=a%40b.in"
    answer = client.send("POST", path, client.headers, "{}")

    assert answer.status == status
    assert text in answer.body.decode()
    assert answer.headers["Retry-After"] == ("10" if code == "rate" else None)
    assert served.portal.registrations() == []
    assert client.call("generate", invoice).is_ok


def test_a_gateway_without_such_a_response(serve_dialect):
    served = serve_dialect("taxpro")
    headers = {"Content-Type": "application/json"}
    body = json.dumps({"kind": "gateway", "code": "quota"})
    answer = served.client.send("POST", "/_sandbox/faults", headers, body)

    assert answer.status == 400
    assert "key, password, timeout" in json.loads(answer.body)["error"]
    assert served.faults.pending() == []


def test_nic_has_no_gateway(serve_dialect):
    with pytest.raises(ValueError, match="it has: none"):
        serve_dialect("nic").faults.add("gateway", code="key")


def test_a_gateways_refusal_does_not_block(serve_dialect, wire):
    """NIC never saw the call, so it does not count as an erroneous one."""
    client = serve_dialect("taxpro", block_after=1).client
    client.account["aspid"] = "client-9"
    client.send("POST", client.paths["log_in"], client.account, "{}")
    client.account["aspid"] = "client-1"

    assert client.log_in().is_ok


@pytest.mark.parametrize("start", ["/api/ewaybillapi/v1.03", "/ewaybillgateway/v1.03"])
def test_alankits_eway_bill_system(serve_dialect, wire, start):
    """Its own users and key; the gateway adds the client pair here too."""
    served = serve_dialect("alankit")
    portal, client = served.portal, served.client
    portal.add_ewb_user(wire.SELLER, "ewb_user", "Ewb@1", "client-1", "secret-1")
    fields = {"action": "ACCESSTOKEN", "username": "ewb_user", "password": "Ewb@1"}
    fields["app_key"] = base64.b64encode(client.app_key).decode()
    key = load_pem_public_key(portal.ewb_auth_public_key)
    inner = base64.b64encode(json.dumps(fields).encode())
    data = base64.b64encode(key.encrypt(inner, PKCS1v15())).decode()
    body = json.dumps({"Data": data})
    answer = client.send("POST", f"{start}/auth", client.account, body)

    assert json.loads(answer.body)["status"] == "1"
    without = {"Gstin": wire.SELLER}
    assert client.send("POST", f"{start}/auth", without, body).status == 401
