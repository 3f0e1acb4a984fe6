"""The sheet is complete, can be opened, and holds no secret."""

import base64
import csv
import json
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from irp.onboarding import make_report, write_report
from irp.onboarding.report import Table

from .conftest import SECRETS

WANTED = 2
FACTS = {"Company": "=Sahyadri Tools", "GSTIN": "27ZZZCD9999D1ZE"}


@pytest.fixture
def report(bench):
    """The report of a short run, with a lost answer."""
    bench.faults.add("drop_after", "generate_irn")
    _problems, entries = bench.run(WANTED)
    endpoints = bench.environment.wire.endpoints
    methods = {name: one.method for name, one in endpoints.items()}
    return make_report(entries, FACTS, bench.services, methods)


def table(sheet, top):
    head, *rows = sheet.iter_rows(min_row=top, values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture
def book(report, tmp_path):
    [path] = write_report(report, tmp_path / "report.xlsx")
    return openpyxl.load_workbook(path)


def test_summary(book, bench):
    sheet = book["Summary"]
    assert [sheet["A1"].value, sheet["B1"].value] == ["Company", "=Sahyadri Tools"]
    assert sheet["B1"].data_type == "s"
    rows = {row["API"]: row for row in table(sheet, len(FACTS) + 2)}
    assert len(rows) == len(bench.services)
    for title, row in rows.items():
        wanted = (WANTED, 0 if title == "Health check" else WANTED)
        assert (row["Success Cases"], row["Failure Cases"]) == wanted
        assert row["As Expected"] == "Yes"
        assert row["First Call (IST)"] == "29/11/2026 12:00:00"
    assert rows["Get e-Invoice by IRN"]["Error Codes"] == "2148"
    assert "no failing call" in rows["Health check"]["Remark"]


def test_calls(book, bench):
    rows = table(book["Calls"], 1)
    assert [row["No."] for row in rows] == list(range(1, len(rows) + 1))
    good = [row for row in rows if row["API"].startswith("Generate IRN")]
    lost, found = good[0], good[2]
    assert lost["Result"] == "Success (answer lost, found by a look-up)"
    assert (found["Case"], found["Result"]) == ("Good", "Success")
    assert (found["Method"], found["HTTP Status"]) == ("POST", 200)
    assert found["URL"] == f"{bench.base_url}/eicore/v1.03/Invoice"
    assert found["Date and Time (IST)"] == "29/11/2026 12:00:00"
    response = json.loads(found["Response JSON"])
    assert response["Irn"] == found["IRN"]
    assert len(found["IRN"]) == 64
    assert response["AckNo"] == found["Ack No."]
    assert json.loads(found["Request JSON"])["DocDtls"]["Typ"] == "INV"
    bad = next(row for row in good if row["Case"] == "Bad")
    assert (bad["Error Code"], bad["Result"]) == ("2163", "Refused")
    assert (bad["Description"], bad["As Expected"]) == (
        "Document dated tomorrow",
        "Yes",
    )
    assert "30/11/2026" in bad["Error Message"]
    assert not bad["IRN"]


def test_no_secret_anywhere(bench, report, tmp_path):
    write_report(report, tmp_path / "report.xlsx")
    files = [bench.path, *write_report(report, tmp_path / "again.csv")]
    texts = [path.read_text(encoding="utf-8") for path in files]
    with zipfile.ZipFile(tmp_path / "report.xlsx") as packed:
        texts += [packed.read(name).decode() for name in packed.namelist()]
    session = bench.client.session
    sek = base64.b64encode(session.sek).decode()
    for secret in (*SECRETS.values(), session.token, sek):
        assert secret
        assert not any(secret in text for text in texts)


def test_csv(report, tmp_path):
    calls, summary = write_report(report, tmp_path / "report.csv")
    with calls.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == len(report.calls.rows) + 1
    with summary.open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file)) == ["Company", "'=Sahyadri Tools"]


def test_another_ending_is_refused(report, tmp_path):
    with pytest.raises(ValueError, match=r"\.xlsx or \.csv"):
        write_report(report, tmp_path / "report.pdf")
    assert list(tmp_path.glob("report.p*")) == []


@pytest.mark.parametrize("name", ["report.xlsx", "report.csv"])
def test_a_file_that_cannot_be_completed_leaves_the_old_one(report, tmp_path, name):
    path = tmp_path / name
    write_report(report, path)
    before = path.read_bytes(), sorted(tmp_path.iterdir())
    broken = Table("Calls", report.calls.columns, ((Unwritable(),) * 18,))
    with pytest.raises(RuntimeError):
        write_report(replace(report, calls=broken), path)
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before


class Unwritable:
    def __str__(self):
        raise RuntimeError


def test_a_long_cell_is_cut(report, tmp_path):
    row = ("x" * 40000, *report.calls.rows[0][1:])
    long = replace(report, calls=Table("Calls", report.calls.columns, (row,)))
    [path] = write_report(long, tmp_path / "long.xlsx")
    cell = openpyxl.load_workbook(path)["Calls"]["A2"].value
    assert (len(cell), cell[-1]) == (32767, "…")
