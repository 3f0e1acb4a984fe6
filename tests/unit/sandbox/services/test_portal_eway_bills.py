"""Generate e-way bill by IRN and with the invoice, Get e-way bill by IRN."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

# the only pair of PIN codes with a recorded distance
SRINAGAR, HYDERABAD = 193501, 500055
TRANSIN = "29AAAAA0000A1ZY"
ROAD = {"Distance": 0, "TransMode": "1", "VehNo": "GJ07DL9009", "VehType": "R"}
MEMBERS = ["EwbNo", "EwbDt", "EwbValidTill", "Remarks"]


@pytest.fixture
def recorded(invoice):
    """The usual invoice between the PIN codes of a recorded answer."""
    invoice["SellerDtls"]["Pin"] = SRINAGAR
    invoice["BuyerDtls"]["Pin"] = HYDERABAD
    return invoice


@pytest.fixture
def irn(client, recorded):
    return client.plain(client.generate(recorded))["Irn"]


def test_by_irn_as_recorded(client, irn):
    answer = client.eway_bill(irn, **ROAD)

    assert answer["InfoDtls"] == [
        {"InfCd": "EWBPPD", "Desc": "Pin-Pin calc distance: 2467KM"}
    ]
    data = client.plain(answer)
    assert list(data) == MEMBERS
    assert isinstance(data["EwbNo"], int)
    assert len(str(data["EwbNo"])) == 12
    assert data["EwbDt"] == "2025-11-15 10:30:17"
    # 13 days of 200 km begun, as in the recorded answer
    assert data["EwbValidTill"] == "2025-11-28 23:59:00"
    assert data["Remarks"] is None


def test_with_the_invoice_as_recorded(client, recorded):
    answer = client.generate({**recorded, "EwbDtls": ROAD})

    assert answer["InfoDtls"] == [
        {"InfCd": "EWBPPD", "Desc": "Pin-Pin calc distance: 2467KM"}
    ]
    data = client.plain(answer)
    assert len(str(data["EwbNo"])) == 12
    assert data["EwbDt"] == "2025-11-15 10:30:17"
    assert data["EwbValidTill"] == "2025-11-28 23:59:00"
    assert client.plain(client.by_irn(data["Irn"])) == data


@pytest.mark.parametrize("by_irn", [False, True])
def test_the_recorded_answer(client, clock, recorded, wire, by_irn):
    # NIC's sandbox, 16-09-2022: distance, EwbDt and EwbValidTill of one answer
    clock.now = datetime(2022, 9, 16, 19, 29, tzinfo=wire.IST)
    client.authenticate()
    recorded["DocDtls"] = {"Typ": "INV", "No": "SINV-CFY-00067", "Dt": "16/09/2022"}
    asked = {} if by_irn else {"EwbDtls": ROAD}
    answer = client.generate({**recorded, **asked})
    if by_irn:
        answer = client.eway_bill(client.plain(answer)["Irn"], **ROAD)

    data = client.plain(answer)
    assert data["EwbDt"] == "2022-09-16 19:29:00"
    assert data["EwbValidTill"] == "2022-09-29 23:59:00"
    assert answer["InfoDtls"][0]["Desc"] == "Pin-Pin calc distance: 2467KM"


@pytest.mark.parametrize(
    ("style", "made_at"),
    [("minute", "2025-11-15 10:30:00"), ("short", "2025-11-15 10:30")],
)
def test_style_of_the_date(new_portal, new_client, recorded, dialect, style, made_at):
    client = new_client(new_portal(dialect=dialect(ack_date=style)))
    client.authenticate()
    irn = client.plain(client.generate(recorded))["Irn"]

    assert client.plain(client.eway_bill(irn, **ROAD))["EwbDt"] == made_at
    assert client.plain(client.eway_bill_of(irn))["EwbDt"] == made_at


def test_threads_make_one_eway_bill(client, irn, wire):
    barrier = threading.Barrier(8)

    def codes(_number):
        barrier.wait(timeout=30)
        return wire.codes(client.eway_bill(irn, **ROAD))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(codes, range(8)))
    assert sorted(found) == [[], *[["4002"]] * 7]


def test_a_failed_store_leaves_neither_irn_nor_eway_bill(client, portal, recorded):
    with portal.store.transaction() as db:
        db.execute("DROP TABLE eway_bill")
    answer = client.generate({**recorded, "EwbDtls": ROAD})

    assert [one["ErrorCode"] for one in answer["ErrorDetails"]] == ["5001"]
    assert portal.registrations() == []


def test_sent_distance_is_not_returned(client, irn):
    answer = client.eway_bill(irn, **{**ROAD, "Distance": 2400})

    assert answer["InfoDtls"] is None


@pytest.mark.parametrize(
    ("kilometres", "kind", "days"),
    [(2300, "R", 12), (2400, "R", 12), (2401, "R", 13), (2400, "O", 120)],
)
def test_validity(client, clock, irn, kilometres, kind, days):
    fields = {**ROAD, "Distance": kilometres, "VehType": kind}
    data = client.plain(client.eway_bill(irn, **fields))

    clock.advance(days=days)
    assert data["EwbValidTill"] == f"{clock.now:%Y-%m-%d} 23:59:00"


def test_part_a_only_has_no_validity(client, irn):
    data = client.plain(client.eway_bill(irn, Distance=0, TransId=TRANSIN))

    assert data["EwbNo"]
    assert data["EwbValidTill"] is None
    assert client.plain(client.by_irn(irn))["EwbValidTill"] is None


def test_get_by_irn(client, clock, irn, wire):
    made = client.plain(client.eway_bill(irn, **ROAD))
    clock.advance(minutes=3)

    data = client.plain(client.eway_bill_of(irn.upper()))
    assert data == {
        "EwbNo": made["EwbNo"],
        "Status": "ACT",
        "GenGstin": wire.SELLER,
        "EwbDt": made["EwbDt"],
        "EwbValidTill": made["EwbValidTill"],
    }
    assert list(data) == ["EwbNo", "Status", "GenGstin", "EwbDt", "EwbValidTill"]


def test_get_refuses(client, stranger, irn, wire):
    assert wire.codes(client.eway_bill_of("a" * 64)) == ["4003"]
    assert wire.codes(client.eway_bill_of(irn)) == ["4005"]
    assert wire.codes(stranger.eway_bill_of(irn)) == ["4037"]


@pytest.mark.parametrize(
    ("list_name", "second", "cancelled"),
    [("EWB", "4002", "4000"), ("INV", "2287", "2286")],
)
def test_one_per_irn_and_the_irn_is_active(
    new_portal, new_client, recorded, wire, dialect, list_name, second, cancelled
):
    client = new_client(new_portal(dialect=dialect(eway_bill_codes=list_name)))
    client.authenticate()
    irn = client.plain(client.generate(recorded))["Irn"]
    client.eway_bill(irn, **ROAD)
    assert wire.codes(client.eway_bill(irn, **ROAD)) == [second]
    assert wire.codes(client.cancel(irn)) == ["2230"]

    recorded["DocDtls"]["No"] = "A/2"
    irn = client.plain(client.generate(recorded))["Irn"]
    client.cancel(irn)
    assert wire.codes(client.eway_bill(irn, **ROAD)) == [cancelled]


def test_numbers_differ_from_one_attached_by_hand(client, portal, irn, recorded):
    portal.attach_eway_bill(irn, 391_000_000_002, "2025-11-29 23:59:00")
    recorded["DocDtls"]["No"] = "A/2"
    other = client.plain(client.generate({**recorded, "EwbDtls": ROAD}))

    assert other["EwbNo"] != 391_000_000_002
    assert client.plain(client.eway_bill_of(irn))["EwbNo"] == 391_000_000_002


def test_attaching_needs_a_registration(portal):
    with pytest.raises(ValueError, match="not registered"):
        portal.attach_eway_bill("a" * 64, 391_000_000_002, "2025-11-29 23:59:00")


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        ({"Irn": None}, ["The Irn field is required."]),
        ({"Irn": "short"}, ["The Irn field is invalid."]),
        ({"Irn": 17}, ["The Irn field is invalid."]),
    ],
)
def test_schema_of_the_request(client, fields, messages):
    answer = client.post("/eiewb/v1.03/ewaybill", {**ROAD, **fields})

    assert [one["ErrorMessage"] for one in answer["ErrorDetails"]] == messages
    assert {one["ErrorCode"] for one in answer["ErrorDetails"]} == {"5002"}


@pytest.mark.parametrize("text", ["", "no json", "[]"])
def test_payload_must_be_an_object(client, wire, text):
    assert wire.codes(client.post("/eiewb/v1.03/ewaybill", text)) == ["5002"]


def test_member_names_in_any_letter_case(client, irn):
    payload = {name.lower(): value for name, value in ROAD.items()}
    answer = client.post("/EIEWB/v1.03/EwayBill", {"irn": irn.upper(), **payload})

    assert client.plain(answer)["EwbNo"]


def test_unknown_and_malformed_irns(client, stranger, irn, wire):
    assert wire.codes(client.eway_bill("a" * 64, **ROAD)) == ["4003"]
    assert wire.codes(stranger.eway_bill(irn, **ROAD)) == ["2143"]
