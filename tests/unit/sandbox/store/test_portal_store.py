"""The store: shared by threads and processes, and durable."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sandbox
from sandbox import Portal, Store
from sandbox.store.records import DocumentKey, Registration, User

KEY = DocumentKey("37ARZPT4384Q1MT", "2025-26", "INV", "A/1")


def registration(number, key=KEY, irn=""):
    return Registration(
        irn=irn or f"{number:064x}",
        seller_gstin=key.seller_gstin,
        financial_year=key.financial_year,
        document_type=key.document_type,
        number_key=key.number_key,
        number=key.number_key,
        document_date="15/11/2025",
        requester_gstin=key.seller_gstin,
        ack_number=number,
        ack_at="2025-11-15 10:30:17",
        signed_invoice="a.b.c",
        signed_qr="d.e.f",
    )


@pytest.fixture
def two_processes(tmp_path):
    """Two portals in separate processes, started at once on one store."""
    addon = str(Path(sandbox.__file__).parents[1])
    code = "import sys; from sandbox.server.command import run; run(sys.argv[1:])"
    user = "37ARZPT4384Q1MT:api_user:Pass@word1:client-1:s-1"
    arguments = ["--json", "--port", "0", "--data", str(tmp_path), "--user", user]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": addon},
        )
        for _ in range(2)
    ]
    yield [json.loads(process.stdout.readline()) for process in processes]
    for process in processes:
        process.terminate()
        process.communicate(timeout=20)


def test_two_processes_register_one_document_once(two_processes, wire, invoice):
    barrier = threading.Barrier(2)

    def race(facts):
        send = wire.over_http(facts["base_url"])
        key = Path(facts["auth_public_key"]).read_bytes()
        secrets = (*wire.SECRETS[:3], "s-1")
        client = wire.client(send, key, secrets=secrets)
        client.authenticate()
        answers = []
        for number in range(20):
            document = {**invoice["DocDtls"], "No": f"RACE/{number}"}
            barrier.wait(timeout=30)
            answers.append(client.generate({**invoice, "DocDtls": document}))
        irns = [
            answer["InfoDtls"][0]["Desc"]["Irn"]
            if answer["InfoDtls"]
            else client.plain(answer)["Irn"]
            for answer in answers
        ]
        send.close()
        return client.token, [wire.codes(one) for one in answers], irns

    with ThreadPoolExecutor(2) as pool:
        (token, codes, irns), other = pool.map(race, two_processes)

    # one token and one IRN per document; the later caller gets a duplicate error
    assert token == other[0]
    for mine, theirs in zip(codes, other[1], strict=True):
        assert sorted([mine, theirs]) == [[], ["2150"]]
    assert irns == other[2]
    assert len(set(irns)) == 20


def test_processes_that_start_together_share_the_keys(two_processes):
    one, other = two_processes
    assert one["base_url"] != other["base_url"]
    assert one["auth_public_key"] == other["auth_public_key"]
    store = Store(Path(one["auth_public_key"]).parent / "portal.sqlite3")

    # both have written the stored key
    written = Path(one["auth_public_key"]).read_bytes()
    assert Portal(store).auth_public_key == written
    store.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_opens_its_own_connection(tmp_path):
    store = Store(tmp_path / "portal.sqlite3")
    store.put_taxpayer("A", "ACT")
    child = os.fork()
    if not child:
        store.put_taxpayer("B", "ACT")
        os._exit(0 if store.taxpayer_status("A") == "ACT" else 1)
    _pid, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert store.taxpayer_status("B") == "ACT"
    store.put_taxpayer("C", "ACT")
    store.close()


def test_threads_register_one_document_once(portal, new_client, invoice):
    app_client = new_client(portal)
    app_client.authenticate()
    barrier = threading.Barrier(8)

    def codes(_number):
        barrier.wait(timeout=30)
        details = app_client.generate(invoice)["ErrorDetails"]
        return [one["ErrorCode"] for one in details or ()]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(codes, range(8)))

    assert sorted(found) == [[], *[["2150"]] * 7]


def test_everything_survives_a_restart(tmp_path, clock, wire, invoice, new_client):
    path = tmp_path / "portal.sqlite3"
    first = Portal(Store(path), clock=clock)
    first.add_user(wire.SELLER, *wire.SECRETS)
    client = new_client(first)
    token = client.authenticate()["Data"]["AuthToken"]
    data = client.plain(client.generate(invoice))
    first.store.close()

    second = Portal(Store(path), clock=clock)
    again = new_client(second)
    assert again.authenticate()["Data"]["AuthToken"] == token
    assert second.kid == first.kid
    assert second.auth_public_key == first.auth_public_key
    assert second.signing_certificate == first.signing_certificate
    assert again.plain(again.by_irn(data["Irn"])) == data
    second.store.close()


def test_two_portals_on_one_store_are_one(new_portal, new_store, new_client, invoice):
    store = new_store()
    one, other = new_portal(store=store), new_portal(store=store)
    first, second = new_client(one), new_client(other)
    first.authenticate()
    second.authenticate()

    irn = first.plain(first.generate(invoice))["Irn"]
    assert second.plain(second.by_irn(irn))["Irn"] == irn


def test_failure_during_register_stores_nothing(new_store):
    store = new_store()

    def fail(_number):
        raise RuntimeError("no signature")

    with pytest.raises(RuntimeError):
        store.register(KEY, fail)
    assert store.registrations() == []
    assert store.register(KEY, registration)[1] is True


def test_the_database_itself_refuses_a_second_row(new_store):
    store = new_store()
    store.register(KEY, registration)
    with (
        pytest.raises(sqlite3.IntegrityError, match="UNIQUE"),
        store.transaction() as db,
    ):
        db.execute(
            "INSERT INTO registration SELECT 'x', seller_gstin, financial_year,"
            " document_type, number_key, number, document_date, requester_gstin, 99,"
            " ack_at, signed_invoice, signed_qr, status, cancelled_at, cancel_reason,"
            " cancel_remark, ewb_number, ewb_at, ewb_valid_till, ewb_status,"
            " rejected_on FROM registration"
        )


def test_a_transaction_inside_a_transaction_is_the_same(new_store):
    store = new_store()

    def fail():
        with store.transaction():
            store.put_taxpayer("A", "ACT")
            raise RuntimeError("undo both")

    with pytest.raises(RuntimeError):
        fail()
    assert store.taxpayer_status("A") is None
    with store.transaction():
        store.put_taxpayer("A", "ACT")
    assert store.taxpayer_status("A") == "ACT"


def test_a_file_of_the_first_version_is_opened(tmp_path, new_store):
    path = tmp_path / "portal.sqlite3"
    store = Store(path)
    store.register(KEY, registration)
    store.put_taxpayer("A", "SUS")
    later = ("taxpayer_details", "common_portal", "sync", "origin", "eway_bill")
    with store.transaction() as db:
        for table in later:
            db.execute(f"DROP TABLE {table}")
    store.close()

    portal = Portal(new_store(path))
    assert [one.ack_number for one in portal.registrations()] == [1]
    assert portal.registry.taxpayers.get("A").status == "SUS"
    assert portal.origins.get(f"{1:064x}") == "NIC1"


def test_running_numbers_count_up(new_store):
    store = new_store()
    numbers = []
    for index in range(3):
        key = DocumentKey("37ARZPT4384Q1MT", "2025-26", "INV", f"A/{index}")
        made, _is_new = store.register(
            key, lambda number, key=key: registration(number, key)
        )
        numbers.append(made.ack_number)

    assert numbers == [1, 2, 3]


def test_users_stay_in_the_order_they_came(new_store):
    store = new_store()
    for name in ("b", "a", "c", "a"):
        store.put_user(User("37ARZPT4384Q1MT", name, "p", "id", "secret"))

    assert [user.username for user in store.users()] == ["b", "a", "c"]


def test_secrets_are_not_shown(new_store):
    user = User("37ARZPT4384Q1MT", "name", "hidden-p", "id", "hidden-s")

    assert "hidden" not in repr(user)


def test_file_that_is_not_a_database_is_reported(tmp_path):
    path = tmp_path / "portal.sqlite3"
    path.write_text(
        "this is a text, and long enough not to be taken for a new file" * 9
    )

    with pytest.raises(sqlite3.DatabaseError):
        Store(path)


def test_closing_twice_and_using_again(tmp_path):
    store = Store(tmp_path / "portal.sqlite3")
    store.put_taxpayer("A", "SUS")
    store.close()
    store.close()

    assert store.taxpayer_status("A") == "SUS"
    store.close()


def test_the_files_are_for_their_owner_alone(tmp_path):
    path = tmp_path / "portal.sqlite"
    path.touch(mode=0o644)
    store = Store(path)
    store.put_taxpayer(KEY.seller_gstin, "ACT")
    files = sorted(tmp_path.iterdir())
    assert len(files) > 1, "the log of SQLite counts as well"
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_symbolic_link_is_not_followed(tmp_path):
    link = tmp_path / "portal.sqlite"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="portal"):
        Store(link)
    assert not (tmp_path / "elsewhere").exists()
