"""The command that makes the test report, against a served portal."""

import subprocess
import sys

import openpyxl
import pytest
from processes.seller import GSTIN

FAST = "100000"
SUMMARY = "Success Cases", "Failure Cases", "As Expected"


@pytest.fixture
def make_report(database, tmp_path):
    """Return a function that runs the command; it returns (status, output)."""
    file = tmp_path / "report.xlsx"

    def run(*arguments, calls=2):
        command = [sys.executable, "-m", "odoo", "irp_test_report"]
        command += ["-c", database.config, "-d", database.name, "--output", str(file)]
        command += ["--calls", str(calls), "--per-minute", FAST, *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr[-5000:]

    run.file = file
    return run


def rows(file, sheet):
    lines = list(openpyxl.load_workbook(file)[sheet].iter_rows(values_only=True))
    top = next(n for n, line in enumerate(lines) if "API" in line)
    head = lines[top]
    return [dict(zip(head, line, strict=True)) for line in lines[top + 1 :]]


def test_makes_the_report_once(odoo, portal, database, make_report):
    status, output = make_report()
    assert status == 0, output
    assert "12 services, 2 good and 2 bad calls each" in output
    summary = {row["API"]: row for row in rows(make_report.file, "Summary")}
    assert len(summary) == 12
    health = summary.pop("Health check")
    assert tuple(health[name] for name in SUMMARY) == (2, 0, "Yes")
    for title, row in summary.items():
        assert tuple(row[name] for name in SUMMARY) == (2, 2, "Yes"), title
    facts = openpyxl.load_workbook(make_report.file)["Summary"]
    assert portal.facts["client_id"] not in str([c.value for c in facts["B"]])

    calls, registered = portal.all_calls, portal.irns
    [(logged,)] = database.rows(
        "SELECT count(*) FROM l10n_in_irp_log WHERE endpoint = 'generate_irn'"
        " AND called_at > '2001-01-01'"
    )
    assert logged == portal.calls("generate_irn")
    assert make_report()[0] == 0
    assert (portal.all_calls, portal.irns) == (calls, registered)

    status, output = make_report("--services", "get_irn", calls=3)
    assert status == 0, output
    assert portal.all_calls == calls + 2


def test_continues_after_an_outage(odoo, portal, make_report):
    portal.fault("drop_before", "*", times=0)
    status, output = make_report("--services", "generate_irn")
    assert status == 2, output
    assert "Run the same command again to continue." in output
    portal.clear_faults()
    portal.fault("drop_after", "generate_irn")
    status, output = make_report("--services", "generate_irn")
    assert status == 0, output
    results = [
        row["Result"]
        for row in rows(make_report.file, "Calls")
        if row["Counted"] == "Yes" and row["Case"] == "Good"
    ]
    assert sorted(results) == ["Success", "Success (answer lost, found by a look-up)"]
    assert len(portal.irns) == 2


def test_needs_a_credential_for_the_sandbox(odoo, portal, database, make_report):
    database.rows("UPDATE l10n_in_irp_credential SET environment = 'production'")
    status, output = make_report()
    assert (status, "is for Production" in output) == (3, True), output
    database.rows("UPDATE l10n_in_irp_credential SET active = false")
    status, output = make_report()
    assert (status, "The demo portal runs on this machine" in output) == (3, True)
    assert portal.all_calls == 0
    assert not make_report.file.exists()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--services", "get_irn,nothing"], "does not offer: nothing"),
        (["--buyer", GSTIN], "cannot be the buyer"),
        (["--buyer", "27"], "not a GSTIN of a state"),
        (["--company", "Nobody"], "There is no IRP credential"),
    ],
)
def test_says_what_cannot_be_done(odoo, portal, make_report, arguments, text):
    status, output = make_report(*arguments)
    assert (status, text in output) == (3, True), output
    assert portal.all_calls == 0
