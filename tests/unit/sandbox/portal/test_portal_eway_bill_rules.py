"""E-way bills: the rules that need the portal's data, and the other checks."""

import copy

import pytest

SRINAGAR, HYDERABAD = 193501, 500055
TRANSIN = "29AAAAA0000A1ZY"
ROAD = {"Distance": 0, "TransMode": "1", "VehNo": "GJ07DL9009", "VehType": "R"}


@pytest.fixture
def recorded(invoice):
    """The usual invoice between the PIN codes of a recorded answer."""
    invoice["SellerDtls"]["Pin"] = SRINAGAR
    invoice["BuyerDtls"]["Pin"] = HYDERABAD
    return invoice


@pytest.fixture
def irn(client, recorded):
    return client.plain(client.generate(recorded))["Irn"]


def between(invoice, start, end, **changes):
    """Return a copy of an invoice between two PIN codes."""
    document = copy.deepcopy(invoice)
    document["SellerDtls"]["Pin"] = start
    document["BuyerDtls"]["Pin"] = end
    for section, members in changes.items():
        document[section] = {**document.get(section, {}), **members}
    return document


def failed(answer):
    """Return the codes of EWBERR in a successful answer."""
    assert answer["Status"] == 1
    (info,) = answer["InfoDtls"]
    assert list(info) == ["InfCd", "Desc"]
    assert info["InfCd"] == "EWBERR"
    assert all(list(one) == ["ErrorCode", "ErrorMessage"] for one in info["Desc"])
    return [one["ErrorCode"] for one in info["Desc"]]


@pytest.mark.parametrize(
    ("start", "end", "sent", "codes"),
    [
        # ten per cent around 2467 km
        (SRINAGAR, HYDERABAD, 2220, ["4013"]),
        (SRINAGAR, HYDERABAD, 2221, []),
        (SRINAGAR, HYDERABAD, 2713, []),
        (SRINAGAR, HYDERABAD, 2714, ["4013"]),
        (HYDERABAD, SRINAGAR, 2467, []),
        # one PIN code: 1 to 100 km
        (560001, 560001, 0, ["4029"]),
        (560001, 560001, 1, []),
        (560001, 560001, 100, []),
        (560001, 560001, 101, ["4029"]),
        # one PIN area, below 100 km: any shorter distance
        (560001, 560002, 1, []),
        (560001, 560002, 5, ["4013"]),
        # no road to the islands, no such PIN area
        (744101, 560001, 0, ["4030"]),
        (682555, 560001, 0, ["4030"]),
        (900001, 560001, 0, ["4030"]),
        (900001, 560001, 4000, []),
        (900001, 560001, 4001, ["4038"]),
        (900001, 560001, 17.5, ["5002"]),
        (900001, 560001, -1, ["5002"]),
        (900001, 560001, "10", ["5002"]),
        (900001, 560001, True, ["5002"]),
        (900001, 560001, None, ["4006"]),
        (560001, None, 10, ["2244"]),
        (560001, 999999, 0, ["4034"]),
        (560001, 999999, 10, []),
    ],
)
def test_distance(client, invoice, start, end, sent, codes):
    document = between(invoice, start, end)
    asked = {**ROAD, "Distance": sent}
    answer = client.generate({**document, "EwbDtls": asked})

    assert (failed(answer) if codes else answer["InfoDtls"] or []) == codes
    assert (client.plain(answer)["EwbNo"] is None) is bool(codes)


def test_unknown_distance_names_the_pins(client, invoice):
    document = between(invoice, 744101, 560001)
    answer = client.generate({**document, "EwbDtls": ROAD})

    (detail,) = answer["InfoDtls"][0]["Desc"]
    assert detail["ErrorMessage"] == (
        "The distance between the pincodes 744101 and 560001 is not available in the"
        " system, you need to pass the actual distance."
    )


def test_addresses_of_the_request_decide(client, invoice, wire):
    # dispatch and ship-to go before supplier and recipient
    ship_to = {"LglNm": "Depot", "Addr1": "x", "Loc": "y", "Pin": HYDERABAD}
    document = {**between(invoice, 560001, 560002), "ShipDtls": ship_to}
    irn = client.plain(client.generate(document))["Irn"]
    dispatch = {"Nm": "n", "Addr1": "x", "Loc": "y", "Pin": SRINAGAR, "Stcd": "01"}
    answer = client.eway_bill(irn, DispDtls=dispatch, **ROAD)

    assert answer["InfoDtls"][0]["Desc"] == "Pin-Pin calc distance: 2467KM"


def test_registered_place_of_dispatch_stays(client, invoice):
    # a request by IRN names one only for an invoice that has none
    document = between(invoice, 560001, HYDERABAD, DispDtls=place(SRINAGAR, "01"))
    irn = client.plain(client.generate(document))["Irn"]
    answer = client.eway_bill(irn, DispDtls=place(HYDERABAD, "36"), **ROAD)

    assert answer["InfoDtls"][0]["Desc"] == "Pin-Pin calc distance: 2467KM"


