"""Copies of a database call no portal until somebody confirms one as the original."""

import configparser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from processes.database import Database, cloned_database
from processes.odoo_client import CREDENTIAL, DOCUMENT, TAXPAYER, OdooClient
from processes.odoo_process import run_odoo, running_worker
from processes.portal import Portal, served_portal
from processes.seller import GSTIN

HEALTH = "l10n_in.irp.health"
VARIABLE = "IRP_SECRET_KEYS"
UUID = "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'"


@dataclass
class Original:
    """A database with a credential, a token and a registered invoice."""

    database: Database
    portal: Portal
    seller: dict


@pytest.fixture(scope="module")
def original():
    with (
        pytest.MonkeyPatch.context() as patch,
        cloned_database("copies") as database,
        served_portal(GSTIN, "seller_api", "Right-Passw0rd") as portal,
    ):
        patch.setenv(VARIABLE, Fernet.generate_key().decode())
        with running_worker(database) as worker:
            seller = worker.ask("set_up")
            odoo = OdooClient(worker, database, seller)
            odoo.connect(portal)
            move = odoo.posted()
            odoo.run_queue()
            assert odoo.state(move) == "registered"
        yield Original(database, portal, seller)


@contextmanager
def template_copy(database: Database) -> Iterator[Database]:
    """Copy with ``createdb -T``: the uuid stays."""
    with database.derived("template") as copy:
        assert copy.rows(UUID) == database.rows(UUID)
        yield copy


@contextmanager
def duplicate(database: Database) -> Iterator[Database]:
    copy = Database(database.config, f"{database.name}_duplicate")
    run_odoo("db", "duplicate", "--force", database.name, copy.name)
    try:
        yield copy
    finally:
        copy.drop()


@contextmanager
def restored_dump(database: Database, folder: Path) -> Iterator[Database]:
    copy = Database(database.config, f"{database.name}_restored")
    dump = folder / "dump.zip"
    run_odoo("db", "dump", database.name, str(dump))
    run_odoo("db", "load", "--force", copy.name, str(dump))
    # a restore that says "moved" leaves the uuid
    [(uuid,)] = database.rows(UUID)
    copy.rows(
        "UPDATE ir_config_parameter SET value = %s WHERE key = 'database.uuid'", uuid
    )
    try:
        yield copy
    finally:
        copy.drop()


@contextmanager
def renamed(database: Database) -> Iterator[Database]:
    other = Database(database.config, f"{database.name}_renamed")
    run_odoo("db", "rename", "--force", database.name, other.name)
    try:
        yield other
    finally:
        run_odoo("db", "rename", "--force", other.name, database.name)


@contextmanager
def other_server(database: Database, folder: Path) -> Iterator[Database]:
    """The same database and files, with another data directory."""
    options = configparser.ConfigParser()
    options.read(database.config)
    options["options"]["data_dir"] = str(folder / "data")
    config = folder / "odoo.conf"
    with config.open("w", encoding="utf-8") as file:
        options.write(file)
    yield Database(str(config), database.name)


@contextmanager
def made(kind, database, folder):
    copies = {
        "template": template_copy,
        "duplicate": duplicate,
        "renamed": renamed,
        "restored": lambda database: restored_dump(database, folder),
        "moved": lambda database: other_server(database, folder),
    }
    with copies[kind](database) as copy:
        yield copy


def call_everything(odoo: OdooClient) -> None:
    """Run all that calls a portal without a user."""
    odoo.run_queue()
    odoo.worker.call(HEALTH, "_cron_check")
    odoo.worker.call(DOCUMENT, "_cron_reconcile")
    odoo.worker.call(TAXPAYER, "_cron_refresh")


@pytest.mark.parametrize(
    "kind", ["template", "duplicate", "restored", "moved", "renamed"]
)
def test_copy_calls_nobody_until_it_is_confirmed(original, kind, tmp_path):
    portal = original.portal
    with (
        made(kind, original.database, tmp_path) as copy,
        running_worker(copy) as worker,
    ):
        odoo = OdooClient(worker, copy, original.seller)
        calls = portal.all_calls
        move = odoo.posted()
        call_everything(odoo)
        assert portal.all_calls == calls
        document = odoo.document(move)
        assert document["state"] == "to_register"
        assert "This Is the Original" in document["error"]
        if kind in ("moved", "renamed"):
            # it is still the original, which must not learn otherwise
            return
        credentials = worker.call(CREDENTIAL, "search", args=[[]])
        worker.call(CREDENTIAL, "action_confirm_original", credentials)
        odoo.run_queue()
        assert odoo.state(move) == "registered"


def test_original_goes_on(original):
    with running_worker(original.database) as worker:
        odoo = OdooClient(worker, original.database, original.seller)
        move = odoo.posted()
        odoo.run_queue_later()
        assert odoo.state(move) == "registered"
