"""Clients as others wrote them for these portals, each with its published calls."""

import base64
import json
import os
import re
import urllib.error
import urllib.request
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_pem_public_key


@pytest.fixture
def base_url(serve_dialect):
    """Return a function serving a dialect: its address, and the public key."""

    def start(name):
        served = serve_dialect(name)
        return served.url, served.portal.auth_public_key

    return start


def call(url, headers, body=None):
    """Return status and text, of a refused call too."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as err:
        return err.code, err.read().decode()


def rsa(pem, text):
    key = load_pem_public_key(pem)
    return base64.b64encode(key.encrypt(text, PKCS1v15())).decode()


def aes(wire, key, text):
    return base64.b64encode(wire.aes(key, text.encode(), encrypt=True)).decode()


def opened(wire, key, data):
    return wire.aes(key, base64.b64decode(data), encrypt=False)


def test_iris_in_production(base_url, invoice, wire):
    """Axios with base headers in small letters; the login is forced each time."""
    url, pem = base_url("iris")
    user, password, client_id, client_secret = wire.SECRETS
    app_key = base64.b64encode(os.urandom(32)).decode()
    headers = {
        "client_id": client_id,
        "client_secret": client_secret,
        "gstin": wire.SELLER,
        "content-type": "application/json",
    }
    text = json.dumps(
        {
            "UserName": user,
            "Password": password,
            "AppKey": app_key,
            "ForceRefreshAccessToken": True,
        }
    )
    data = rsa(pem, base64.b64encode(text.encode()))
    _status, body = call(f"{url}/eivital/v1.04/auth", headers, {"Data": data})
    session = json.loads(body)["Data"]
    sek = opened(wire, base64.b64decode(app_key), session["Sek"])
    # the demo insists on 44 characters of base64
    assert len(base64.b64encode(sek)) == 44
    headers |= {"user_name": user, "AuthToken": session["AuthToken"]}

    payload = {"Data": aes(wire, sek, json.dumps(invoice))}
    _status, body = call(f"{url}/eicore/v1.03/invoice", headers, payload)
    made = json.loads(opened(wire, sek, json.loads(body)["Data"]))
    request = {"Irn": made["Irn"], "CnlRsn": "1", "CnlRem": "x"}
    payload = {"Data": aes(wire, sek, json.dumps(request))}
    _status, body = call(f"{url}/eicore/v1.03/Invoice/Cancel", headers, payload)

    assert "CancelDate" in json.loads(opened(wire, sek, json.loads(body)["Data"]))


def test_ey_in_typescript(base_url, invoice, wire):
    """It logs in again and repeats a generation once, if it is answered with 1090."""
    url, pem = base_url("ey")
    user, password, client_id, client_secret = wire.SECRETS
    app_key = os.urandom(32)
    base = {
        "accept": "application/json",
        "content-type": "application/json",
        "client_id": client_id,
        "client_secret": client_secret,
        "Gstin": wire.SELLER,
    }

    def authenticate():
        text = json.dumps(
            {
                "UserName": user,
                "Password": password,
                "AppKey": base64.b64encode(app_key).decode(),
                "ForceRefreshAccessToken": True,
            }
        )
        data = rsa(pem, base64.b64encode(text.encode()))
        status, body = call(f"{url}/irp5/irpauthapi/v1.0/apiAuth", base, {"Data": data})
        assert status == 200
        return json.loads(body)["Data"]

    session = authenticate()
    tried = []
    for sek in (os.urandom(32), opened(wire, app_key, session["Sek"])):
        headers = {**base, "user_name": user, "AuthToken": session["AuthToken"]}
        payload = {"Data": aes(wire, sek, json.dumps(invoice))}
        status, body = call(f"{url}/irp5/irpapi/v1.0/api/generate", headers, payload)
        assert status == 200
        errors = json.loads(body)["ErrorDetails"] or []
        tried.append([one["ErrorCode"] for one in errors])
        session = authenticate()

    assert tried == [["1090"], []]
    irn = json.loads(opened(wire, sek, json.loads(body)["Data"]))["Irn"]
    found = call(f"{url}/irp5/irpapi/v1.0/enSearch?irn={irn}", headers)[1]
    assert json.loads(opened(wire, sek, json.loads(found)["Data"]))["Irn"] == irn


def test_alankit_in_php(base_url, invoice, wire):
    """A login with line ends and tabs, an app key of 32 letters, names in small."""
    url, pem = base_url("alankit")
    user, password, _client_id, key = wire.SECRETS
    app_key = "0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0u"
    fields = {"UserName": user, "Password": password}
    fields["AppKey"] = base64.b64encode(app_key.encode()).decode()
    text = json.dumps(fields, indent="\t")
    headers = {
        "Ocp-Apim-Subscription-Key": key,
        "Gstin": wire.SELLER,
        "Content-Type": "application/json",
    }
    data = rsa(pem, base64.b64encode(text.encode()))
    gateway = f"{url}/eInvoiceGateway"
    _status, body = call(f"{gateway}/eivital/v1.04/auth", headers, {"Data": data})
    session = json.loads(body)["Data"]
    sek = opened(wire, app_key.encode(), session["Sek"])
    headers |= {"user_name": user, "authtoken": session["AuthToken"]}
    payload = {"Data": aes(wire, sek, json.dumps(invoice))}
    _status, body = call(f"{gateway}/eicore/v1.03/Invoice", headers, payload)

    assert json.loads(body)["Status"] == 1
    # an Azure gateway says what is wrong with the key in its own words
    status, body = call(
        f"{gateway}/eicore/v1.03/Invoice/irn/x",
        {**headers, "Ocp-Apim-Subscription-Key": ""},
    )
    assert (status, json.loads(body)["statusCode"]) == (401, 401)


def test_mastergst_in_python(base_url, invoice, wire, clock):
    """It renews the token where ``status_desc`` contains 1005, and sends ``txn``."""
    url, _pem = base_url("whitebooks")
    user, password, client_id, client_secret = wire.SECRETS
    email = quote("accounts@example.com")
    base = {
        "Accept": "*/*",
        "client_id": client_id,
        "client_secret": client_secret,
        "gstin": wire.SELLER,
        "ip_address": "127.0.0.1",
        "username": user,
    }

    def token():
        headers = {**base, "password": password}
        answer = call(f"{url}/einvoice/authenticate?email={email}", headers)[1]
        return json.loads(answer)["data"]["AuthToken"]

    def generate(token):
        headers = {**base, "auth-token": token, "Content-Type": "application/json"}
        headers["txn"] = "a53246e79dae43848f2820f5f2293366"
        path = f"/einvoice/type/GENERATE/version/V1_03?email={email}"
        return json.loads(call(url + path, headers, invoice)[1])

    old = token()
    clock.advance(hours=2)
    refused = generate(old)
    assert refused["status_cd"] == "0"
    assert "1005" in refused["status_desc"]
    made = generate(token())
    assert made["status_cd"] == "1"
    assert set(made["data"]) >= {"Irn", "AckNo", "AckDt", "SignedInvoice", "Status"}
    # another client reads the message out of the text
    again = generate(token())["status_desc"]
    assert re.search(r'"ErrorMessage":"([^"]+)"', again).group(1) == "Duplicate IRN"


def test_whitebooks_in_php(base_url, invoice, wire):
    """The look-up by document that a shop recorded in production, 10-09-2026."""
    url, _pem = base_url("whitebooks")
    user, password, client_id, client_secret = wire.SECRETS
    base = {
        "Accept": "application/json",
        "ip_address": "203.0.113.10",
        "client_id": client_id,
        "client_secret": client_secret,
        "username": user,
        "gstin": wire.SELLER,
    }
    email = "email=accounts%40example.com"
    headers = {**base, "password": password}
    text = call(f"{url}/einvoice/authenticate?{email}", headers)[1]
    # the client leaves the password's header empty after the login
    headers = {**base, "auth-token": json.loads(text)["data"]["AuthToken"]}
    headers["password"] = ""
    path = f"{url}/einvoice/type/GETIRNBYDOCDETAILS/version/V1_03?param1=INV&{email}"
    document = {"docnum": "INV/25-26/0007", "docdate": "15/11/2025"}

    status, text = call(path, {**headers, **document})
    assert status == 200
    assert list(json.loads(text)) == ["irp", "status_cd", "status_desc"]
    assert json.loads(json.loads(text)["status_desc"]) == [
        {"errorCode": "2154", "errorMessage": "IRN details are not found"}
    ]

    generate = f"{url}/einvoice/type/GENERATE/version/V1_03?{email}"
    call(generate, {**headers, "Content-Type": "application/json"}, invoice)
    found = json.loads(call(path, {**headers, **document})[1])
    assert list(found) == ["irp", "status_cd", "status_desc", "data"]
    assert (found["irp"], found["status_cd"]) == ("NIC", "1")
    assert set(found["data"]) >= {"AckNo", "AckDt", "Irn", "SignedQRCode", "Status"}


def test_alankit_in_java_and_php(base_url, invoice, wire):
    """Names of the login in small letters, ``gstin`` and ``authtoken`` as well."""
    url, pem = base_url("alankit")
    user, password, _client_id, key = wire.SECRETS
    app_key = base64.b64encode(os.urandom(32)).decode()
    fields = {"username": user, "password": password, "appkey": app_key}
    text = json.dumps({**fields, "ForceRefreshAccessToken": True})
    headers = {
        "Content-Type": "application/json",
        "Ocp-Apim-Subscription-Key": key,
        "gstin": wire.SELLER,
    }
    data = rsa(pem, base64.b64encode(text.encode()))
    gateway = f"{url}/eInvoiceGateway"
    _status, body = call(f"{gateway}/eivital/v1.04/auth", headers, {"Data": data})
    session = json.loads(body)["Data"]
    sek = opened(wire, base64.b64decode(app_key), session["Sek"])
    headers |= {"user_name": user, "authtoken": session["AuthToken"]}
    payload = {"Data": aes(wire, sek, json.dumps(invoice))}
    _status, body = call(f"{gateway}/eicore/v1.03/Invoice", headers, payload)

    assert "SignedQRCode" in json.loads(opened(wire, sek, json.loads(body)["Data"]))


def test_taxpro_in_python(base_url, invoice, wire):
    """The ASP's own headers beside an empty client pair, on every call."""
    url, pem = base_url("taxpro")
    user, password, asp_id, asp_password = wire.SECRETS
    app_key = os.urandom(32)
    fields = {"UserName": user, "Password": password}
    fields["AppKey"] = base64.b64encode(app_key).decode()
    text = json.dumps({**fields, "ForceRefreshAccessToken": False})
    headers = {
        "Content-Type": "application/json",
        "client_id": "",
        "client_secret": "",
        "Gstin": wire.SELLER,
        "aspid": asp_id,
        "password": asp_password,
    }
    data = rsa(pem, base64.b64encode(text.encode()))
    _status, body = call(f"{url}/eivital/v1.04/auth", headers, {"Data": data})
    session = json.loads(body)["Data"]
    sek = opened(wire, app_key, session["Sek"])
    headers |= {"user_name": user, "AuthToken": session["AuthToken"]}
    payload = {"Data": aes(wire, sek, json.dumps(invoice))}
    _status, body = call(f"{url}/eicore/v1.03/Invoice", headers, payload)
    # the order in the query is free
    query = "docdate=15/11/2025&docnum=INV/25-26/0007&doctype=INV"
    path = f"{url}/eicore/v1.03/Invoice/irnbydocdetails?{query}"
    found = json.loads(opened(wire, sek, json.loads(call(path, headers)[1])["Data"]))

    assert found == json.loads(opened(wire, sek, json.loads(body)["Data"]))
    # without the ASP's headers the gateway answers, not the IRP
    status, body = call(path, {**headers, "aspid": ""})
    assert (status, json.loads(body)["status_cd"]) == (401, "0")


def test_digigst_reads_who_registered(serve_dialect, invoice, wire):
    """It asks there for a 2295 as for a 2150: ``Desc.IrnDtl.RegIrp``."""
    served = serve_dialect("nic")
    client = served.client
    client.log_in()
    held = {
        "gstin": wire.SELLER,
        "document_type": "INV",
        "irp": "IRIS",
        "number": "INV/25-26/0007",
        "date": "15/11/2025",
    }
    headers = {"Content-Type": "application/json"}
    client.send("POST", "/_sandbox/held", headers, json.dumps(held))
    envelope = client.call("generate", invoice).envelope
    description = envelope["InfoDtls"][0]["Desc"]

    assert [one["ErrorCode"] for one in envelope["ErrorDetails"]] == ["2295"]
    assert description["IrnDtl"]["RegIrp"] == "IRIS"
    assert description["Irn"] == wire.irn(
        wire.SELLER, "2025-26", "INV", "INV/25-26/0007"
    )
