"""Scripted faults, in process."""

import json

import pytest
from sandbox import DropConnection, Fault, Faults, create_app
from sandbox.server.faults import from_json, from_text
from werkzeug.test import Client


@pytest.fixture
def sleeps():
    return []


@pytest.fixture
def faults(sleeps):
    return Faults(sleep=sleeps.append)


@pytest.fixture
def client(portal, new_client, faults):
    client = new_client(portal, faults=faults)
    client.authenticate()
    return client


def raw(client, invoice):
    body = json.dumps({"Data": client.encrypted(json.dumps(invoice))})
    return client.send("POST", "/eicore/v1.03/Invoice", client.headers, body)


def test_delay_answers_late(client, faults, sleeps, invoice):
    faults.add("delay", "generate_irn", seconds=2.5)

    assert client.generate(invoice)["Status"] == 1
    assert sleeps == [2.5]


def test_drop_before_executes_nothing(client, portal, faults, invoice):
    faults.add("drop_before", "generate_irn")
    with pytest.raises(DropConnection) as caught:
        client.generate(invoice)

    assert caught.value.processed is False
    assert isinstance(caught.value, ConnectionResetError)
    assert portal.registrations() == []
    assert client.generate(invoice)["Status"] == 1


def test_drop_after_leaves_the_registration(client, portal, faults, invoice, wire):
    faults.add("drop_after", "generate_irn")
    with pytest.raises(DropConnection) as caught:
        client.generate(invoice)

    assert caught.value.processed is True
    assert len(portal.registrations()) == 1
    assert wire.codes(client.generate(invoice)) == ["2150"]


@pytest.mark.parametrize(("kind", "registered"), [("error", 0), ("error_after", 1)])
def test_errors_are_html(client, portal, faults, invoice, kind, registered):
    faults.add(kind, "generate_irn", status=502)
    answer = raw(client, invoice)

    assert answer.status == 502
    assert answer.headers["Content-Type"].startswith("text/html")
    assert len(portal.registrations()) == registered


def test_garbage_is_not_json(client, portal, faults, invoice):
    faults.add("garbage", "generate_irn")
    answer = raw(client, invoice)

    assert answer.status == 200
    with pytest.raises(ValueError, match=r".*"):
        json.loads(answer.body)
    assert len(portal.registrations()) == 1


def test_undecryptable_answer(client, portal, faults, invoice):
    faults.add("undecryptable", "generate_irn")
    answer = client.generate(invoice)

    assert answer["Status"] == 1
    with pytest.raises((AssertionError, UnicodeDecodeError)):
        client.text(answer)
    assert len(portal.registrations()) == 1


def test_scripted_refusal(client, portal, faults, invoice):
    faults.add("refuse", "generate_irn", code="2146", message="try later")

    assert client.generate(invoice)["ErrorDetails"] == [
        {"ErrorCode": "2146", "ErrorMessage": "try later"}
    ]
    assert portal.registrations() == []


def test_scripted_refusal_takes_the_published_text(client, faults, invoice):
    faults.add("refuse", code="1005")

    details = client.generate(invoice)["ErrorDetails"]
    assert details == [{"ErrorCode": "1005", "ErrorMessage": "Invalid Token"}]


def test_count_and_order(client, faults, wire):
    faults.add("refuse", "get_irn", times=2, code="2146")
    faults.add("refuse", "*", code="5001")
    faults.add("refuse", "get_irn", times=0, code="2147")
    codes = [wire.codes(client.by_irn("a" * 64)) for _ in range(5)]

    assert codes == [["2146"], ["2146"], ["5001"], ["2147"], ["2147"]]
    faults.clear()
    assert wire.codes(client.by_irn("a" * 64)) == ["2148"]


def test_other_services_are_spared(client, faults):
    faults.add("error", "generate_irn")

    assert client.authenticate()["Status"] == 1
    assert len(faults.pending()) == 1


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("generate_irn:drop_after", Fault("drop_after", "generate_irn")),
        ("*:error:3:502", Fault("error", times=3, status=502)),
        ("get_irn:delay:0:0.5", Fault("delay", "get_irn", times=0, seconds=0.5)),
        ("ping:refuse:1:2147", Fault("refuse", "ping", code="2147")),
    ],
)
def test_fault_of_a_command_line(text, fault):
    assert from_text(text) == fault


@pytest.mark.parametrize(
    "text",
    ["", "generate_irn", "a:explode", "a:delay:x", "a:delay:1:2:3", "a:error:-1"],
)
def test_invalid_fault_text(text):
    with pytest.raises(ValueError, match=r".*"):
        from_text(text)


@pytest.mark.parametrize(
    "value", [{}, {"kind": "burn"}, {"kind": "delay", "colour": 1}, {"kind": None}]
)
def test_invalid_fault_json(value):
    with pytest.raises(ValueError, match=r".*"):
        from_json(value)


JSON = {"Content-Type": "application/json"}


