"""Clients as others wrote them for NIC's portal, each in its style."""

import base64
import json
import threading
import urllib.request
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sandbox import create_app, serve

APP_KEY = bytes(range(32))


@pytest.fixture
def url(portal):
    server = serve(create_app(portal), "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()


def call(url, headers, body=None):
    request = urllib.request.Request(url, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def pkcs7(data):
    padder = padding.PKCS7(128).padder()
    return padder.update(data) + padder.finalize()


def unpad(data):
    unpadder = padding.PKCS7(128).unpadder()
    return unpadder.update(data) + unpadder.finalize()


def ecb(key):
    return Cipher(algorithms.AES(key), modes.ECB())


def test_a_python_client_with_underscores_and_spaces_in_its_json(
    portal, url, invoice, wire
):
    """Names as in NIC's field tables, and JSON with the blanks of ``json.dumps``."""
    user, password, client_id, client_secret = wire.SECRETS
    base_headers = {
        "client_id": client_id,
        "client_secret": client_secret,
        "Gstin": wire.SELLER,
        "Content-Type": "application/json",
    }
    data = {
        "UserName": user,
        "Password": password,
        "AppKey": base64.b64encode(APP_KEY).decode(),
        "ForceRefreshAccessToken": False,
    }
    json_base64 = base64.b64encode(json.dumps(data).encode())
    key = load_pem_public_key(portal.auth_public_key)
    payload = {"Data": base64.b64encode(key.encrypt(json_base64, PKCS1v15())).decode()}
    answer = call(
        f"{url}/eivital/v1.04/auth", base_headers, json.dumps(payload).encode()
    )
    assert answer["Status"] == 1
    decryptor = ecb(APP_KEY).decryptor()
    sek = unpad(decryptor.update(base64.b64decode(answer["Data"]["Sek"])))
    headers = {
        **base_headers,
        "user_name": user,
        "AuthToken": answer["Data"]["AuthToken"],
    }

    encryptor = ecb(sek).encryptor()
    sealed = encryptor.update(pkcs7(json.dumps(invoice, indent=4).encode()))
    body = json.dumps({"Data": base64.b64encode(sealed).decode()}).encode()
    answer = call(f"{url}/eicore/v1.03/Invoice", headers, body)

    assert answer["Status"] == 1
    data = json.loads(
        unpad(ecb(sek).decryptor().update(base64.b64decode(answer["Data"])))
    )
    assert data["Irn"] == wire.irn(wire.SELLER, "2025-26", "INV", "INV/25-26/0007")
    again = call(f"{url}/eicore/v1.03/Invoice/irn/{data['Irn']}", headers)
    assert again["Status"] == 1


def test_a_java_client_in_lower_case(portal, url, invoice, wire):
    """Lower-case headers and ``data``, wrapped base64, and another path."""
    user, password, client_id, client_secret = wire.SECRETS
    app_key = base64.b64encode(APP_KEY).decode()
    text = (
        f'{{"ForceRefreshAccessToken":"false","AppKey":"{app_key}",'
        f'"Password":"{password}","UserName":"{user}"}}'
    )
    key = load_pem_public_key(portal.auth_public_key)
    sealed = key.encrypt(base64.b64encode(text.encode()), PKCS1v15())
    headers = {
        "client-id": client_id,
        "client-secret": client_secret,
        "gstin": wire.SELLER,
        "content-type": "application/json; charset=UTF-8",
        "accept": "*/*",
    }
    body = b'{"data":"' + base64.b64encode(sealed) + b'"}'
    answer = call(f"{url}/eivital/v1.04/auth", headers, body)
    assert answer["Status"] == 1
    decryptor = ecb(APP_KEY).decryptor()
    sek = unpad(decryptor.update(base64.b64decode(answer["Data"]["Sek"])))
    headers |= {"user_name": user, "authtoken": answer["Data"]["AuthToken"]}

    encryptor = ecb(sek).encryptor()
    sealed = encryptor.update(pkcs7(json.dumps(invoice).encode()))
    body = json.dumps({"data": base64.b64encode(sealed).decode()}).encode()
    assert call(f"{url}/eicore/v1.03/invoice", headers, body)["Status"] == 1

    number = quote(invoice["DocDtls"]["No"], safe="")
    day = quote(invoice["DocDtls"]["Dt"], safe="")
    answer = call(
        f"{url}/eicore/v1.03/invoice/irnbydocdetails"
        f"?doctype=INV&docnum={number}&docdate={day}",
        headers,
    )
    data = json.loads(
        unpad(ecb(sek).decryptor().update(base64.b64decode(answer["Data"])))
    )
    assert data["Status"] == "ACT"
