"""``python l10n_in_einvoice_irp/sandbox`` as a real process."""

import json
import re
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sandbox

FOLDER = Path(sandbox.__file__).parent
FIELDS = [
    "base_url",
    "gstin",
    "username",
    "password",
    "client_id",
    "client_secret",
    "auth_public_key",
    "signing_certificate",
    "users",
]


class Served:
    """A running portal and the facts that it printed."""

    def __init__(self, process):
        self.process = process
        self.line = process.stdout.readline()
        self.facts = json.loads(self.line)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture
def start():
    """Return a function that starts the command with --json on a free port."""
    processes = []

    def run(*arguments):
        command = [sys.executable, str(FOLDER), "--json", "--port", "0", *arguments]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        processes.append(process)
        return Served(process)

    yield run
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def sign_in(wire):
    """Return a function giving a signed-in client of the printed facts."""
    sends = []

    def make(facts, user=None):
        user = user or facts
        send = wire.over_http(facts["base_url"])
        sends.append(send)
        names = ("username", "password", "client_id", "client_secret")
        secrets = tuple(user[name] for name in names)
        key = Path(facts["auth_public_key"]).read_bytes()
        client = wire.client(send, key, user["gstin"], secrets)
        assert client.authenticate()["Status"] == 1
        return client

    yield make
    for send in sends:
        send.close()


def test_one_json_line_and_a_clean_end(start, sign_in):
    served = start()

    assert list(served.facts) == FIELDS
    sign_in(served.facts)
    pem = Path(served.facts["signing_certificate"]).read_text()
    assert pem.startswith("-----BEGIN CERTIFICATE-----")
    code, out, err = served.stop()
    assert (code, out, err) == (0, "", "")
    assert not Path(served.facts["signing_certificate"]).exists()


def test_the_published_rules_are_applied(start, sign_in, invoice, wire):
    client = sign_in(start("--turnover", "10").facts)
    today = datetime.now(wire.IST)
    invoice["DocDtls"]["Dt"] = today.strftime("%d/%m/%Y")
    place = {"Gstin": client.gstin, "Loc": "Bengaluru", "Pin": 560001, "Stcd": "29"}
    invoice["SellerDtls"] |= place
    invoice["BuyerDtls"] |= {"Gstin": wire.SELLER, "Pin": 518001, "Stcd": "37"}
    invoice["BuyerDtls"]["Pos"] = "37"
    assert client.generate(invoice)["ErrorDetails"] is None

    invoice["DocDtls"]["No"] = "A/2"
    invoice["ValDtls"]["TotInvVal"] = 2000
    assert wire.codes(client.generate(invoice)) == ["2189"]
    invoice["ValDtls"]["TotInvVal"] = 1050
    invoice["DocDtls"]["Dt"] = (today - timedelta(days=30)).strftime("%d/%m/%Y")
    assert wire.codes(client.generate(invoice)) == ["2305"]
    del invoice["DocDtls"]["No"]
    assert set(wire.codes(client.generate(invoice))) == {"5002"}


def test_second_start_has_the_same_keys_users_and_documents(
    start, sign_in, tmp_path, wire, invoice
):
    data = ["--data", str(tmp_path / "portal")]
    served = start(*data)
    first = served.facts
    token = sign_in(first).token
    keys = [Path(first[name]).read_bytes() for name in FIELDS[6:8]]
    assert served.stop()[0] == 0

    second = start(*data).facts
    assert {**first, "base_url": ""} == {**second, "base_url": ""}
    assert [Path(second[name]).read_bytes() for name in FIELDS[6:8]] == keys
    assert sign_in(second).token == token
    assert (tmp_path / "portal").stat().st_mode & 0o077 == 0


def test_users_are_given(start, sign_in):
    served = start(
        "--user",
        "37ARZPT4384Q1MT:first:Secret@1:cid:csec",
        "--user",
        "29AWGPV7107B1Z1:second:Secret@2",
    )
    facts = served.facts

    assert (facts["gstin"], facts["username"]) == ("37ARZPT4384Q1MT", "first")
    assert (facts["client_id"], facts["client_secret"]) == ("cid", "csec")
    assert [user["username"] for user in facts["users"]] == ["first", "second"]
    for user in facts["users"]:
        sign_in(facts, user)


def test_given_user_has_the_same_client_after_a_restart(start, tmp_path):
    arguments = ["--data", str(tmp_path), "--user", "37ARZPT4384Q1MT:u:Secret@1"]
    served = start(*arguments)
    served.stop()

    assert start(*arguments).facts["client_id"] == served.facts["client_id"]


def test_faults_are_given(start, sign_in, wire):
    client = sign_in(start("--fault", "get_irn:refuse:1:2147").facts)

    assert wire.codes(client.by_irn("a" * 64)) == ["2147"]
    assert wire.codes(client.by_irn("a" * 64)) == ["2148"]


def test_taxpayers_are_given(start, sign_in, wire):
    arguments = [
        *("--taxpayer", "37ARZPT4384Q1MT:CNL"),
        *("--taxpayer", "29AWGPV7107B1Z1:ACT:SEZ:B"),
    ]
    client = sign_in(start(*arguments).facts)

    assert client.plain(client.gstin_details(wire.SELLER))["Status"] == "CNL"
    data = client.plain(client.gstin_details(wire.BUYER))
    assert (data["Status"], data["TxpType"], data["BlkStatus"]) == ("ACT", "SEZ", "B")