def test_control_path_scripts_faults(client, invoice):
    body = json.dumps([{"kind": "error", "endpoint": "generate_irn", "status": 500}])
    answer = client.send("POST", "/_sandbox/faults", JSON, body)

    assert json.loads(answer.body)["faults"][0]["status"] == 500
    assert raw(client, invoice).status == 500
    client.send("POST", "/_sandbox/faults", JSON, '{"kind": "garbage"}')
    answer = client.send("DELETE", "/_sandbox/faults", {})
    assert json.loads(answer.body) == {"faults": []}


def test_control_path_shows_the_state_without_secrets(client, invoice, wire):
    client.generate(invoice)
    answer = client.send("GET", "/_sandbox/state", {})
    state = json.loads(answer.body)

    assert state["users"] == [{"gstin": wire.SELLER, "username": "api_user"}]
    assert state["calls"] == {"authenticate": 1, "generate_irn": 1}
    assert state["registrations"][0]["number"] == "INV/25-26/0007"
    for secret in (*wire.SECRETS[1:], client.token):
        assert secret.encode() not in answer.body


def test_control_path_moves_the_clock(client, wire):
    body = json.dumps({"advance_seconds": 3600})
    answer = client.send("POST", "/_sandbox/clock", JSON, body)

    assert json.loads(answer.body)["now"] == "2025-11-15T11:30:17+05:30"
    assert wire.codes(client.by_irn("a" * 64)) == ["1005"]


def test_control_path_enters_taxpayers(client, invoice, wire):
    body = json.dumps({"gstin": wire.BUYER, "status": "UNKNOWN"})
    client.send("POST", "/_sandbox/taxpayers", JSON, body)

    assert wire.codes(client.generate(invoice)) == ["3028"]


def test_control_path_enters_records(client, wire):
    record = {"gstin": wire.BUYER, "status": "ACT", "TxpType": "SEZ", "BlkStatus": "B"}
    answer = client.send("POST", "/_sandbox/taxpayers", JSON, json.dumps(record))
    assert json.loads(answer.body) == record
    other = {"gstin": wire.SELLER, "status": "SUS"}
    client.send("POST", "/_sandbox/taxpayers", JSON, json.dumps(other))

    shown = json.loads(client.send("GET", "/_sandbox/taxpayers", {}).body)
    assert shown == {"taxpayers": [record, other]}
    assert client.plain(client.gstin_details(wire.BUYER))["TxpType"] == "SEZ"


def test_control_path_announces_records(client, wire):
    news = json.dumps({"gstin": wire.BUYER, "status": "CNL", "DtDReg": "2025-01-01"})
    client.send("POST", "/_sandbox/announced", JSON, news)
    assert wire.codes(client.gstin_details(wire.BUYER)) == ["3001"]

    synced = client.plain(client.gstin_details(wire.BUYER, "syncgstin"))
    assert (synced["Status"], synced["DtDReg"]) == ("CNL", "2025-01-01")


def test_control_path_knows_eway_bills(client, portal, invoice):
    irn = client.plain(client.generate(invoice))["Irn"]
    portal.attach_eway_bill(irn, 391009149369, "2025-11-29 23:59:00")
    body = json.dumps({"eway_bill": 391009149369})
    client.send("POST", "/_sandbox/verified", JSON, body)

    body = {"eway_bill": 391009149369, "valid_until": "2025-12-01 23:59:00"}
    client.send("POST", "/_sandbox/validity", JSON, json.dumps(body))
    assert portal.eway_bills.of_number(391009149369).valid_till == body["valid_until"]

    state = json.loads(client.send("GET", "/_sandbox/state", {}).body)
    assert state["registrations"][0]["eway_bill"] == 391009149369
    assert state["registrations"][0]["eway_bill_status"] == "ACT"
    assert portal.eway_bills.of_number(391009149369).verified_at


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", "{"),
        ("faults", '{"kind": "burn"}'),
        ("validity", '{"eway_bill": 1, "valid_until": "2025-12-01 23:59:00"}'),
        ("faults", "17"),
        ("clock", "{}"),
        ("clock", '{"advance_seconds": "x"}'),
        ("taxpayers", '{"gstin": "a", "status": "b"}'),
        ("taxpayers", '{"gstin": "a", "status": "ACT", "TxpType": "b"}'),
        ("taxpayers", '{"gstin": "a", "status": "ACT", "colour": 1}'),
        ("taxpayers", '{"status": "ACT"}'),
        ("taxpayers", "[]"),
        ("announced", '{"gstin": "a"}'),
        ("verified", '{"eway_bill": "x"}'),
    ],
)
def test_control_path_explains_errors(client, path, body):
    answer = client.send("POST", f"/_sandbox/{path}", JSON, body)

    assert answer.status == 400
    assert json.loads(answer.body)["error"]


def test_control_path_wants_json(client):
    headers = {"Content-Type": "text/plain"}
    answer = client.send("POST", "/_sandbox/faults", headers, '{"kind": "error"}')

    assert answer.status == 415


@pytest.mark.parametrize(
    ("address", "status"),
    [("127.0.0.1", 200), ("127.8.8.8", 200), ("::1", 200), ("192.0.2.7", 404)],
)
def test_control_path_is_for_this_machine(portal, address, status):
    browser = Client(create_app(portal))
    answer = browser.get("/_sandbox/state", environ_overrides={"REMOTE_ADDR": address})

    assert answer.status_code == status
