"""Evidence outside a test's transaction: the command that checks its seals, and
uninstalling the addon."""

import json
import subprocess
import sys

import pytest
from processes.database import cloned_database
from processes.odoo_client import OdooClient
from processes.odoo_process import running_worker

ADDON = "l10n_in_einvoice_irp"
SEAL = "l10n_in.irp.seal"
ATTACHMENT = "ir.attachment"
LONG_AGO = "UPDATE {} SET create_date = create_date - interval '40 days'"


def odoo_command(database, *arguments):
    """Run a command of Odoo on a database; return (status, output)."""
    command = [sys.executable, "-m", "odoo", *arguments]
    options = ["-c", database.config, "-d", database.name]
    done = subprocess.run(
        [*command[:-1], *options, command[-1]]
        if arguments[0] == "module"
        else [*command, *options],
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr[-5000:]


@pytest.fixture
def place(portal):
    """A database with a registered invoice whose evidence is sealed and bundled;
    (database, document)."""
    with cloned_database("evidence") as database:
        with running_worker(database) as worker:
            odoo = OdooClient(worker, database, worker.ask("set_up"))
            odoo.connect(portal)
            move = odoo.posted()
            odoo.run_queue()
            document = odoo.document(move)
            assert document["state"] == "registered"
            for table in ("l10n_in_irp_log", "ir_attachment"):
                database.rows(LONG_AGO.format(table))
            worker.call(SEAL, "_cron_seal")
            values = {"l10n_in_irp_bundle_months": 1}
            worker.call("res.company", "write", [odoo.seller["company"]], args=[values])
            worker.call(SEAL, "_cron_bundle")
            attachment = document["signed_attachment_id"]
            row = worker.read(ATTACHMENT, attachment, "l10n_in_irp_archive_id")
            assert row["l10n_in_irp_archive_id"]
        yield database, {**document, "move": move}


def test_command_finds_what_was_changed(place):
    database, _document = place
    status, output = odoo_command(database, "irp_evidence")
    assert (status, "Intact" in output) == (0, True), output
    assert "Last seal: " in output
    [(row, day)] = database.rows(
        "UPDATE l10n_in_irp_log SET code = '2150' FROM l10n_in_irp_seal AS seal"
        " WHERE seal.id = seal_id AND endpoint = 'generate_irn'"
        " RETURNING l10n_in_irp_log.id, seal.day"
    )
    status, output = odoo_command(database, "irp_evidence")
    assert status == 1, output
    assert f", {day}, API Log Entry {row}: it was changed" in output


def test_evidence_survives_an_uninstallation(place):
    database, document = place
    irn, move = document["irn"], document["move"]
    status, output = odoo_command(database, "module", "uninstall", ADDON)
    assert status == 0, output
    states = database.rows("SELECT state FROM ir_module_module WHERE name = %s", ADDON)
    assert states == [("uninstalled",)]
    files = {
        name: (database.filestore / store).read_bytes()
        for name, store in database.rows(
            "SELECT name, store_fname FROM ir_attachment WHERE res_id = %s"
            " AND res_model = 'account.move' AND res_field IS NULL",
            move,
        )
    }
    signed = next(json.loads(files[n]) for n in files if n.endswith("_einvoice.json"))
    sent = next(json.loads(files[n]) for n in files if n.endswith("_generate_irn.json"))
    assert signed["Irn"] == irn
    assert signed["SignedQRCode"] == document["signed_qr"]
    assert sent["DocDtls"]["No"] == document["number"]
    lines = [
        json.loads(line)
        for (store,) in database.rows(
            "SELECT store_fname FROM ir_attachment WHERE res_model = 'res.company'"
            " AND name LIKE 'irp-%%.jsonl' ORDER BY name"
        )
        for line in (database.filestore / store).read_text().splitlines()
    ]
    calls = [line for line in lines if line.get("endpoint") == "generate_irn"]
    assert [call["number"] for call in calls] == [document["number"]]
    seals = [line for line in lines if "seal_hash" in line]
    [evidence] = [seal for seal in seals if seal["kind"] == "evidence"]
    assert evidence["count"] == len(evidence["digests"]) == 3
    assert calls[0]["seal_id"] == evidence["id"]
    notes = database.rows(
        "SELECT body FROM mail_message WHERE model = 'account.move' AND res_id = %s",
        move,
    )
    assert any(irn in body for (body,) in notes)
