"""IRIS and EY: headers, keys, envelopes and codes."""

import base64
import json
import os

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sandbox import DIALECTS, Portal, Store

SPELLED = ["iris", "ey"]


@pytest.mark.parametrize("name", SPELLED)
def test_hyphens_are_not_read(serve_dialect, name):
    client = serve_dialect(name).client
    client.account["client-id"] = client.account.pop("client_id")
    client.account["client-secret"] = client.account.pop("client_secret")

    assert client.log_in().codes == ["1011", "1012"]


@pytest.mark.parametrize("name", SPELLED)
def test_user_name_with_a_hyphen_is_not_read(signed_in, name):
    client = signed_in(name).client
    headers = client.headers
    headers["user-name"] = headers.pop("user_name")

    assert client.call("get", headers=headers, irn="a" * 64).codes == ["1006"]


@pytest.mark.parametrize("name", SPELLED)
def test_any_letter_case_is_read(signed_in, name):
    client = signed_in(name).client
    headers = {key.upper(): value for key, value in client.headers.items()}

    assert client.call("get", headers=headers, irn="a" * 64).codes == ["2148"]


def test_iris_has_a_key_of_5096_bits(clock, wire):
    """A login may have 468 bytes; NIC's key takes 183."""
    store = Store()
    settings = DIALECTS["iris"].settings_with()
    portal = Portal(store, clock=clock, settings=settings)
    key = load_pem_public_key(portal.auth_public_key)
    store.close()

    assert key.key_size == 5096
    assert len(base64.b64encode(bytes(468))) <= (5096 + 7) // 8 - 11


def test_iris_writes_records_in_camel_case(signed_in, wire):
    client = signed_in("iris").client
    record = client.call("gstin", gstin=wire.SELLER).data

    # what a client in production reads
    read = (
        *("gstin", "tradeName", "legalName", "addrBno", "addrFlno", "addrSt"),
        *("addrLoc", "stateCode", "addrPncd", "txpType", "status", "dtReg"),
    )
    assert set(read) <= set(record)


def test_iris_answers_in_nics_envelope(signed_in):
    answer = signed_in("iris").client.call("get", irn="a" * 64)

    assert answer.envelope == {
        "Status": 0,
        "Data": None,
        "ErrorDetails": [
            {
                "ErrorCode": "2148",
                "ErrorMessage": "Requested IRN data is not available",
            }
        ],
        "InfoDtls": None,
    }


def test_iris_signs_with_its_own_key(new_dialect_portal):
    store = Store()
    iris = Portal(store, settings=DIALECTS["iris"].settings_with(auth_key_bits=2048))
    nic = Portal(store)
    try:
        assert iris.kid != nic.kid
        assert iris.auth_public_key != nic.auth_public_key
        assert Portal(store).kid == nic.kid
    finally:
        store.close()


def test_ey_writes_info_as_text(signed_in, invoice):
    client = signed_in("ey").client
    client.call("generate", invoice)
    answer = client.call("generate", invoice)

    [info] = json.loads(answer.envelope["InfoDtls"])
    assert (info["InfCd"], set(info["Desc"])) == ("DUPIRN", {"AckNo", "AckDt", "Irn"})


def test_ey_refuses_what_it_cannot_decrypt_with_1090(signed_in, invoice):
    client = signed_in("ey").client
    sek, client.sek = client.sek, os.urandom(32)
    refused = client.call("generate", invoice)

    assert refused.codes == ["1090"]
    client.sek = sek
    assert client.call("generate", invoice).is_ok
    assert client.log_in(data=base64.b64encode(bytes(256)).decode()).codes == ["1090"]


@pytest.mark.parametrize("service", ["get", "gstin", "sync"])
def test_ey_takes_the_value_in_the_query(signed_in, invoice, wire, service):
    """One of its clients sends ``enSearch/{irn}``, another ``enSearch?irn=``."""
    client = signed_in("ey").client
    value = wire.BUYER
    if service == "get":
        value = client.call("generate", invoice).data["Irn"]
    by_path = client.call(service, irn=value, gstin=value)
    client.paths = {**client.paths, service: client.paths[service].rpartition("/")[0]}
    name = "irn" if service == "get" else "gstin"

    assert client.call(service, **{name: value}).data == by_path.data
    assert client.call(service).codes in (["2148"], ["3001"])


@pytest.mark.parametrize(
    ("wording", "status", "names"),
    [
        (
            {"envelope_names": "camel"},
            200,
            ["status", "data", "errorDetails", "infoDtls"],
        ),
        ({"error_status": 400}, 400, ["Status", "Data", "ErrorDetails", "InfoDtls"]),
    ],
)
def test_other_readings_of_ey(serve_dialect, wire, wording, status, names):
    client = serve_dialect("ey", wording=wording).client
    client.log_in()
    answer = client.call("get", irn="a" * 64)

    assert answer.http.status == status
    assert list(answer.envelope) == names
    assert answer.codes == ["2148"]
    assert client.call("gstin", gstin=wire.SELLER).http.status == 200


def test_nothing_is_served_outside_the_base(serve_dialect):
    client = serve_dialect("ey").client
    client.paths = {"log_in": "/irpauthapi/v1.0/apiAuth"}
    answer = client.send("POST", client.paths["log_in"], client.account, "{}")

    assert answer.status == 404


