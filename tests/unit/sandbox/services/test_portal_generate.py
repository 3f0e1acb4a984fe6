"""Generate IRN: the answer, the IRN, duplicates, and all refusals."""

import base64
import json
import os

import pytest
from sandbox.services.registration import document_key, irn_of
from sandbox.store.records import Sender

MEMBERS = [
    "AckNo",
    "AckDt",
    "Irn",
    "SignedInvoice",
    "SignedQRCode",
    "Status",
    "EwbNo",
    "EwbDt",
    "EwbValidTill",
    "Remarks",
]


def test_answer_has_the_recorded_members_in_order(client, invoice):
    answer = client.generate(invoice)

    assert answer["ErrorDetails"] is None
    assert answer["InfoDtls"] is None
    data = client.plain(answer)
    assert list(data) == MEMBERS
    assert data["Status"] == "ACT"
    assert data["AckDt"] == "2025-11-15 10:30:17"
    assert [data[name] for name in MEMBERS[6:]] == [None] * 4


def test_ack_number_is_a_number_of_15_digits_with_portal_and_year(client, invoice):
    data = client.plain(client.generate(invoice))

    assert isinstance(data["AckNo"], int)
    assert len(str(data["AckNo"])) == 15
    assert str(data["AckNo"]).startswith("1325")


def test_ack_numbers_differ(client, invoice):
    numbers = set()
    for number in range(5):
        invoice["DocDtls"]["No"] = f"A{number}"
        numbers.add(client.plain(client.generate(invoice))["AckNo"])

    assert len(numbers) == 5


def test_irn_takes_the_number_in_upper_case(client, invoice, wire):
    invoice["DocDtls"] |= {"No": "inv/25-26/a7", "Typ": "inv"}
    data = client.plain(client.generate(invoice))

    expected = wire.irn(wire.SELLER, "2025-26", "INV", "INV/25-26/A7")
    assert data["Irn"] == expected


def test_published_irns(published):
    rows = published["protocol_vectors"]["irn"]
    # before June 2025 the letter case of the number entered the hash
    current = [row for row in rows if row["upper"] or row["no"].upper() == row["no"]]

    assert len(current) >= 4
    for row in current:
        key = document_key(row["gstin"], row["typ"].lower(), row["no"], row["dt"])
        assert irn_of(key) == row["irn"]


@pytest.mark.parametrize(
    ("day", "year"), [("31/03/2026", "2025-26"), ("01/04/2026", "2026-27")]
)
def test_financial_year_begins_in_april(client, invoice, wire, day, year):
    invoice["DocDtls"]["Dt"] = day
    data = client.plain(client.generate(invoice))

    assert data["Irn"] == wire.irn(wire.SELLER, year, "INV", "INV/25-26/0007")


def test_duplicate_names_the_first_registration(client, clock, invoice):
    first = client.plain(client.generate(invoice))
    clock.advance(minutes=5)
    answer = client.generate(invoice)

    assert answer["Status"] == 0
    assert answer["Data"] is None
    assert answer["ErrorDetails"] == [
        {"ErrorCode": "2150", "ErrorMessage": "Duplicate IRN"}
    ]
    description = {name: first[name] for name in ("AckNo", "AckDt", "Irn")}
    assert answer["InfoDtls"] == [{"InfCd": "DUPIRN", "Desc": description}]


@pytest.mark.parametrize(
    "same", [{"No": "inv/25-26/0007"}, {"Dt": "01/04/2025"}, {"Typ": "inv"}]
)
def test_same_document_in_another_letter_case_or_on_another_day(
    client, invoice, wire, same
):
    client.generate(invoice)
    invoice["DocDtls"] |= same

    assert wire.codes(client.generate(invoice)) == ["2150"]


@pytest.mark.parametrize(
    "other", [{"No": "INV/25-26/0008"}, {"Dt": "31/03/2025"}, {"Typ": "CRN"}]
)
def test_other_documents_are_not_duplicates(client, invoice, other):
    client.generate(invoice)
    invoice["DocDtls"] |= other

    assert client.generate(invoice)["Status"] == 1


