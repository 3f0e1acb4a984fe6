"""No secret in the log of a server at DEBUG, nor in a dump of its database."""

import base64
import json
import os
import secrets
import subprocess
import sys
import zipfile
from itertools import count
from urllib.parse import quote, quote_plus

import pytest
import requests
from cryptography.fernet import Fernet
from processes.database import cloned_database
from processes.odoo_client import (
    CREDENTIAL,
    OdooClient,
    credential_values,
    signing_key_values,
    wait_for_state,
)
from processes.odoo_process import run_odoo, running_server, running_worker
from processes.portal import served_portal
from processes.seller import GSTIN, PASSWORD

VARIABLE = "IRP_SECRET_KEYS"
EWAYBILL = "l10n_in.irp.ewaybill"
NUMBERS = count(1)
STORED = """
SELECT secrets FROM l10n_in_irp_credential WHERE secrets IS NOT NULL
 UNION ALL
SELECT secrets FROM l10n_in_irp_session WHERE secrets IS NOT NULL
"""


def unique(purpose):
    """Return a secret with characters that encodings change."""
    return f"{purpose}/{secrets.token_hex(6)}+&="


class Rpc:
    """Calls Odoo's server over HTTP, as its web client and other programs do."""

    def __init__(self, url, database, login):
        self._url = url
        self._database = database.name
        login = [self._database, login, PASSWORD, {}]
        self._uid = self._call("common", "authenticate", *login)

    def __call__(self, model, method, *args, **kwargs):
        who = [self._database, self._uid, PASSWORD]
        return self._call("object", "execute_kw", *who, model, method, args, kwargs)

    def _call(self, service, method, *args):
        params = {"service": service, "method": method, "args": args}
        value = {"jsonrpc": "2.0", "id": next(NUMBERS), "params": params}
        answer = requests.post(f"{self._url}/jsonrpc", json=value, timeout=120).json()
        assert "error" not in answer, answer["error"]["data"]["debug"]
        # what returns None has no result
        return answer.get("result")


@pytest.fixture(scope="module")
def key():
    key = Fernet.generate_key().decode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, key)
        yield key


@pytest.fixture(scope="module")
def database(key):
    with cloned_database("secrets") as database:
        yield database


@pytest.fixture(scope="module")
def given():
    """The secrets that an administrator enters: field -> value."""
    return {
        "password": unique("pw"),
        "client_secret": unique("client"),
        "extra_headers": f"X-Gsp-Secret: {secrets.token_hex(16)}",
        "ewb_password": unique("ewb"),
        "ewb_client_secret": unique("ewbclient"),
    }


@pytest.fixture(scope="module")
def portal(given):
    client = f"CLIENT{secrets.token_hex(4)}"
    ewb_client = f"EWB{secrets.token_hex(4)}"
    user = f"{given['password']}:{client}:{given['client_secret']}"
    ewb = f"{given['ewb_password']}:{ewb_client}:{given['ewb_client_secret']}"
    options = ("--ewb-user", f"{GSTIN}:ewb_api:{ewb}")
    with served_portal(GSTIN, "seller_api", user, *options) as portal:
        yield portal


def ewaybill_values(portal, given):
    [user] = portal.facts["ewb_users"]
    with open(portal.facts["ewb_auth_public_key"], "rb") as file:
        auth_key = base64.b64encode(file.read()).decode()
    return {
        "ewb_username": user["username"],
        "ewb_client_id": user["client_id"],
        "ewb_base_url": portal.base_url,
        "ewb_auth_key": auth_key,
        **{name: given[name] for name in ("ewb_password", "ewb_client_secret")},
    }