def test_portals_with_one_store_know_of_each_other(serve_dialect, invoice, wire):
    store = Store()
    nic = serve_dialect("nic", store=store).client
    iris = serve_dialect("iris", store=store).client
    assert nic.log_in().is_ok
    assert iris.log_in().is_ok
    irn = nic.call("generate", invoice).data["Irn"]

    refused = iris.call("generate", invoice)
    assert refused.codes == ["2295"]
    assert refused.infos[0]["Desc"]["IrnDtl"] == {"RegIrp": "NIC1"}
    assert iris.call("get", irn=irn).codes == ["2148"]
    assert nic.call("get", irn=irn).is_ok
    state = json.loads(iris.send("GET", "/_sandbox/state", {}).body)
    assert state["registrations"] == []
    assert [(one["irn"], one["irp"]) for one in state["held"]] == [(irn, "NIC1")]


def test_the_header_irp_reaches_nics_portals_only(signed_in, wire):
    client = signed_in("iris").client
    headers = {**client.headers, "irp": "NIC1"}

    assert client.call("get", headers=headers, irn="a" * 64).codes == ["3098"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"irp": "NIC1"}, "this portal"),
        ({"date": "2025-11-15"}, "2025-11-15"),
        ({"number": None}, "number"),
        ({"status": "HELD"}, "HELD"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_another_irp_cannot_hold(serve_dialect, wire, change, problem):
    client = serve_dialect("nic").client
    value = {
        "gstin": wire.SELLER,
        "document_type": "INV",
        "number": "A/1",
        "date": "15/11/2025",
        "irp": "EY",
        **change,
    }
    body = json.dumps({key: one for key, one in value.items() if one})
    headers = {"Content-Type": "application/json"}
    answer = client.send("POST", "/_sandbox/held", headers, body)

    assert answer.status == 400
    assert problem in json.loads(answer.body)["error"]


def test_a_registered_document_cannot_be_held(signed_in, invoice, wire):
    served = signed_in("nic")
    served.client.call("generate", invoice)
    body = {
        "gstin": wire.SELLER,
        "document_type": "INV",
        "irp": "EY",
        "number": "INV/25-26/0007",
        "date": "15/11/2025",
    }
    headers = {"Content-Type": "application/json"}
    answer = served.client.send("POST", "/_sandbox/held", headers, json.dumps(body))

    assert answer.status == 400
    assert "registered already" in json.loads(answer.body)["error"]


def test_the_holder_may_stay_unnamed(serve_dialect, invoice, wire):
    served = serve_dialect("nic", wording={"names_holder": False})
    served.client.log_in()
    body = {
        "gstin": wire.SELLER,
        "document_type": "INV",
        "irp": "EY",
        "number": "INV/25-26/0007",
        "date": "15/11/2025",
    }
    headers = {"Content-Type": "application/json"}
    served.client.send("POST", "/_sandbox/held", headers, json.dumps(body))
    [info] = served.client.call("generate", invoice).infos

    assert set(info["Desc"]) == {"AckNo", "AckDt", "Irn"}


def test_a_session_key_as_text(serve_dialect):
    client = serve_dialect("ey", wording={"sek_form": "base64"}).client
    client.log_in()

    assert len(client.sek) == 44
    client.sek = base64.b64decode(client.sek)
    assert client.call("get", irn="a" * 64).codes == ["2148"]


def test_eway_bill_of_iris_is_cancelled_at_nic(serve_dialect, invoice):
    """IRIS has no route for it: the e-way bill system is NIC's."""
    store = Store()
    nic = serve_dialect("nic", store=store).client
    iris = serve_dialect("iris", store=store).client
    assert nic.log_in().is_ok
    assert iris.log_in().is_ok
    invoice["SellerDtls"]["Pin"], invoice["BuyerDtls"]["Pin"] = 193501, 500055
    invoice["EwbDtls"] = {"Distance": 0, "TransMode": "1", "VehNo": "GJ07DL9009"}
    invoice["EwbDtls"]["VehType"] = "R"
    made = iris.call("generate", invoice).data
    cancel = {"Irn": made["Irn"], "CnlRsn": "1", "CnlRem": "x"}
    assert iris.call("cancel", cancel).codes == ["2230"]
    request = {"ewbNo": made["EwbNo"], "cancelRsnCode": 2, "cancelRmrk": "x"}

    assert nic.call("cancel_eway_bill", request).is_ok
    assert iris.call("cancel", cancel).is_ok


def test_a_number_cancelled_elsewhere_is_used_up(signed_in, invoice, wire):
    client = signed_in("nic").client
    body = {
        "gstin": wire.SELLER,
        "document_type": "INV",
        "irp": "EY",
        "status": "CNL",
        "number": "INV/25-26/0007",
        "date": "15/11/2025",
    }
    headers = {"Content-Type": "application/json"}
    client.send("POST", "/_sandbox/held", headers, json.dumps(body))

    assert client.call("generate", invoice).codes == ["2278"]


def test_nics_two_portals(serve_dialect, invoice):
    store = Store()
    first = serve_dialect("nic", store=store).client
    second = serve_dialect("nic2", store=store).client
    assert first.log_in().is_ok
    assert second.log_in().is_ok
    irn = second.call("generate", invoice).data["Irn"]

    assert first.call("generate", invoice).codes == ["2295"]
    assert first.call("get", irn=irn).codes == ["2148"]
    headers = {**first.headers, "irp": "NIC2"}
    assert first.call("get", headers=headers, irn=irn).data["Irn"] == irn


def test_base64_inside_the_data(serve_dialect, wire):
    client = serve_dialect("iris", wording={"data_form": "base64"}).client
    client.log_in()
    answer = client.send(
        "GET", client.paths["gstin"].format(gstin=wire.SELLER), client.headers
    )
    raw = base64.b64decode(json.loads(answer.body)["Data"])
    text = base64.b64decode(wire.aes(client.sek, raw, encrypt=False))

    assert json.loads(text)["gstin"] == wire.SELLER
