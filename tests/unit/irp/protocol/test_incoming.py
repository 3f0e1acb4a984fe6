"""Once it has been read, whatever a portal sends is bounded and can be stored."""

import json
from pathlib import Path

import irp
import pytest
from irp.protocol.errors import Info, IrpProtocolError, IrpSignatureError
from irp.protocol.incoming import (
    MAX_DEPTH,
    as_code,
    as_text,
    bounded,
    clean_text,
    cut_text,
    read_json,
)
from irp.protocol.records import (
    distance_km,
    parse_ewaybill,
    parse_irns,
    parse_registration,
    parse_taxpayer,
)
from irp.protocol.signature import peek

IRN = "7" * 64
GSTIN = "37ARZPT4384Q1MT"
DATED = {"Irn": IRN, "AckDt": "2025-11-15 14:30:00"}


@pytest.mark.parametrize("odd", ["\0", "\ud800", "\x01", "\x1f", "\x7f", "\uffff"])
def test_what_cannot_be_stored_or_shown_is_replaced(odd):
    assert clean_text(f"a{odd}b") == "a\ufffdb"
    raw = json.dumps({f"n{odd}": [f"v{odd}"]})
    assert read_json(raw) == {"n\ufffd": ["v\ufffd"]}


def test_what_can_be_stored_stays():
    text = "Käufer ₹ अ 😀\t\r\n\u2028"
    assert clean_text(text) == text
    assert read_json(json.dumps(text).encode()) == text
    assert read_json(b"\xef\xbb\xbf[1]") == read_json("\ufeff[1]") == [1]


@pytest.mark.parametrize(
    "raw",
    [
        b"NaN",
        b'{"a": Infinity}',
        b"[-Infinity]",
        b"1e999",
        b'{"a": [-1e999]}',
        b"9" * 5000,
        b"\xff",
        b"",
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
        b'{"a":' * 100_000,
    ],
)
def test_what_is_no_json(raw):
    with pytest.raises(ValueError, match="."):
        read_json(raw)


def test_levels_up_to_the_bound_are_read():
    assert read_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


def test_texts_are_cut_to_their_documented_length():
    assert cut_text("x" * 11, 10) == "x" * 9 + "…"
    assert cut_text("x" * 10, 10) == "x" * 10
    assert (len(as_text("x" * 5000)), len(as_code("x" * 5000))) == (1000, 32)
    assert as_text({"a": 1}) == as_text([1]) == as_text(None) == ""
    assert (as_text(2150.0), as_text(" a "), as_code(False)) == ("2150", "a", "False")


def test_values_are_cut_to_a_size_that_can_be_stored():
    deep = {"a": {"b": {"c": {"d": {"e": 1}}}}}
    assert bounded(deep) == {"a": {"b": {"c": {"d": {}}}}}
    assert (
        len(bounded(["x"] * 500))
        == len(bounded(dict.fromkeys(map(str, range(500)))))
        == 100
    )
    assert len(bounded({"x" * 5000: 1}).popitem()[0]) == 1000
    assert bounded([1, 1.5, None, True]) == [1, 1.5, None, True]
    assert bounded(10**200) == "1" + "0" * 200


def test_the_texts_of_a_taxpayer_are_bounded():
    data = {
        "Gstin": GSTIN,
        "TradeName": "x" * 9999,
        "LegalName": "a\0",
        "Other": ["y"] * 999,
    }
    found = parse_taxpayer(data, GSTIN)
    assert len(found.trade_name) == 1000
    assert found.legal_name == "a\ufffd"
    assert len(found.raw["other"]) == 100


@pytest.mark.parametrize("text", ["9" * 400 + "KM", "9" * 10 + "KM", "KM", "٣KM"])
def test_a_distance_that_is_none(text):
    assert distance_km([Info("EWBPPD", text)]) is None


@pytest.mark.parametrize(
    "number", ["", "0", "٣" * 12, "9" * 5000, "12x", "-1", None, [1]]
)
def test_an_e_way_bill_number_that_is_none(number):
    with pytest.raises(IrpProtocolError):
        parse_ewaybill({"EwbNo": number})


@pytest.mark.parametrize("data", [[IRN, "x"], [None], [[IRN]], [{"Irn": 1}]])
def test_a_list_of_irns_holds_irns(data):
    with pytest.raises(IrpProtocolError):
        parse_irns(data)


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00", "9999-12-31 23:59:59-12:00"])
def test_dates_at_the_ends_of_time_are_none(date):
    registration = parse_registration({**DATED, "CancelDate": date, "EwbDt": date})
    assert (registration.cancel_date, registration.ewb_date) == (None, None)
    with pytest.raises(IrpProtocolError):
        parse_registration({**DATED, "AckDt": date})


def test_a_token_that_is_far_too_large_is_refused_not_cut():
    token = "a" * (9 * 1024 * 1024)
    registration = parse_registration({**DATED, "SignedInvoice": token})
    with pytest.raises(IrpSignatureError, match="too large"):
        peek(registration.signed_invoice)


def test_nothing_else_parses_json():
    folder = Path(irp.__file__).parent
    parsing = [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if "json.load" in path.read_text()
    ]
    # the shipped data is ours, and what Odoo has stored
    ours = ["protocol/ewaybill/stored.py", "reference/datafiles.py"]
    assert sorted(parsing) == sorted(["protocol/incoming.py", *ours])
