"""The list of results of a bulk upload."""

import json
from datetime import date, datetime

import pytest
from irp.protocol import parse_answer_file, parse_result_table
from irp.protocol.errors import PortalError

IRN = "a" * 64
HEADINGS = [
    "Sl No",
    "Doc Type",
    "Doc No",
    "Doc Date",
    "Ack No.",
    "IRN",
    "Error Details",
]


def row(*cells, headings=HEADINGS):
    (found,) = parse_result_table([headings, cells])
    return found


def test_a_row_with_an_irn():
    found = row(1, "INV", "A/7", "15/01/2026", 162610000000001.0, IRN.upper(), None)
    assert (found.number, found.doc_type) == ("A/7", "INV")
    assert found.doc_date == date(2026, 1, 15)
    assert (found.irn, found.ack_number) == (IRN, "162610000000001")
    assert found.is_registered
    assert not found.errors


def test_a_row_with_errors():
    text = "2172 : For Intra-state, IGST: no; 2189 : Invalid total; see below"
    found = row(1, "Credit Note", "A/8", datetime(2026, 1, 15, 3), "", "", text)
    assert found.errors == (
        PortalError("2172", "For Intra-state, IGST: no"),
        PortalError("2189", "Invalid total; see below"),
    )
    assert found.doc_type == "CRN"
    assert found.doc_date == date(2026, 1, 15)
    assert not found.is_registered
    assert found.text.splitlines()[1] == "2189: Invalid total; see below"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("2150", ["2150"]),
        ("2150 : Duplicate IRN", ["2150"]),
        ("2150-Duplicate IRN|2172: other", ["2150", "2172"]),
        ("Duplicate of 2150", [""]),
        ("Sl. No 1; 2172 : IGST", [""]),
        ("in 2026, 2172 of them", [""]),
        ("15 : too few digits", [""]),
        ("", []),
    ],
)
def test_codes_are_read_only_where_they_stand_for_one(text, codes):
    found = row(1, "INV", "A/7", "15/01/2026", "", "", text)
    assert [error.code for error in found.errors] == codes


def test_codes_in_a_column():
    headings = ["Invoice No", "Error Code", "Error Message"]
    found = row("A/7", 2172, "IGST is not applicable", headings=headings)
    assert found.errors == (PortalError("2172", "IGST is not applicable"),)
    found = row("A/7", "2172, 2189", "two faults", headings=headings)
    assert [error.code for error in found.errors] == ["2172", "2189"]


def test_titles_above_the_headings_and_empty_lines_do_not_matter():
    lines = [["IRN Generated"], [], HEADINGS, [], [1, "INV", "A/7"], [None] * 9]
    (found,) = parse_result_table(lines)
    assert found.number == "A/7"
    assert not found.is_registered
    assert not found.errors


def test_a_date_alone_may_be_either():
    alone = row("A/7", "16/01/2026", "2172 : x", headings=["Doc No", "Date", "Error"])
    assert alone.uploaded_on is None
    headings = ["File Name", "Date", "Doc No", "Doc Date", "Error"]
    found = row(
        "f.json", "2026-01-16 10:00:00", "A/7", "15-01-2026", "", headings=headings
    )
    assert found.uploaded_on == date(2026, 1, 16)
    assert found.doc_date == date(2026, 1, 15)
    assert found.file_name == "f.json"


def test_csv_in_the_form_of_a_spreadsheet():
    content = "Doc No;Doc Date;IRN;Error\r\nA/7;15/01/2026;;2172 : IGST\r\n"
    answer = parse_answer_file(b"\xef\xbb\xbf" + content.encode())
    assert [one.number for one in answer.rows] == ["A/7"]
    assert answer.rows[0].errors == (PortalError("2172", "IGST"),)
    assert not answer.registrations


def test_json_of_results():
    entry = {
        "DocDtls": {"Typ": "INV", "No": "A/7", "Dt": "15/01/2026"},
        "SellerDtls": {"Gstin": "37ARZPT4384Q1MT"},
        "Status": 0,
        "ErrorDetails": [{"ErrorCode": "2172", "ErrorMessage": "IGST"}],
    }
    flat = {"docNo": "A/8", "docType": "DBN", "status": "ACT", "irn": IRN}
    answer = parse_answer_file(json.dumps({"Data": [entry, flat]}).encode())
    first, second = answer.rows
    assert (first.gstin, first.number) == ("37ARZPT4384Q1MT", "A/7")
    assert (first.doc_type, first.doc_date) == ("INV", date(2026, 1, 15))
    assert first.errors == (PortalError("2172", "IGST"),)
    assert not first.is_registered
    assert (second.doc_type, second.irn, second.status) == ("DBN", IRN, "registered")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not JSON"),
        (b"[]", "no invoice"),
        (b"{}", "no signed invoice"),
        (b'{"Status": 0, "ErrorDetails": []}', "no signed invoice"),
        (b"[1,", "not JSON"),
        (b"Name,Place\nA,B\n", "no list of results"),
        (b"Doc No,Doc Date\nA,B\n", "no list of results"),
        (b"<table><tr><td>x", "no list of results"),
        (b"PK\x03\x04\0\0", "not a text file"),
    ],
)
def test_other_files_are_refused_in_words(content, words):
    with pytest.raises(ValueError, match=words):
        parse_answer_file(content)


def test_signed_invoices_and_results_in_one_file(client, invoice):
    made = client.generate_irn(invoice)
    signed = {"Irn": made.irn, "SignedInvoice": made.signed_invoice, "No": "x"}
    refused = {"DocNo": "A/8", "Error": "2172 : IGST"}
    answer = parse_answer_file(json.dumps([signed, refused]).encode())
    assert [one.irn for one in answer.registrations] == [made.irn]
    assert [one.number for one in answer.rows] == ["A/8"]
