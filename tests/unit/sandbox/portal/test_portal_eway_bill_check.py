"""The portal's check of requests for e-way bills, rule by rule."""

import pytest

ROAD = {"Distance": 0, "TransMode": "1", "VehNo": "KA12ER1234", "VehType": "R"}
RAIL = {"Distance": 0, "TransMode": "2", "TransDocNo": "R1", "TransDocDt": "15/11/2025"}
SHIP = {"Distance": 0, "TransMode": "4", "TransDocNo": "S1"}
TRANSIN = "29AAAAA0000A1ZY"
PORT = {"LglNm": "Port", "Addr1": "x", "Loc": "y", "Pin": 600001, "Stcd": "33"}
ABROAD = {"Gstin": "URP", "Pin": 999999, "Stcd": "96", "Pos": "96"}


@pytest.fixture
def refused(client):
    """Return a function giving the codes of EWBERR; the IRN is always issued."""

    def ask(invoice, fields, **changes):
        sections = {
            name: {**invoice.get(name, {}), **members}
            for name, members in changes.items()
        }
        answer = client.generate({**invoice, **sections, "EwbDtls": fields})
        assert answer["Status"] == 1, answer
        infos = answer["InfoDtls"] or []
        details = [one["Desc"] for one in infos if one["InfCd"] == "EWBERR"]
        return [one["ErrorCode"] for detail in details for one in detail]

    return ask


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        (ROAD, []),
        (RAIL, []),
        ({**RAIL, "TransMode": "3"}, []),
        (SHIP, []),
        ({"Distance": 0, "TransMode": "4", "VehNo": "KA12ER1234"}, []),
        ({"Distance": 0, "TransId": TRANSIN}, []),
        ({"Distance": 0}, ["4019"]),
        ({"Distance": 0, "TransName": "Somebody"}, ["4019"]),
        ({"Distance": 0, "VehNo": "KA12ER1234"}, ["4028"]),
        ({"Distance": 0, "TransId": TRANSIN, "TransDocNo": "1"}, ["4028"]),
        ({"Distance": 0, "TransMode": "1"}, ["4011", "4022"]),
        ({**ROAD, "VehType": None}, ["4022"]),
        ({**ROAD, "VehNo": None}, ["4011"]),
        ({"Distance": 0, "TransMode": "2"}, ["4012", "4023"]),
        ({**RAIL, "TransMode": "3", "TransDocDt": None}, ["4023"]),
        ({"Distance": 0, "TransMode": "4"}, ["4040"]),
        ({**SHIP, "VehType": "R"}, ["4039"]),
        ({**SHIP, "VehType": "O"}, []),
        ({**RAIL, "VehType": "O"}, ["4024"]),
        ({**ROAD, "VehType": "X"}, ["4020"]),
        ({**ROAD, "VehType": "o"}, []),
        ({**ROAD, "TransMode": "7"}, ["5002"]),
        ({**RAIL, "TransDocDt": "2025-11-15"}, ["4017"]),
        ({**RAIL, "TransDocDt": "16/11/2025"}, ["4016"]),
        ({**RAIL, "TransDocDt": "14/11/2025"}, ["4021"]),
        ({**ROAD, "VehNo": "?", "TransDocDt": "16/11/2025"}, ["4014", "4016"]),
    ],
)
def test_transport(refused, invoice, fields, codes):
    assert refused(invoice, fields) == codes


@pytest.mark.parametrize(
    ("number", "is_right"),
    [
        ("AB121234", True),
        ("AB12A1234", True),
        ("AB12AB1234", True),
        ("AB12ABC1234", True),
        ("ABC1234", True),
        ("AB123A1234", True),
        ("DF1234567890A", True),
        ("TM12AB34", True),
        ("TRAB1234", True),
        ("BPABC123", True),
        ("NP123456", True),
        ("gj07dl9009", True),
        ("AB12ABCD1234", False),
        ("1234", False),
        ("AB12 1234", False),
    ],
)
def test_vehicle_number(refused, invoice, number, is_right):
    codes = refused(invoice, {**ROAD, "VehNo": number})

    assert codes == ([] if is_right else ["4014"])


@pytest.mark.parametrize("kind", ["CRN", "DBN", "crn"])
def test_credit_and_debit_notes_have_none(refused, invoice, kind):
    assert refused(invoice, ROAD, DocDtls={"Typ": kind}) == ["4010"]


def test_services_have_none(refused, invoice):
    goods = invoice["ItemList"][0]
    service = {**goods, "IsServc": "Y", "HsnCd": "998311"}
    invoice["ItemList"] = [service]
    assert refused(invoice, ROAD) == ["4009"]
    invoice["DocDtls"]["No"] = "A/2"
    invoice["ItemList"] = [service, {**goods, "SlNo": "2"}]
    assert refused(invoice, ROAD) == []


@pytest.mark.parametrize(
    ("place", "codes"),
    [
        (None, ["4031"]),
        (PORT, []),
        ({**PORT, "Stcd": "96"}, ["4032"]),
        ({**PORT, "Pin": 999999}, ["4033"]),
    ],
)
def test_exports_go_to_a_port(refused, invoice, place, codes):
    changes = {"TranDtls": {"SupTyp": "EXPWP"}, "BuyerDtls": ABROAD}
    if place:
        changes["ShipDtls"] = place

    assert refused(invoice, ROAD, **changes) == codes


def test_port_of_export_in_a_request_by_irn(client, invoice, wire):
    invoice["TranDtls"]["SupTyp"] = "EXPWOP"
    invoice["BuyerDtls"] |= ABROAD
    irn = client.plain(client.generate(invoice))["Irn"]

    assert wire.codes(client.eway_bill(irn, **ROAD)) == ["4031"]
    port = {name: PORT[name] for name in ("Addr1", "Loc", "Pin", "Stcd")}
    assert client.eway_bill(irn, ExpShipDtls=port, **ROAD)["Status"] == 1


@pytest.mark.parametrize(
    ("members", "codes"),
    [
        ({"Stcd": "96"}, ["4035"]),
        ({"Pin": 999999}, ["4036"]),
        ({"Stcd": "96", "Pin": 999999}, ["4035", "4036"]),
    ],
)
def test_goods_start_in_india(refused, invoice, members, codes):
    start = {"Nm": "n", **PORT, **members}

    assert refused(invoice, ROAD, DispDtls=start) == codes


def test_gold(refused, invoice):
    invoice["ItemList"][0]["HsnCd"] = "71131910"
    everything = {**ROAD, **RAIL, "TransName": "Somebody", "TransId": TRANSIN}
    assert refused(invoice, everything) == [
        *("4045", "4046", "4047", "4048", "4049", "4052", "4044", "4051")
    ]
    invoice["DocDtls"]["No"] = "A/2"
    assert refused(invoice, {"Distance": 0}) == ["4050", "4051"]
    invoice["DocDtls"]["No"] = "A/3"
    invoice["BuyerDtls"] |= {"Pos": "37", "Stcd": "37", "Pin": 520001}
    assert refused(invoice, {"Distance": 0, "TransMode": "1"}) == []
