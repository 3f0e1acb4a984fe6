"""WhiteBooks: plain JSON, as its clients send and read it."""

import json
from urllib.parse import quote

import pytest

REQUIRED = ["ip_address", "client_id", "client_secret", "username", "gstin"]


def test_recorded_log_in(serve_dialect, clock):
    client = serve_dialect("whitebooks").client
    envelope = client.log_in().envelope

    assert (envelope["status_cd"], envelope["status_desc"]) == (
        "Sucess",
        "GSTR request succeeds",
    )
    names = {"ClientId", "UserName", "AuthToken", "Sek", "TokenExpiry"}
    assert set(envelope["data"]) == names
    # an hour in its sandbox
    assert envelope["data"]["TokenExpiry"] == "2025-11-15 11:30:17"
    # it repeats the secrets of the call
    echo = envelope["header"]
    assert (echo["password"], echo["client_secret"]) == ("Pass@word1", "secret-1")


def test_the_token_stays_the_same(signed_in):
    client = signed_in("whitebooks").client
    token = client.token
    client.log_in()

    assert client.token == token


@pytest.mark.parametrize("missing", [*REQUIRED, "email"])
def test_required_headers(serve_dialect, missing):
    client = serve_dialect("whitebooks").client
    if missing == "email":
        client.email = ""
    client.account.pop(missing, None)
    answer = client.log_in()

    assert (answer.http.status, answer.is_ok) == (200, False)
    assert answer.envelope["error"]["message"] == "Unauthorized User"


@pytest.mark.parametrize("name", ["client_id", "client_secret"])
def test_wrong_client_pair(serve_dialect, name):
    client = serve_dialect("whitebooks").client
    client.account[name] = "another"

    assert client.log_in().envelope["status_cd"] == "0"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"password": "wrong"}, "1019"), ({"username": "nobody"}, "1017")],
)
def test_wrong_user(serve_dialect, change, code):
    client = serve_dialect("whitebooks").client
    headers = {**client.account, "password": client.password, **change}

    assert client.log_in(headers=headers).codes == [code]


def test_a_log_in_needs_a_password(serve_dialect):
    client = serve_dialect("whitebooks").client

    assert client.log_in(headers=client.account).codes == ["1008"]


@pytest.mark.parametrize("name", ["auth_token", "AuthToken", "authtoken"])
def test_the_token_has_a_hyphen(signed_in, name):
    client = signed_in("whitebooks").client
    headers = {**client.account, name: client.token}

    assert client.call("get", headers=headers, irn="a" * 64).codes == ["1005"]


def test_spelling_of_the_other_headers(signed_in):
    client = signed_in("whitebooks").client
    headers = client.headers
    headers["ip-address"] = headers.pop("ip_address")

    assert client.call("get", headers=headers, irn="a" * 64).is_ok is False


def test_errors_are_text(signed_in, invoice):
    """Clients look for "1005" and "2150" in ``status_desc``."""
    client = signed_in("whitebooks").client
    client.call("generate", invoice)
    envelope = client.call("generate", invoice).envelope

    assert envelope == {
        "status_cd": "0",
        "status_desc": '[{"ErrorCode":"2150","ErrorMessage":"Duplicate IRN"}]',
    }


def test_several_errors(signed_in):
    client = signed_in("whitebooks").client

    assert client.call("cancel", {"Irn": "x"}).codes == ["5002", "5002", "5002"]


def test_digits_are_signed_as_posted(signed_in, invoice, wire):
    client = signed_in("whitebooks").client
    text = json.dumps(invoice).replace('"TotInvVal": 1050', '"TotInvVal": 1050.00')
    path = f"/einvoice/type/GENERATE/version/V1_03?email={quote(client.email)}"
    answer = client.read(client.send("POST", path, client.headers, text))
    signed = json.loads(wire.part(answer.data["SignedQRCode"], 1))["data"]

    assert '"TotInvVal":1050.00' in signed


@pytest.mark.parametrize("body", ["", "{", "[]", "\xff"])
def test_a_body_that_is_no_document(signed_in, body):
    client = signed_in("whitebooks").client
    path = f"/einvoice/type/GENERATE/version/V1_03?email={quote(client.email)}"
    raw = body.encode("latin-1")
    answer = client.read(client.send("POST", path, client.headers, raw))

    assert answer.codes[0] in ("2255", "1020", "5002")


def test_document_in_headers_and_query(signed_in, invoice):
    """The type is ``param1``; number and date are headers."""
    client = signed_in("whitebooks").client
    client.call("generate", invoice)

    assert client.by_document("INV", "inv/25-26/0007", "15/11/2025").is_ok
    assert client.by_document("CRN", "INV/25-26/0007", "15/11/2025").codes == ["2154"]
    assert client.by_document("", "", "").codes == ["2280", "2281", "2293"]


def test_supplier_in_the_query(signed_in, invoice, wire):
    client = signed_in("whitebooks").client
    irn = client.call("generate", invoice).data["Irn"]
    path = (
        f"/einvoice/type/GETIRN/version/V1_03?param1={irn}"
        f"&email={quote(client.email)}&supplier_gstn={wire.SELLER}"
    )

    assert client.read(client.send("GET", path, client.headers)).data["Irn"] == irn


def test_rejected_irns(signed_in, invoice, clock, wire):
    served = signed_in("whitebooks")
    client = served.client
    irn = client.call("generate", invoice).data["Irn"]
    served.portal.reject(irn, clock.now.date())
    path = (
        "/einvoice/type/GETREJECTEDIRNS/version/V1_03"
        f"?param1=15/11/2025&email={quote(client.email)}"
    )

    assert client.read(client.send("GET", path, client.headers)).data == [irn]


def test_failed_eway_bill_stands_beside_the_data(signed_in, invoice):
    client = signed_in("whitebooks").client
    invoice["EwbDtls"] = {"Distance": 100, "TransMode": "1"}
    answer = client.call("generate", invoice)

    assert answer.is_ok
    assert [one["InfCd"] for one in answer.infos] == ["EWBERR"]


@pytest.mark.parametrize(
    "path",
    [
        "/einvoice/cancelirn",
        "/einvoice/geteinvoicedetails",
        "/irnapi/v1.03/authenticate",
        "/eivital/v1.04/auth",
    ],
)
def test_paths_that_were_never_seen_to_work(serve_dialect, path):
    client = serve_dialect("whitebooks").client

    assert client.send("GET", path, client.account).status == 404


def test_log_in_by_post_is_refused(serve_dialect):
    client = serve_dialect("whitebooks").client
    path = f"/einvoice/authenticate?email={quote(client.email)}"

    assert client.send("POST", path, client.account, "{}").status == 405


def test_nic_blocks_behind_the_gateway(serve_dialect):
    client = serve_dialect("whitebooks", block_after=1).client
    headers = {**client.account, "password": "wrong"}

    assert client.log_in(headers=headers).codes == ["1019"]
    assert client.log_in().codes == ["3095"]
