"""Headers: both spellings, any letter case, and the codes for missing or wrong ones."""

import json

import pytest

AUTH = "/eivital/v1.04/auth"
PAIRS = [
    ("client-id", "client-secret"),
    ("client_id", "client_secret"),
    ("Client-Id", "Client_Secret"),
    ("CLIENT_ID", "CLIENT-SECRET"),
]


@pytest.mark.parametrize(("id_name", "secret_name"), PAIRS)
@pytest.mark.parametrize("gstin_name", ["Gstin", "gstin", "GSTIN"])
def test_any_spelling_signs_in(
    new_client, portal, id_name, secret_name, gstin_name, wire
):
    client = new_client(portal)
    headers = {id_name: "client-1", secret_name: "secret-1", gstin_name: wire.SELLER}

    assert client.authenticate(headers=headers)["Status"] == 1


@pytest.mark.parametrize("user_name", ["user_name", "User_Name", "user-name"])
@pytest.mark.parametrize("token_name", ["AuthToken", "authtoken", "AUTHTOKEN"])
def test_any_spelling_of_the_session(client, invoice, user_name, token_name):
    headers = client.client_headers
    headers |= {user_name: client.username, token_name: client.token}

    assert client.post("/eicore/v1.03/Invoice", invoice, headers)["Status"] == 1


def test_both_spellings_at_once(client, invoice):
    headers = {**client.headers, "client_id": "client-1", "client_secret": "secret-1"}

    assert client.post("/eicore/v1.03/Invoice", invoice, headers)["Status"] == 1


@pytest.mark.parametrize(
    ("missing", "codes"),
    [
        (["client-id"], ["1011"]),
        (["client-secret"], ["1012"]),
        (["Gstin"], ["1004"]),
        (["client-id", "client-secret", "Gstin"], ["1011", "1012", "1004"]),
    ],
)
def test_missing_headers_are_reported_together(
    new_client, portal, wire, missing, codes
):
    client = new_client(portal)
    headers = {k: v for k, v in client.client_headers.items() if k not in missing}

    assert wire.codes(client.authenticate(headers=headers)) == codes


@pytest.mark.parametrize(
    ("missing", "codes"),
    [
        (["user_name"], ["1006"]),
        (["AuthToken"], ["1005"]),
        (["Gstin", "user_name", "AuthToken"], ["1004", "1006", "1005"]),
    ],
)
def test_missing_session_headers(client, wire, missing, codes):
    headers = {k: v for k, v in client.headers.items() if k not in missing}
    answer = client.get("/eicore/v1.03/Invoice/irn/" + "a" * 64, headers)

    assert wire.codes(answer) == codes


@pytest.mark.parametrize(
    "wrong", [{"client-id": "client-9"}, {"client-secret": "secret-9"}]
)
def test_wrong_client_pair_is_1010(client, wire, wrong):
    headers = {**client.client_headers, **wrong}

    assert wire.codes(client.authenticate(headers=headers)) == ["1010"]
    answer = client.get(
        "/eicore/v1.03/Invoice/irn/" + "a" * 64, {**client.headers, **wrong}
    )
    assert wire.codes(answer) == ["1010"]


@pytest.mark.parametrize(
    "wrong", [{"AuthToken": "x"}, {"Gstin": "29AWGPV7107B1Z1"}, {"user_name": "other"}]
)
def test_token_of_another_user_is_1005(client, stranger, wire, wrong):
    headers = {**client.headers, **wrong}
    answer = client.get("/eicore/v1.03/Invoice/irn/" + "a" * 64, headers)

    assert wire.codes(answer) == ["1005"]


def test_client_of_another_user_is_1018(client, stranger, wire):
    headers = {**client.headers, "client-id": "client-2", "client-secret": "secret-2"}
    answer = client.get("/eicore/v1.03/Invoice/irn/" + "a" * 64, headers)

    assert wire.codes(answer) == ["1018"]


@pytest.mark.parametrize(
    ("irp", "codes"), [("NIC1", ["2154"]), ("nic2", ["2154"]), ("NIC9", ["3098"])]
)
def test_irp_header_names_one_of_two_portals(client, wire, irp, codes):
    answer = client.by_document("INV", "A/1", "15/11/2025", irp=irp)

    assert wire.codes(answer) == codes


@pytest.mark.parametrize(
    "path",
    [
        "/eivital/v1.04/auth",
        "/EIVITAL/V1.04/AUTH",
        "/eivital/v1.04/Auth/",
    ],
)
def test_path_in_any_letter_case(new_client, portal, path):
    client = new_client(portal)
    body = json.dumps({"data": client.sealed(client.credentials())})

    assert client.envelope("POST", path, client.client_headers, body)["Status"] == 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("POST", "/eivital/v1.04/authentication", 404),
        ("POST", "/eivital/v1x04/auth", 404),
        ("POST", "/eiewb/v1.03/ewaybills", 404),
        ("GET", AUTH, 405),
        ("GET", "/eicore/v1.03/Invoice", 405),
        ("GET", "/eicore/v1.03/Invoice/irn/a/b", 404),
    ],
)
def test_no_service_answers_html(new_client, portal, method, path, status):
    answer = new_client(portal).send(method, path, {})

    assert answer.status == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.body.lower().startswith(b"<!doctype html>")


def test_health_needs_nothing(new_client, portal):
    answer = new_client(portal).envelope("GET", "/eivital/v1.04/heartbeat/ping", {})

    assert answer["Status"] == 1


def test_envelope_is_json_in_utf8(client):
    answer = client.send("GET", "/eivital/v1.04/heartbeat/ping", {})

    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert int(answer.headers["Content-Length"]) == len(answer.body)


def test_body_over_the_limit_is_413(new_client, new_portal):
    portal = new_portal(max_payload=1000)
    client = new_client(portal)
    answer = client.send("POST", AUTH, client.client_headers, b"x" * 5000)

    assert answer.status == 413
