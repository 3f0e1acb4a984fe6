"""NIC's two portals: each has its own data, and ``irp`` names the other portal."""

import pytest

ROAD = {"Distance": 0, "TransMode": "1", "VehNo": "GJ07DL9009", "VehType": "R"}


@pytest.fixture
def recorded(invoice):
    """The usual invoice between the PIN codes of a recorded answer."""
    invoice["SellerDtls"]["Pin"] = 193501
    invoice["BuyerDtls"]["Pin"] = 500055
    return invoice


@pytest.fixture
def irn(client, recorded):
    return client.plain(client.generate(recorded))["Irn"]


def test_documents_of_an_earlier_file_get_eway_bills(client, portal, irn):
    # an earlier version stored the registration without its origin
    with portal.store.transaction() as db:
        db.execute("DELETE FROM origin")

    assert client.eway_bill(irn, **ROAD)["Status"] == 1


@pytest.mark.parametrize(("asked", "is_found"), [(None, False), ("NIC1", True)])
def test_criss_cross(
    new_portal, new_client, new_store, recorded, wire, asked, is_found
):
    store = new_store()
    first = new_client(new_portal(store=store))
    second = new_client(new_portal(store=store, portal_code="NIC2"))
    first.authenticate()
    second.authenticate()
    irn = first.plain(first.generate(recorded))["Irn"]
    headers = {"irp": asked} if asked else {}

    answer = second.eway_bill(irn, {**second.headers, **headers}, **ROAD)
    assert wire.codes(answer) == ([] if is_found else ["4003"])
    answer = second.eway_bill_of(irn, **headers)
    assert wire.codes(answer) == ([] if is_found else ["4003"])
    assert wire.codes(second.by_irn(irn, **headers)) == ([] if is_found else ["2148"])
    document = ("INV", "INV/25-26/0007", "15/11/2025")
    answer = second.by_document(*document, **headers)
    assert wire.codes(answer) == ([] if is_found else ["2154"])
    request = {"Irn": irn, "CnlRsn": "1", "CnlRem": "x"}
    path = "/eicore/v1.03/Invoice/Cancel"
    answer = second.post(path, request, {**second.headers, **headers})
    assert wire.codes(answer) == (["2230"] if is_found else ["2148"])


def test_registered_at_the_other_portal_is_2295(
    new_portal, new_client, new_store, recorded, wire
):
    store = new_store()
    first = new_client(new_portal(store=store))
    second = new_client(new_portal(store=store, portal_code="NIC2"))
    first.authenticate()
    second.authenticate()
    data = first.plain(first.generate(recorded))

    answer = second.generate(recorded)
    assert wire.codes(answer) == ["2295"]
    description = {name: data[name] for name in ("AckNo", "AckDt", "Irn")}
    assert answer["InfoDtls"] == [{"InfCd": "DUPIRNGLP", "Desc": description}]
    assert wire.codes(first.by_irn(data["Irn"], irp="NIC2")) == ["2148"]
    assert wire.codes(first.by_irn(data["Irn"], irp="NIC3")) == ["3098"]