def test_number_of_a_cancelled_document_is_2278(client, invoice, wire):
    client.cancel(client.plain(client.generate(invoice))["Irn"])
    answer = client.generate(invoice)

    assert wire.codes(answer) == ["2278"]
    assert answer["InfoDtls"] is None


def test_another_sellers_document_is_2169(stranger, invoice, wire):
    assert wire.codes(stranger.generate(invoice)) == ["2169"]


def test_unnamed_operator_is_2301(portal, stranger, invoice, wire):
    portal.set_taxpayer(stranger.gstin, TxpType="TCS")

    assert wire.codes(stranger.generate(invoice)) == ["2301"]


def test_the_ecommerce_operator_may_register(stranger, client, invoice):
    invoice["TranDtls"]["EcmGstin"] = stranger.gstin
    irn = stranger.plain(stranger.generate(invoice))["Irn"]

    assert stranger.by_irn(irn)["Status"] == 1
    assert client.by_irn(irn)["Status"] == 1


@pytest.mark.parametrize(
    ("party", "status", "expected"),
    [
        ("BuyerDtls", "UNKNOWN", ("3028", "GSTIN -29AWGPV7107B1Z1 is invalid.")),
        (
            "BuyerDtls",
            "CNL",
            ("3029", "GSTIN -29AWGPV7107B1Z1 is inactive or cancelled"),
        ),
        (
            "SellerDtls",
            "INA",
            ("3029", "GSTIN -37ARZPT4384Q1MT is inactive or cancelled"),
        ),
    ],
)
def test_registry_of_taxpayers(client, portal, invoice, party, status, expected):
    portal.set_taxpayer(invoice[party]["Gstin"], status)
    details = client.generate(invoice)["ErrorDetails"]

    assert [tuple(one.values()) for one in details] == [expected]


def test_suspended_recipient_is_served(client, portal, invoice, wire):
    portal.set_taxpayer(wire.BUYER, "SUS")

    assert client.generate(invoice)["Status"] == 1


def test_closed_registry_knows_only_entered_taxpayers(
    new_portal, new_client, invoice, wire
):
    portal = new_portal(open_registry=False)
    portal.set_taxpayer(wire.SELLER)
    client = new_client(portal)
    client.authenticate()

    assert wire.codes(client.generate(invoice)) == ["3028"]
    portal.set_taxpayer(wire.BUYER)
    assert client.generate(invoice)["Status"] == 1


def test_unregistered_recipient_is_not_looked_up(new_portal, new_client, invoice, wire):
    portal = new_portal(open_registry=False)
    portal.set_taxpayer(wire.SELLER)
    client = new_client(portal)
    client.authenticate()
    invoice["BuyerDtls"]["Gstin"] = "URP"

    assert client.generate(invoice)["Status"] == 1


def test_registry_refuses_an_unknown_status(portal, wire):
    with pytest.raises(ValueError, match="SUS"):
        portal.set_taxpayer(wire.BUYER, "ASLEEP")


def test_several_errors_in_one_answer(new_portal, new_client, invoice, wire):
    found = [("2163", "The document date should not be future date ."), ("2176", "x")]
    portal = new_portal(check=lambda *_: found)
    portal.set_taxpayer(wire.BUYER, "UNKNOWN")
    client = new_client(portal)
    client.authenticate()

    answer = client.generate(invoice)
    assert wire.codes(answer) == ["2163", "2176", "3028"]
    assert answer["ErrorDetails"][0]["ErrorMessage"] == found[0][1]


def test_the_judge_gets_plain_numbers_and_the_portals_time(
    new_portal, new_client, invoice, clock, wire
):
    seen = []

    def judge(document, now, sender):
        seen.append((document, now, sender))
        return []

    portal = new_portal(check=judge)
    client = new_client(portal)
    client.authenticate()
    invoice["ValDtls"]["TotInvVal"] = 1050.25
    client.generate(invoice)

    assert seen == [(invoice, clock.now, Sender(wire.SELLER, False, None))]
    assert type(seen[0][0]["ValDtls"]["TotInvVal"]) is float