def test_samples_are_entered(start, sign_in):
    client = sign_in(start("--samples").facts)

    assert client.plain(client.gstin_details("27ZZZCU9993S1Z8"))["Status"] == "SUS"


def test_control_path_of_a_served_portal(start, sign_in, wire):
    client = sign_in(start().facts)
    headers = {"Content-Type": "application/json"}
    client.send("POST", "/_sandbox/faults", headers, '{"kind": "refuse"}')
    state = json.loads(client.send("GET", "/_sandbox/state", {}).body)

    assert [fault["kind"] for fault in state["faults"]] == ["refuse"]
    assert wire.codes(client.by_irn("a" * 64)) == ["5001"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--user", "only:two"], "GSTIN:USERNAME:PASSWORD"),
        (["--user", "a:b:"], "GSTIN:USERNAME:PASSWORD"),
        (["--fault", "get_irn:burn"], "burn"),
        (["--port", "many"], "many"),
        (["--taxpayer", "29AAAAA0000A1ZX"], "GSTIN:STATUS"),
        (["--taxpayer", "29AAAAA0000A1ZX:ACT:SEZ:U:x"], "GSTIN:STATUS"),
        (["--taxpayer", "29AAAAA0000A1ZX:GONE"], "GONE"),
        (["--taxpayer", "29AAAAA0000A1ZX:ACT:KING"], "KING"),
        (["--portal", "nic3"], "nic3"),
        (["--sealing", "wax"], "wax"),
        (["--wording", "statis=string"], "statis"),
        (["--wording", "error_status=bad"], "error_status"),
        (["--wording", "names_holder=1"], "names_holder"),
        (["--wording", "status="], "status"),
        (["--portal", "ey", "--without", "ping"], "ey has no ping"),
        (["--portal", "taxpro", "--fault", "*:gateway:1:quota"], "timeout"),
    ],
)
def test_wrong_arguments_print_one_line(arguments, expected):
    done = subprocess.run(
        [sys.executable, str(FOLDER), *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "base", "headers"),
    [
        ("nic2", "", {"client_id": "cid", "client_secret": "csec"}),
        ("iris", "", {"client_id": "cid", "client_secret": "csec"}),
        ("ey", "/irp5", {"client_id": "cid", "client_secret": "csec"}),
        ("clear-gsp", "/einv-gsp", {"X-CT-Auth-Token": "csec"}),
        ("alankit", "/eInvoiceGateway", {"Ocp-Apim-Subscription-Key": "csec"}),
        ("taxpro", "", {"aspid": "cid", "password": "csec"}),
        ("whitebooks", "", {"client_id": "cid", "client_secret": "csec"}),
    ],
)
def test_another_portal(start, name, base, headers):
    user = "37ARZPT4384Q1MT:first:Secret@1:cid:csec"
    facts = start("--portal", name, "--user", user).facts

    more = ["portal", "host_url", "headers", "services"]
    assert list(facts) == [*FIELDS, *more]
    assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+", facts["host_url"])
    assert facts["base_url"] == facts["host_url"] + base
    assert (facts["portal"], facts["headers"]) == (name, headers)
    assert "generate_irn" in facts["services"]


def test_nics_first_portal_has_two_names(start, sign_in):
    served = start("--portal", "nic1")

    assert list(served.facts) == FIELDS
    sign_in(served.facts)


def test_format_and_services_are_given(start, sign_in, wire):
    options = [
        *("--wording", "error_details=text"),
        *("--wording", "names_holder=false"),
        *("--wording", "chunk_size=7"),
        *("--without", "ping", "--without", "rejected_irns"),
    ]
    client = sign_in(start(*options).facts)

    assert json.loads(client.by_irn("a" * 64)["ErrorDetails"])[0]["ErrorCode"] == "2148"
    assert client.send("GET", "/eivital/v1.04/heartbeat/ping", {}).status == 404


def test_sealing_is_given(start, wire):
    facts = start("--sealing", "json").facts
    send = wire.over_http(facts["base_url"])
    names = ("username", "password", "client_id", "client_secret")
    secrets = tuple(facts[name] for name in names)
    key = Path(facts["auth_public_key"]).read_bytes()
    client = wire.client(send, key, facts["gstin"], secrets)
    refused = client.authenticate()
    send.close()

    assert wire.codes(refused) == ["5001"]


def test_help_names_the_portals():
    done = subprocess.run(
        [sys.executable, str(FOLDER), "--help"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    text = " ".join(done.stdout.split())

    for name in sandbox.DIALECTS:
        assert f"{name}: " in text


def test_printed_for_a_person(tmp_path):
    command = [sys.executable, str(FOLDER), "--port", "0", "--data", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    lines = [process.stdout.readline() for _ in range(10)]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)

    assert process.returncode == 0
    titles = [line[:20].strip() for line in lines[2:]]
    assert titles == [
        "Address",
        "GSTIN",
        "User name",
        "Password",
        "Client id",
        "Client secret",
        "Auth public key",
        "Signing certificate",
    ]
    assert lines[2].split()[-1].startswith("http://127.0.0.1:")
