"""The lists of e-way bills that ewaybillgst.gov.in gives."""

import json
from datetime import date, datetime

import pytest
from irp.protocol import parse_ewaybill_file, parse_ewaybill_table
from irp.protocol.errors import PortalError
from irp.reference.dates import IST

# as programs find them in the report of e-way bills (CommonReport.xls)
REPORT = [
    *("EWB No", "EWB Date", "Supply Type", "Doc.No", "Doc.Date", "Doc.Type"),
    *("Other Party GSTIN", "From GSTIN Info", "TO GSTIN Info", "status"),
    *("Total Invoice Value", "Valid Till Date", "Mode of Generation"),
]
PARTY = "27AABCU9603R1ZN"
RESULTS = ["Sl No", "Doc No", "Doc Date", "EWB No", "Error Details"]


def report(**changes):
    cells = {
        "EWB No": 391000000001.0,
        "EWB Date": "15/01/2026 12:30:00 PM",
        "Supply Type": "Outward",
        "Doc.No": "A/7",
        "Doc.Date": datetime(2026, 1, 15),
        "Doc.Type": "Tax Invoice",
        "Other Party GSTIN": PARTY.lower(),
        "status": "Active",
        "Valid Till Date": "16-01-2026",
        **changes,
    }
    return [cells.get(heading) for heading in REPORT]


def only(*lines, headings=REPORT):
    (found,) = parse_ewaybill_table([["My EWBs"], headings, *lines])
    return found


def test_a_row_of_the_report():
    found = only(report())
    assert (found.number, found.ewb_number) == ("A/7", "391000000001")
    assert (found.doc_type, found.doc_date) == ("INV", date(2026, 1, 15))
    assert (found.party, found.status) == (PARTY, "active")
    assert found.generated_at == datetime(2026, 1, 15, 12, 30, tzinfo=IST)
    assert found.valid_until == datetime(2026, 1, 16, 23, 59, tzinfo=IST)
    assert found.is_registered
    assert not found.errors


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-01-15 07:05:00", datetime(2026, 1, 15, 7, 5, tzinfo=IST)),
        ("15-01-2026 07:05:00", datetime(2026, 1, 15, 7, 5, tzinfo=IST)),
        (datetime(2026, 1, 15, 7, 5), datetime(2026, 1, 15, 7, 5, tzinfo=IST)),
        (date(2026, 1, 15), datetime(2026, 1, 15, tzinfo=IST)),
        ("soon", None),
        (None, None),
    ],
)
def test_moments(cell, moment):
    assert only(report(**{"EWB Date": cell})).generated_at == moment


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("3910 0000 0001", "391000000001"),
        ("'391000000001", "391000000001"),
        ("39100000000", ""),
        ("-", ""),
        (None, ""),
    ],
)
def test_numbers_have_twelve_digits(cell, number):
    found = only(report(**{"EWB No": cell}))
    assert found.ewb_number == number
    assert found.is_registered == bool(number)


def test_a_refused_row():
    text = "604: E-way bill exists; 360 : GSTIN of recipient"
    found = only([1, "A/8", "15/01/2026", "", text], headings=RESULTS)
    assert found.errors == (
        PortalError("604", "E-way bill exists"),
        PortalError("360", "GSTIN of recipient"),
    )
    assert found.text.splitlines()[0] == "604: E-way bill exists"
    assert not found.is_registered


def test_a_year_in_a_text_is_no_code():
    found = only([1, "A/8", "", "", "Document of 2025 is too old"], headings=RESULTS)
    assert found.errors == (PortalError("", "Document of 2025 is too old"),)


def test_cancelled():
    assert only(report(status="Cancelled")).status == "cancelled"
    assert only(report(status="Discarded")).status == ""


CSV = "EWB No,Doc No\n391000000001,A/7\n"
HTML = (
    "<html><body><table><tr><th>EWB No</th><th>Doc.No</th></tr>"
    "<tr><td>391000000001</td><td><b>A/7</b></td></tr></table></body></html>"
)
ENTRY = {"ewayBillNo": 391000000001, "docNo": "A/7"}


@pytest.mark.parametrize(
    "content",
    [
        CSV,
        HTML,
        f"\n {HTML}",
        json.dumps([ENTRY]),
        json.dumps({"data": [ENTRY]}),
        json.dumps(ENTRY),
    ],
)
def test_files_of_several_kinds(content):
    (found,) = parse_ewaybill_file(content.encode("utf-8-sig"))
    assert (found.number, found.ewb_number) == ("A/7", "391000000001")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Name,Value\nA,1\n",
        b"{}",
        b'{"version":"1.0.0621","billLists":[{"docNo":"A/7"}]}',
        b"<html><body>Session expired</body></html>",
        b"\xd0\xcf\x11\xe0\0\0",
    ],
)
def test_other_files_are_refused_in_words(content):
    with pytest.raises(ValueError, match=r"[a-z]+ [a-z]+"):
        parse_ewaybill_file(content)