@pytest.mark.parametrize(("setting", "code"), [("5002", "5002"), ("5001", "5001")])
def test_schema_code_is_a_setting(new_portal, new_client, invoice, wire, setting, code):
    errors = [("5002", "The Document Number field is required.")]
    portal = new_portal(check=lambda *_: errors, schema_code=setting)
    portal.set_taxpayer(wire.BUYER, "UNKNOWN")
    client = new_client(portal)
    client.authenticate()

    # a document that breaks the schema is not checked further
    assert client.generate(invoice)["ErrorDetails"] == [
        {"ErrorCode": code, "ErrorMessage": errors[0][1]}
    ]


@pytest.mark.parametrize(
    ("section", "name", "title"),
    [
        ("SellerDtls", "Gstin", "Supplier GSTIN"),
        ("BuyerDtls", "Gstin", "Recipient GSTIN"),
        ("DocDtls", "No", "Document Number"),
        ("DocDtls", "Typ", "Document Type"),
        ("DocDtls", "Dt", "Document Date"),
        ("ValDtls", "TotInvVal", "Total Invoice Value"),
    ],
)
def test_without_a_judge_the_least_is_asked(client, invoice, section, name, title):
    del invoice[section][name]

    assert client.generate(invoice)["ErrorDetails"] == [
        {"ErrorCode": "5002", "ErrorMessage": f"The {title} field is required."}
    ]


def test_an_empty_object_lacks_everything(client, wire):
    assert wire.codes(client.generate({})) == ["5002"] * 7


@pytest.mark.parametrize("items", [None, [], {}, [1], "x"])
def test_items_must_be_objects(client, invoice, wire, items):
    invoice["ItemList"] = items

    assert wire.codes(client.generate(invoice)) == ["5002"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Typ": "BIL"}, "2280"),
        ({"Dt": "2025-11-15"}, "2282"),
        ({"Dt": "31/02/2025"}, "2282"),
        ({"Dt": "1/4/2025"}, "2282"),
        ({"No": 17}, "5002"),
    ],
)
def test_unreadable_document_details(client, invoice, wire, change, code):
    invoice["DocDtls"] |= change

    assert wire.codes(client.generate(invoice)) == [code]


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"a":NaN}', "[" * 50_000])
def test_payload_must_be_an_object(client, wire, text):
    assert wire.codes(client.generate(text)) == ["5002"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "2255"),
        ("{}", "2255"),
        ('{"Data":null}', "2255"),
        ("no json", "5001"),
        ('{"Data":"AAAA"}', "1020"),
        ('{"Data":"' + "A" * 64 + '"}', "1020"),
        ('{"Data":{"Version":"1.1"}}', "1020"),
    ],
)
def test_body_without_usable_payload(client, wire, body, code):
    answer = client.envelope("POST", "/eicore/v1.03/Invoice", client.headers, body)

    assert wire.codes(answer) == [code]


def test_payload_under_another_key_is_1020(client, invoice, wire):
    client.sek = os.urandom(32)

    assert wire.codes(client.generate(invoice)) == ["1020"]


def test_payload_in_extra_base64_is_not_json(client, invoice, wire):
    inner = base64.b64encode(json.dumps(invoice).encode()).decode()

    assert wire.codes(client.generate(inner)) == ["5002"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"Distance": 0}, "4019"),
        ({"Distance": 10, "TransMode": "1", "VehNo": "KA12ER1234"}, "4022"),
    ],
)
def test_irn_is_given_though_the_eway_bill_fails(client, invoice, asked, code):
    invoice["EwbDtls"] = asked
    answer = client.generate(invoice)

    assert answer["Status"] == 1
    (info,) = answer["InfoDtls"]
    assert info["InfCd"] == "EWBERR"
    assert [one["ErrorCode"] for one in info["Desc"]] == [code]
    assert client.plain(answer)["EwbNo"] is None


def test_a_judge_that_fails_is_5001(new_portal, new_client, invoice, wire, caplog):
    portal = new_portal(check=lambda *_: 1 / 0)
    client = new_client(portal)
    client.authenticate()

    assert wire.codes(client.generate(invoice)) == ["5001"]
    assert "ZeroDivisionError" in caplog.text
    assert portal.registrations() == []


def test_unwritable_text_stores_nothing(client, portal, invoice, wire):
    invoice["SellerDtls"]["LglNm"] = "\ud800"

    assert wire.codes(client.generate(invoice)) == ["5001"]
    assert portal.registrations() == []