def work(url, database, seller, portal, given):
    """Enter a credential, log in, register, make an e-way bill, look up a GSTIN."""
    admin = Rpc(url, database, "admin")
    accountant = Rpc(url, database, "accountant")
    values = {
        **credential_values(portal),
        **ewaybill_values(portal, given),
        "extra_headers": given["extra_headers"],
        "company_id": seller["company"],
        "signing_key_ids": [(0, 0, signing_key_values(portal))],
    }
    credential = admin(CREDENTIAL, "create", values)
    note = admin(CREDENTIAL, "action_test_connection", [credential])["params"]
    assert "e-way bill system was successful" in note["message"]
    line = {"product_id": seller["drill"], "quantity": 2}
    move = accountant(
        "account.move",
        "create",
        {
            "move_type": "out_invoice",
            "journal_id": seller["journal"],
            "partner_id": seller["distant"],
            "invoice_line_ids": [(0, 0, line)],
        },
    )
    accountant("account.move", "action_post", [move])
    with running_worker(database) as worker:
        wait_for_state(OdooClient(worker, database, seller), move, "registered")
    made = accountant("account.move", "action_l10n_in_irp_ewaybill", [move])
    bill = made["res_id"]
    accountant(EWAYBILL, "write", [bill], {"vehicle_number": "MH12AB1234"})
    accountant(EWAYBILL, "action_generate", [bill])
    assert accountant(EWAYBILL, "read", [bill], ["state"])[0]["state"] == "registered"
    accountant("res.partner", "action_l10n_in_irp_get", [seller["distant"]])
    return credential


@pytest.fixture(scope="module")
def traces(database, portal, given, tmp_path_factory):
    """Return what the work has left: the log, and the files of a dump."""
    with running_worker(database) as worker:
        seller = worker.ask("set_up")
    with running_server(database, level="debug") as (server, url):
        work(url, database, seller, portal, given)
        log = server.log
    path = tmp_path_factory.mktemp("dump") / "dump.zip"
    run_odoo("db", "dump", database.name, str(path))
    with zipfile.ZipFile(path) as dump:
        files = {name: dump.read(name) for name in dump.namelist()}
    return {"log": log.encode(), **files}


@pytest.fixture(scope="module")
def stored(database, traces, key):
    """All secrets that the database holds, in clear: name -> value."""
    cipher = Fernet(key)
    return {
        f"{name} {number}": json.loads(cipher.decrypt(value))[0]
        for number, (row,) in enumerate(database.rows(STORED))
        for name, value in row.items()
    }


def spellings(secret):
    """Return a secret as it may be written somewhere."""
    raw = secret.encode()
    texts = [secret, quote(secret), quote_plus(secret), raw.hex(), raw.hex().upper()]
    texts += [json.dumps(secret)[1:-1], base64.b64encode(raw).decode().rstrip("=")]
    texts.append(base64.urlsafe_b64encode(raw).decode().rstrip("="))
    # in the middle of a longer text, base64 depends on the place
    texts += [base64.b64encode(b" " * shift + raw).decode()[4:-4] for shift in (1, 2)]
    return {text.encode() for text in texts}


def found_in(traces, secret):
    """Return where a secret is, each with what stands around it."""
    return {
        name: content[max(0, place - 200) : place + 100]
        for name, content in traces.items()
        for text in spellings(secret)
        if (place := content.find(text)) >= 0
    }


def test_log_and_dump_hold_no_secret(traces, stored, given):
    entered = [value.rpartition(" ")[2] for value in given.values()]
    tokens = [value for name, value in stored.items() if name.startswith(("t", "s"))]
    # the tokens and session keys of the portal and of the e-way bill system
    assert len(tokens) == 4
    raw_keys = [
        base64.b64decode(value).hex()
        for name, value in stored.items()
        if name.startswith("sek")
    ]
    for secret in (*entered, *tokens, *raw_keys):
        assert len(secret) >= 12
        assert found_in(traces, secret) == {}


def test_search_finds_what_is_there(traces):
    """Otherwise finding nothing would show nothing."""
    assert "log" in found_in(traces, "action_test_connection")
    assert "dump.sql" in found_in(traces, "seller_api")
    assert b" DEBUG " in traces["log"]


def test_command_makes_a_key_and_rotates(database, stored, key, monkeypatch):
    new = run_odoo("irp_secrets", "new_key").strip()
    Fernet(new)
    monkeypatch.setenv(VARIABLE, f"{new},{key}")
    run_odoo("irp_secrets", "rotate", "--database", database.name)
    rows = database.rows(STORED)
    rotated = [Fernet(new).decrypt(value) for (row,) in rows for value in row.values()]
    assert len(rotated) == len(stored)


def test_command_names_what_no_key_opens(database, stored):
    other = Fernet.generate_key().decode()
    command = [sys.executable, "-m", "odoo", "irp_secrets", "rotate"]
    done = subprocess.run(
        [*command, "-d", database.name],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, VARIABLE: other},
    )
    assert done.returncode == 1
    assert f"{GSTIN} – Sandbox" in done.stderr
    assert "API Password" in done.stderr
    assert "Traceback" not in done.stderr
