"""Cancel e-way bill, in the envelope of the e-way bill system."""

import base64
import json

import pytest

PATH = "/ewaybillapi/v1.03/ewayapi"
ROAD = {"Distance": 0, "TransMode": "1", "VehNo": "GJ07DL9009", "VehType": "R"}
# the members of the recorded request and answer
REQUEST = {"cancelRmrk": "Data Entry Mistake", "cancelRsnCode": "3"}
ANSWER = ["ewayBillNo", "cancelDate"]


@pytest.fixture
def made(client, invoice):
    """A registration with an active e-way bill."""
    return client.plain(client.generate({**invoice, "EwbDtls": ROAD}))


@pytest.fixture
def request_of(made):
    return {**REQUEST, "ewbNo": str(made["EwbNo"])}


def without_comma(codes):
    """Return codes without the comma at their end, which a refused token lacks."""
    assert codes.endswith(",") == (codes != "238")
    return codes.rstrip(",")


def code_of(answer):
    """Return the code of a failure with the recorded members."""
    assert list(answer) == ["status", "error", "info"]
    assert (answer["status"], answer["info"]) == ("0", None)
    error = json.loads(base64.b64decode(answer["error"]))
    assert list(error) == ["errorCodes"]
    return without_comma(error["errorCodes"])


def data_of(client, answer):
    assert list(answer) == ["status", "data", "error", "info"]
    assert answer["status"] == "1"
    assert answer["error"] is answer["info"] is None
    return json.loads(client.text({"Data": answer["data"]}))


def test_as_recorded(client, clock, made, request_of, portal):
    clock.advance(hours=1, minutes=39, seconds=43)
    client.authenticate()
    data = data_of(client, client.cancel_eway_bill(request_of))

    assert list(data) == ANSWER
    assert data["ewayBillNo"] == str(made["EwbNo"])
    assert data["cancelDate"] == "15/11/2025 12:10:00 PM"
    bill = portal.eway_bills.of_number(made["EwbNo"])
    assert (bill.status, bill.cancel_reason) == ("CNL", "3")
    assert bill.cancel_remark == "Data Entry Mistake"
    assert bill.cancelled_at == "2025-11-15 12:10:00"


def test_other_services_after_the_cancellation(client, made, request_of):
    client.cancel_eway_bill(request_of)

    assert client.plain(client.eway_bill_of(made["Irn"]))["Status"] == "CNL"
    # a new e-way bill may follow; cancelling it lets the IRN be cancelled
    again = client.plain(client.eway_bill(made["Irn"], **ROAD))
    assert again["EwbNo"] != made["EwbNo"]
    client.cancel_eway_bill({**request_of, "ewbNo": again["EwbNo"]})
    assert client.cancel(made["Irn"])["Status"] == 1


@pytest.mark.parametrize(
    ("hour", "text"), [(9, "09:30:17 AM"), (0, "12:30:17 AM"), (23, "11:30:17 PM")]
)
def test_twelve_hours(client, clock, made, request_of, hour, text):
    clock.now = clock.now.replace(hour=hour)
    client.authenticate()

    data = data_of(client, client.cancel_eway_bill(request_of))
    assert data["cancelDate"] == f"15/11/2025 {text}"


def test_bytes_of_success(client, request_of):
    data = client.encrypted(json.dumps(request_of))
    body = json.dumps({"action": "CANEWB", "data": data})
    answer = client.send("POST", PATH, client.headers, body)
    cipher = json.loads(answer.body)["data"]

    expected = f'{{"status":"1","data":"{cipher}","error":null,"info":null}}'
    assert answer.body == expected.encode()
    assert answer.headers["Content-Type"].startswith("application/json")


def test_bytes_of_failure(client):
    headers = {**client.headers, "AuthToken": "nonsense"}
    answer = client.send("POST", PATH, headers, "{}")

    # as recorded from the e-way bill system
    assert base64.b64encode(b'{"errorCodes":"238"}') in answer.body
    assert answer.body == (
        b'{"status":"0","error":"eyJlcnJvckNvZGVzIjoiMjM4In0=","info":null}'
    )


def test_json_or_base64_of_it(client, request_of):
    inner = base64.b64encode(json.dumps(request_of).encode()).decode()

    assert data_of(client, client.cancel_eway_bill(inner))


@pytest.mark.parametrize("number", [int, str])
def test_numbers_or_texts(client, made, number):
    request = {"ewbNo": number(made["EwbNo"]), "cancelRsnCode": number(2)}

    assert data_of(client, client.cancel_eway_bill(request))


def test_the_header_user_name_is_not_asked(client, request_of):
    names = ("client-id", "client-secret", "Gstin", "AuthToken")
    headers = {name: client.headers[name] for name in names}

    assert data_of(client, client.cancel_eway_bill(request_of, headers))


@pytest.mark.parametrize(("hours", "code"), [(24, None), (24.001, "315")])
def test_window_of_24_hours(client, clock, request_of, hours, code):
    clock.advance(hours=hours)
    client.authenticate()
    answer = client.cancel_eway_bill(request_of)

    assert (code_of(answer) if code else None) == code


def test_window_is_a_setting(new_portal, new_client, clock, invoice):
    client = new_client(new_portal(eway_bill_cancel_hours=1))
    client.authenticate()
    made = client.plain(client.generate({**invoice, "EwbDtls": ROAD}))
    clock.advance(minutes=60, seconds=1)
    client.authenticate()

    answer = client.cancel_eway_bill({**REQUEST, "ewbNo": made["EwbNo"]})
    assert code_of(answer) == "315"


