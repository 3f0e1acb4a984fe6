"""The e-way bill API of WhiteBooks, as plain JSON."""

import json
from urllib.parse import urlencode

import pytest
from sandbox import DIALECTS, create_app

SELLER = "37ARZPT4384Q1MT"
USER = ("ewb_user", "Ewb@1", "wb-client", "wb-secret")
BASE = "/ewaybillapi/v1.03"
DISTANCE = ", The distance between the pincodes given is too high or low"


@pytest.fixture
def call(portal, wire):
    """Return a function that calls a service with user and password."""
    portal.add_ewb_user(SELLER, *USER)
    send = wire.in_process(create_app(portal, dialect=DIALECTS["whitebooks"]))
    headers = {
        "ip_address": "203.0.113.7",
        "client_id": USER[2],
        "client_secret": USER[3],
        "gstin": SELLER,
        "username": USER[0],
        "password": USER[1],
    }

    def make(method, path, request=None, changes=None, **query):
        url = f"{BASE}/{path}?{urlencode({'email': 'a@b.in', **query})}"
        body = None if request is None else json.dumps(request)
        answer = send(method, url, {**headers, **(changes or {})}, body)
        assert answer.status == 200
        return json.loads(answer.body)

    return make


def test_log_in_gives_no_token(call):
    query = {"username": USER[0], "password": USER[1]}
    answer = call("GET", "authenticate", None, {"username": ""}, **query)
    words = "If authentication succeeds"
    assert answer == {"irp": "NIC1", "status_cd": "1", "status_desc": words}
    query["password"] = "wrong"
    assert call("GET", "authenticate", **query)["error"][0]["errorCode"] == "108"


def test_made_and_fetched(call, challan):
    made = call("POST", "ewayapi/genewaybill", challan)
    assert list(made) == ["irp", "status_cd", "status_desc", "data"]
    assert made["status_desc"] == "EWAYBILL request succeeds"
    number = made["data"]["ewayBillNo"]

    found = call("GET", "ewayapi/getewaybill", ewbNo=number)
    assert found["data"]["ewbNo"] == number
    listed = call("GET", "ewayapi/getewaybillsbydate", date="15/11/2025")
    assert [one["ewbNo"] for one in listed["data"]] == [number]
    request = {"ewbNo": number, "cancelRsnCode": 2, "cancelRmrk": "wrong"}
    assert call("POST", "ewayapi/canewb", request)["status_cd"] == "1"


def test_refused(call, challan):
    assert call("POST", "ewayapi/genewaybill", {**challan, "transDistance": 999}) == {
        "irp": "NIC1",
        "status_cd": "0",
        "error": [{"errorCode": "702", "errorMessage": "702"}],
        "info": DISTANCE,
    }
    wrong = {"password": "x"}
    answer = call("POST", "ewayapi/genewaybill", challan, wrong)
    assert answer["error"][0]["errorCode"] == "108"
    answer = call("POST", "ewayapi/genewaybill", challan, {"client_secret": "x"})
    assert answer["error"]["error_cd"] == "RET11402"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("vehewb", "301"),
        ("updatetransporter", "301"),
        ("extendvalidity", "301"),
        ("rejewb", "344"),
        ("gencewb", "302"),
        ("regentripsheet", "387"),
        ("initmulti", "301"),
        ("addmulti", "301"),
        ("updtmulti", "301"),
    ],
)
def test_every_action_has_a_path(call, path, code):
    answer = call("POST", f"ewayapi/{path}", {})

    assert answer["error"][0]["errorCode"] == code


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("geterrorlist", {}),
        ("getgstindetails", {"GSTIN": SELLER}),
        ("gettransporterdetails", {"trn_no": "05AAACG0904A1ZL"}),
        ("gethsndetailsbyhsncode", {"hsncode": "1001"}),
    ],
)
def test_master_data_beside_the_bills(call, portal, path, query):
    portal.set_taxpayer(SELLER)

    assert call("GET", f"ewayapi/{path}", **query)["data"]
