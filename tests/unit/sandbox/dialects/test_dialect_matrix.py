"""Every service and every fault at every portal."""

import http.client
import json

import pytest
from sandbox import DIALECTS

NAMES = ["nic", "nic2", "iris", "ey", "clear-gsp", "alankit", "taxpro", "whitebooks"]
DOCUMENT = ("INV", "INV/25-26/0007", "15/11/2025")
ROAD = {"Distance": 0, "TransMode": "1", "VehNo": "GJ07DL9009", "VehType": "R"}
# digit of the AckNo: the number of the IRP; GSPs lead to NIC's first
FIRST_DIGIT = {"nic2": "2", "iris": "6", "ey": "5"}
LOST = (http.client.RemoteDisconnected, ConnectionResetError)


def test_every_dialect_is_here():
    assert {one.name for one in DIALECTS.values()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_life_of_a_document(signed_in, invoice, wire, name):
    client = signed_in(name).client

    made = client.call("generate", invoice)
    assert made.is_ok, made.envelope
    assert made.data["Irn"] == wire.irn(wire.SELLER, "2025-26", "INV", DOCUMENT[1])
    assert str(made.data["AckNo"])[0] == FIRST_DIGIT.get(name, "1")
    assert client.call("get", irn=made.data["Irn"]).data == made.data
    assert client.call("generate", invoice).codes == ["2150"]

    cancel = {"Irn": made.data["Irn"], "CnlRsn": "2", "CnlRem": "wrong quantity"}
    assert client.call("cancel", cancel).data["Irn"] == made.data["Irn"]
    assert client.call("cancel", cancel).codes == ["9999"]
    assert client.call("generate", invoice).codes == ["2278"]
    assert client.call("get", irn=made.data["Irn"]).data["Status"] == "CNL"


@pytest.mark.parametrize("name", [name for name in NAMES if name != "ey"])
def test_look_up_by_document(signed_in, invoice, name):
    client = signed_in(name).client
    assert client.by_document(*DOCUMENT).codes == ["2154"]
    made = client.call("generate", invoice)

    assert client.by_document(*DOCUMENT).data == made.data


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("service", ["gstin", "sync"])
def test_taxpayers(signed_in, wire, name, service):
    served = signed_in(name)
    served.portal.announce_taxpayer(wire.BUYER, "ACT", TxpType="SEZ")
    served.portal.set_taxpayer(wire.BUYER, "ACT", TxpType="SEZ")
    record = served.client.call(service, gstin=wire.BUYER).data

    small = name == "iris"
    assert record["gstin" if small else "Gstin"] == wire.BUYER
    assert record["txpType" if small else "TxpType"] == "SEZ"
    served.portal.set_taxpayer(wire.BUYER, "UNKNOWN")
    assert served.client.call("gstin", gstin=wire.BUYER).codes == ["3001"]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "ey"])
def test_eway_bill_by_irn(signed_in, invoice, name):
    client = signed_in(name).client
    invoice["SellerDtls"]["Pin"], invoice["BuyerDtls"]["Pin"] = 193501, 500055
    irn = client.call("generate", invoice).data["Irn"]

    made = client.call("eway_bill", {"Irn": irn, **ROAD})
    assert [one["InfCd"] for one in made.infos] == ["EWBPPD"]
    found = client.call("eway_bill_of", irn=irn).data
    assert (found["EwbNo"], found["Status"]) == (made.data["EwbNo"], "ACT")


@pytest.mark.parametrize("name", ["nic", "nic2", "clear-gsp", "alankit", "whitebooks"])
def test_eway_bill_is_cancelled(signed_in, invoice, name):
    client = signed_in(name).client
    invoice["SellerDtls"]["Pin"], invoice["BuyerDtls"]["Pin"] = 193501, 500055
    irn = client.call("generate", invoice).data["Irn"]
    number = client.call("eway_bill", {"Irn": irn, **ROAD}).data["EwbNo"]
    request = {"ewbNo": number, "cancelRsnCode": 2, "cancelRmrk": "not sent"}

    assert client.call("cancel_eway_bill", request).data["ewayBillNo"] == str(number)
    assert client.call("cancel_eway_bill", request).codes == ["312"]


@pytest.mark.parametrize("name", ["iris", "ey", "taxpro"])
def test_no_route_for_cancelling_eway_bills(signed_in, name):
    client = signed_in(name).client
    answer = client.send("POST", "/ewaybillapi/v1.03/ewayapi", client.headers, "{}")

    assert answer.status == 404


@pytest.mark.parametrize("name", NAMES)
def test_lost_answer(signed_in, invoice, name):
    served = signed_in(name)
    served.faults.add("drop_after", "generate_irn")
    with pytest.raises(LOST):
        served.client.call("generate", invoice)

    assert len(served.portal.registrations()) == 1
    assert served.client.call("generate", invoice).codes == ["2150"]


@pytest.mark.parametrize("name", NAMES)
def test_refused_token(signed_in, clock, invoice, name):
    client = signed_in(name).client
    old = client.token
    clock.advance(hours=7)

    assert client.call("generate", invoice).codes == ["1005"]
    assert client.log_in().is_ok
    assert client.token != old
    assert client.call("generate", invoice).is_ok


@pytest.mark.parametrize("name", NAMES)
def test_held_by_another_irp(signed_in, invoice, wire, name):
    served = signed_in(name)
    holder = "IRIS" if name == "ey" else "EY"
    body = {
        "gstin": wire.SELLER,
        "document_type": "INV",
        "number": "inv/25-26/0007",
        "date": "15/11/2025",
        "irp": holder,
    }
    assert control(served, "held", body).status == 200
    answer = served.client.call("generate", invoice)

    assert answer.codes == ["2295"]
    irn = wire.irn(wire.SELLER, "2025-26", "INV", DOCUMENT[1])
    assert served.client.call("get", irn=irn).codes == ["2148"]
    if name == "whitebooks":
        assert answer.infos == []
        return
    [info] = answer.infos
    assert (info["InfCd"], info["Desc"]["Irn"]) == ("DUPIRNGLP", irn)
    assert info["Desc"]["IrnDtl"] == {"RegIrp": holder}
    assert str(info["Desc"]["AckNo"])[0] == {"EY": "5", "IRIS": "6"}[holder]


@pytest.mark.parametrize("name", NAMES)
def test_service_not_offered(serve_dialect, wire, name):
    client = serve_dialect(name, without=["get_gstin"]).client
    assert client.log_in().is_ok
    path = client.paths["gstin"].format(gstin=wire.BUYER)
    if name == "whitebooks":
        path = "/einvoice/type/GSTNDETAILS/version/V1_03?email=a%40b.in"

    assert client.send("GET", path, client.headers).status == 404


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("kind", "registered"), [("text", 0), ("text_after", 1)])
def test_text_with_status_200(signed_in, invoice, name, kind, registered):
    served = signed_in(name)
    served.faults.add(kind, "generate_irn")
    answer = served.client.call("generate", invoice)

    assert (answer.http.status, answer.is_ok) == (200, None)
    assert len(served.portal.registrations()) == registered


def control(served, path, value):
    headers = {"Content-Type": "application/json"}
    return served.client.send("POST", f"/_sandbox/{path}", headers, json.dumps(value))