@pytest.mark.parametrize(("kind", "counts"), [("B2B", False), ("EXPWOP", True)])
def test_port_counts_for_exports_alone(client, invoice, wire, kind, counts):
    document = between(invoice, SRINAGAR, HYDERABAD, TranDtls={"SupTyp": kind})
    irn = client.plain(client.generate(document))["Irn"]
    port = {"Addr1": "x", "Loc": "y", "Pin": SRINAGAR, "Stcd": "01"}
    answer = client.eway_bill(irn, ExpShipDtls=port, **ROAD)

    # with the port both ends have one PIN code, for which no distance is computed
    assert wire.codes(answer) == (["4029"] if counts else [])


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ("AWB/2026-000123", []),
        ("AWB/2026/0001234", ["5002"]),
        ("AWB 2026", ["5002"]),
        ("LR_7", ["5002"]),
    ],
)
def test_transport_document_number(client, recorded, number, codes):
    answer = client.generate({**recorded, "EwbDtls": {**ROAD, "TransDocNo": number}})

    assert (failed(answer) if codes else answer["InfoDtls"][0]["InfCd"]) == (
        codes or "EWBPPD"
    )


def place(pin, state):
    return {"Nm": "Depot", "Addr1": "x", "Loc": "y", "Pin": pin, "Stcd": state}


def test_blocked_for_eway_bills(client, portal, irn, recorded, wire):
    portal.set_taxpayer(wire.SELLER, "ACT", BlkStatus="B")
    answer = client.eway_bill(irn, **ROAD)

    assert answer["ErrorDetails"] == [
        {
            "ErrorCode": "4015",
            "ErrorMessage": f"EWayBill will not be generated for blocked User -"
            f"{wire.SELLER}",
        }
    ]
    recorded["DocDtls"]["No"] = "A/2"
    assert failed(client.generate({**recorded, "EwbDtls": ROAD})) == ["4015"]
    portal.set_taxpayer(wire.SELLER, "ACT", BlkStatus="U")
    assert client.eway_bill(irn, **ROAD)["Status"] == 1


@pytest.mark.parametrize(
    ("transporter", "status", "codes"),
    [
        (TRANSIN, None, []),
        ("29AAAAA0000A1ZX", None, ["4018"]),
        # common enrolment: 88, PAN and the tail of one of the carrier's GSTINs
        ("88AAACD8017H1ZX", None, []),
        ("88AAAAA0000A1Z3", None, []),
        ("88AAACD8017H1ZX", "CNL", ["4018"]),
        ("88AAAC18017H1ZX", None, ["4018"]),
        ("88AAACD8017H1Z", None, ["4018"]),
        ("88aaacd8017h1zx", None, ["4018"]),
        # whose numbers end in a check digit as well: UN body, TDS, TCS, from abroad
        ("3717UNO00064UNS", None, []),
        ("3717UNO00064UNT", None, ["4018"]),
        ("27AAACI1681G1DY", None, []),
        ("27AAICA3918J1CT", None, []),
        ("9917SGP29001OST", None, []),
        ("29AAAAA0000A1ZX", "ACT", []),
        (TRANSIN, "CNL", ["4018"]),
        (TRANSIN, "UNKNOWN", ["4018"]),
        ("short", None, ["4018"]),
    ],
)
def test_transporter(client, portal, irn, wire, transporter, status, codes):
    if status:
        portal.set_taxpayer(transporter, status)

    answer = client.eway_bill(irn, Distance=0, TransId=transporter)
    assert wire.codes(answer) == codes


@pytest.mark.parametrize(("days", "codes"), [(180, []), (181, ["4043"])])
def test_documents_of_180_days(client, clock, irn, wire, days, codes):
    clock.advance(days=days)
    client.authenticate()
    answer = client.eway_bill(irn, **ROAD)

    assert wire.codes(answer) == codes
    if codes:
        assert answer["ErrorDetails"][0]["ErrorMessage"].endswith("180 days")


def test_errors_of_the_portals_data_come_together(client, portal, irn, clock, wire):
    portal.set_taxpayer(wire.SELLER, "ACT", BlkStatus="B")
    clock.advance(days=200)
    client.authenticate()
    fields = {**ROAD, "Distance": 10, "TransId": "29AAAAA0000A1ZX"}

    codes = wire.codes(client.eway_bill(irn, **fields))
    assert codes == ["4015", "4018", "4043", "4013"]


def test_a_judge_that_is_handed_in(new_portal, new_client, recorded, clock, wire):
    seen, found = [], [("4014", "Invalid Vehicle Number"), ("5002", "too long")]

    def judge(request, invoice, now):
        seen.append((dict(request), invoice["DocDtls"]["No"], now))
        return found

    client = new_client(new_portal(ewb_check=judge, schema_code="5001"))
    client.authenticate()
    answer = client.generate({**recorded, "EwbDtls": ROAD})
    assert failed(answer) == ["4014", "5001"]
    irn = client.plain(answer)["Irn"]
    assert wire.codes(client.eway_bill(irn, **ROAD)) == ["4014", "5001"]

    number = recorded["DocDtls"]["No"]
    assert seen == [
        (ROAD, number, clock.now),
        ({"Irn": irn, **ROAD}, number, clock.now),
    ]
    found.clear()
    # the portal accepts a request that the given check accepts
    assert client.eway_bill(irn, **{**ROAD, "VehNo": "?"})["Status"] == 1


def test_a_judge_that_fails_spoils_the_eway_bill_only(
    new_portal, new_client, recorded, caplog
):
    client = new_client(new_portal(ewb_check=lambda *_: 1 / 0))
    client.authenticate()

    answer = client.generate({**recorded, "EwbDtls": ROAD})
    assert failed(answer) == ["4001"]
    assert "ZeroDivisionError" in caplog.text
    assert client.plain(answer)["Irn"]
