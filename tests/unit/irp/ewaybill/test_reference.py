"""The published facts: movements, thresholds, limits, codes."""

from decimal import Decimal

import pytest
from irp.reference.catalogue import entry
from irp.reference.codes import states
from irp.reference.datafiles import load_json
from irp.reference.ewaybill import (
    CODES,
    ERRORS,
    MOVEMENTS,
    THRESHOLDS,
    cross_portal_code,
    document_types_of,
    is_offered_at,
    message_of,
    portal_of,
    sub_supply_types_of,
    threshold_of,
)
from irp.reference.profiles import SERVICES
from irp.rules.ewaybill import Movement, need_of


def test_there_are_28_movements_of_known_codes():
    assert len(MOVEMENTS) == 28
    for one in MOVEMENTS:
        assert one.supply_type in CODES["supply_types"]
        assert one.sub_supply_type in CODES["sub_supply_types"]
        assert one.doc_type in CODES["document_types"]
        assert one.from_parties | one.to_parties <= {"self", "other", "URP"}


@pytest.mark.parametrize(
    ("supply", "sub", "documents"),
    [
        # Goods supplied on a challan go as Others: never O / 1 / CHL.
        ("O", "1", ("INV", "BIL")),
        ("O", "8", ("CHL", "OTH")),
        ("I", "7", ("CHL",)),
        ("O", "7", ()),
        ("I", "2", ("BOE",)),
    ],
)
def test_documents_of_a_movement(supply, sub, documents):
    assert document_types_of(supply, sub) == documents
    assert (sub in sub_supply_types_of(supply)) == bool(documents)


def test_thresholds_of_every_state():
    # 25 was merged into 26; 97 is Other Territory, 96 Other Country
    inside = set(states()) - {"25", "28", "96", "97", "99"}
    assert set(THRESHOLDS) == inside
    assert threshold_of("27", "29") == Decimal(50000)
    assert threshold_of("27", "27") == Decimal(100000)
    assert threshold_of("01", "01") is None


@pytest.mark.parametrize(
    ("value", "states_of", "options", "needed", "reason"),
    [
        (50000, "29 33", {}, False, "below_limit"),
        (50001, "29 33", {}, True, "above_limit"),
        (10, "29 33", {"sub_supply_type": "4"}, True, "any_value"),
        (10, "29 29", {"sub_supply_type": "4"}, False, "below_limit"),
        (90000, "29 33", {"all_exempt": True}, False, "exempt"),
        (900000, "01 01", {}, False, "not_inside_state"),
        (100000, "07 07", {}, False, "below_limit"),
        (100001, "07 07", {}, True, "above_limit"),
        # 15 goods only, and half a lakh for tobacco: a person has to say
        (60000, "22 22", {}, None, "depends_on_goods"),
        (60000, "08 08", {}, None, "depends_on_goods"),
        (40000, "08 08", {}, False, "below_limit"),
    ],
)
def test_whether_one_is_needed(value, states_of, options, needed, reason):
    begins, ends = states_of.split()
    found = need_of(Movement(Decimal(value), begins, ends, **options))
    assert (found.needed, found.reason) == (needed, reason)


def test_a_doubtful_state_says_so():
    found = need_of(Movement(Decimal(60000), "19", "19"))
    assert (found.confidence, "check" in found.note) == ("L", True)


def test_portals():
    assert [portal_of(one) for one in ("391009149369", "398009149369", "")] == [
        "1",
        "2",
        "",
    ]
    assert cross_portal_code("cancel_ewb", "391009149369", "2") == "444"
    assert cross_portal_code("cancel_ewb", "398009149369", "1") == "445"
    assert cross_portal_code("update_transporter", "391009149369", "2") == "446"
    assert cross_portal_code("update_transporter", "398009149369", "1") == "447"
    assert cross_portal_code("update_vehicle", "398009149369", "1") == ""
    assert cross_portal_code("cancel_ewb", "398009149369", "") == ""


def test_codes_have_texts():
    assert all(one.text for one in ERRORS.values())
    assert not any("OFFICER" in one.services for one in ERRORS.values())
    assert message_of("382").startswith("extension only")
    assert message_of("688") == "", "seen in an answer, in no list"


def test_every_code_that_decides_is_known():
    for row in load_json("ewaybill/outcomes.json"):
        assert set(row.get("services", ())) <= set(SERVICES)
        for code in row["codes"]:
            assert code in ERRORS or entry(code).group == "EWBAPI"


def test_portal_2_offers_five_services():
    offered = {name for name in SERVICES if is_offered_at(name, "2")}
    assert offered == {
        "generate_ewaybill",
        "update_vehicle",
        "update_transporter",
        "get_ewaybill",
        "cancel_ewb",
    }
    assert all(is_offered_at(name, portal) for name in SERVICES for portal in ("1", ""))