def test_hours_do_not_count_without_part_b(client, clock, invoice):
    part_a = {"Distance": 0, "TransId": "29AAAAA0000A1ZY"}
    made = client.plain(client.generate({**invoice, "EwbDtls": part_a}))
    assert made["EwbValidTill"] is None
    clock.advance(hours=48)
    client.authenticate()
    answer = client.cancel_eway_bill({**REQUEST, "ewbNo": made["EwbNo"]})
    assert list(data_of(client, answer)) == ANSWER


def test_verified_on_the_road(client, portal, made, request_of):
    portal.verify_eway_bill(made["EwbNo"])

    assert code_of(client.cancel_eway_bill(request_of)) == "316"


def test_cancelled_unknown_or_another_taxpayers(client, stranger, request_of):
    assert code_of(stranger.cancel_eway_bill(request_of)) == "312"
    other = {**request_of, "ewbNo": 999_999_999_999}
    assert code_of(client.cancel_eway_bill(other)) == "312"
    client.cancel_eway_bill(request_of)
    assert code_of(client.cancel_eway_bill(request_of)) == "312"


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"ewbNo": "12345"}, "301"),
        ({"ewbNo": None}, "301"),
        ({"cancelRsnCode": 5}, "307"),
        ({"cancelRsnCode": "0"}, "307"),
        ({"cancelRmrk": "x" * 51}, "308"),
        ({"cancelRmrk": ""}, "308"),
        ({"cancelRmrk": 'a "word"'}, "308"),
        ({"cancelRmrk": 7}, "308"),
        ({"ewbNo": 0, "cancelRsnCode": None, "cancelRmrk": ""}, "301,307,308"),
    ],
)
def test_fields(client, request_of, changes, codes):
    assert code_of(client.cancel_eway_bill({**request_of, **changes})) == codes


@pytest.mark.parametrize("remark", [None, "x" * 50])
def test_remark_may_be_missing(client, request_of, remark):
    request = {**request_of, "cancelRmrk": remark}

    assert data_of(client, client.cancel_eway_bill(request))


@pytest.mark.parametrize("action", ["NOSUCH", "canewb", "", None])
def test_other_actions(client, request_of, action):
    assert code_of(client.cancel_eway_bill(request_of, action=action)) == "239"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "115"),
        ('{"action":"CANEWB"}', "115"),
        ("no json", "100"),
        ('{"action":"CANEWB","data":"AAAA"}', "109"),
    ],
)
def test_body_without_usable_payload(client, body, code):
    answer = client.envelope("POST", PATH, client.headers, body)

    assert code_of(answer) == code


@pytest.mark.parametrize("text", ["", "[]", "no base64", "bm8ganNvbg==", "{", "ä"])
def test_payload_must_be_an_object(client, text):
    assert code_of(client.cancel_eway_bill(text)) == "100"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Gstin": ""}, "393"),
        ({"AuthToken": ""}, "238"),
        ({"AuthToken": "x"}, "238"),
        ({"Gstin": "29AWGPV7107B1Z1"}, "238"),
        ({"client-id": ""}, "103"),
        ({"client-secret": ""}, "104"),
        ({"client-secret": "x"}, "110"),
        ({"Gstin": "", "AuthToken": ""}, "393,238"),
    ],
)
def test_headers(client, changes, code):
    headers = {**client.headers, **changes}

    assert code_of(client.cancel_eway_bill({}, headers)) == code


def test_token_that_expired(client, clock, request_of):
    clock.advance(minutes=61)

    assert code_of(client.cancel_eway_bill(request_of)) == "238"


@pytest.mark.parametrize(
    ("request_changes", "code"),
    [
        ({"ewbNo": 1}, "4008"),
        ({"cancelRsnCode": 9}, "4059"),
        ({"cancelRmrk": ""}, "4060"),
        ({"ewbNo": 999_999_999_999}, "4057"),
    ],
)
def test_codes_of_the_irps_list(new_portal, new_client, dialect, request_changes, code):
    portal = new_portal(dialect=dialect(cancel_eway_bill_codes="IRP"))
    client = new_client(portal)
    client.authenticate()
    request = {**REQUEST, "ewbNo": "391009149369", **request_changes}

    assert code_of(client.cancel_eway_bill(request)) == code


def test_window_and_verified_in_the_irps_list(
    new_portal, new_client, clock, dialect, invoice
):
    portal = new_portal(dialect=dialect(cancel_eway_bill_codes="IRP"))
    client = new_client(portal)
    client.authenticate()
    made = client.plain(client.generate({**invoice, "EwbDtls": ROAD}))
    request = {**REQUEST, "ewbNo": made["EwbNo"]}
    clock.advance(hours=25)
    client.authenticate()

    assert code_of(client.cancel_eway_bill(request)) == "4055"
    portal.verify_eway_bill(made["EwbNo"])
    assert code_of(client.cancel_eway_bill(request)) == "4056"


def test_scripted_refusal_speaks_the_same_way(portal, new_client):
    from sandbox import Faults

    faults = Faults()
    client = new_client(portal, faults=faults)
    client.authenticate()
    faults.add("refuse", "cancel_eway_bill", code="317")

    assert code_of(client.cancel_eway_bill({})) == "317"


def test_a_blocked_client_is_118(new_portal, new_client):
    client = new_client(new_portal(block_after=1))
    client.authenticate()
    assert code_of(client.cancel_eway_bill({})) == "301,307"

    assert code_of(client.cancel_eway_bill({})) == "118"
