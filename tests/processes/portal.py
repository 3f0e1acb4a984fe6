"""The local portal in a process, and its control path."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import requests
from irp import (
    ENVIRONMENTS,
    PROFILES,
    Account,
    IrpClient,
    Profile,
    RequestsTransport,
    SigningKeys,
    load_auth_key,
    load_signing_key,
)

ADDON = Path(__file__).resolve().parents[2] / "l10n_in_einvoice_irp"
DIALECT_PORTAL = Path(__file__).with_name("dialect_portal.py")
SECONDS = 30
# what an operator asks for besides its account's headers
BESIDES = {"email": "accounts@example.com", "ip_address": "127.0.0.1"}


class Portal:
    """A running portal: the facts it printed when it started, and its control path.

    :ivar pid: its process id.
    """

    def __init__(self, facts: dict[str, Any], pid: int) -> None:
        self.facts = facts
        self.pid = pid
        self.base_url = facts["base_url"]
        # some portals have a path in their address
        self._host_url = facts.get("host_url", self.base_url)

    @property
    def profile(self) -> Profile:
        """The profile of the portal that this one stands for."""
        return PROFILES[self.facts.get("portal", "nic1").replace("-", "_")]

    @property
    def fields(self) -> dict[str, str]:
        """The profile's fields with what the operator issued."""
        wire, issued = self.profile.wire, self.facts.get("headers", {})
        sent = {
            template.strip("{}"): issued[name]
            for name, template in wire.extra_headers.items()
            if name in issued
        }
        return {
            one.name: sent.get(one.name, BESIDES.get(one.name)) for one in wire.fields
        }

    @property
    def auth_key(self) -> bytes:
        return Path(self.facts["auth_public_key"]).read_bytes()

    @property
    def certificate(self) -> bytes:
        return Path(self.facts["signing_certificate"]).read_bytes()

    @property
    def signing_keys(self) -> SigningKeys:
        return SigningKeys([load_signing_key(self.certificate)])

    def fault(self, kind: str, endpoint: str, **details: Any) -> None:
        """Script a fault (see ``sandbox/server/faults.py``)."""
        self._control("POST", "faults", {"kind": kind, "endpoint": endpoint, **details})

    def clear_faults(self) -> None:
        """Remove all scripted faults."""
        self._control("DELETE", "faults")

    def advance(self, seconds: float) -> None:
        """Move the portal's clock forward or back."""
        self._control("POST", "clock", {"advance_seconds": seconds})

    def enter(self, gstin: str, status: str, **details: Any) -> None:
        """Enter a taxpayer in the portal's registry."""
        value = {"gstin": gstin, "status": status, **details}
        self._control("POST", "taxpayers", value)

    def announce(self, gstin: str, status: str, **details: Any) -> None:
        """Enter a taxpayer at the GST common portal; a sync fetches it from there."""
        value = {"gstin": gstin, "status": status, **details}
        self._control("POST", "announced", value)

    def hold_elsewhere(self, number: str, irp: str) -> None:
        """Let another IRP hold an invoice of today."""
        today = datetime.now(ZoneInfo("Asia/Kolkata")).strftime("%d/%m/%Y")
        value = {"gstin": self.facts["gstin"], "document_type": "INV", "irp": irp}
        self._control("POST", "held", {**value, "number": number, "date": today})

    def set_validity(self, number: str, until: str) -> None:
        """Let an e-way bill end at a moment in India, as if it had set out earlier."""
        self._control("POST", "validity", {"eway_bill": number, "valid_until": until})

    def act_on_web(self, gstin: str, action: str, **request: Any) -> dict[str, Any]:
        """Do something on the website of the e-way bill system, as any taxpayer."""
        value = {"gstin": gstin, "action": action, "request": request}
        return self._control("POST", "ewb", value)["answer"]

    @property
    def eway_bills(self) -> dict[str, dict[str, Any]]:
        """The e-way bills by number, each with its movement and its Part B."""
        rows = self._control("GET", "eway_bills")["eway_bills"]
        return {str(row["number"]): row for row in rows}

    @property
    def registrations(self) -> list[dict[str, Any]]:
        return self._control("GET", "state")["registrations"]

    @property
    def irns(self) -> list[str]:
        return [registration["irn"] for registration in self.registrations]

    def calls(self, endpoint: str) -> int:
        """Return how often a service was called."""
        return self._control("GET", "state")["calls"].get(endpoint, 0)

    @property
    def all_calls(self) -> int:
        return sum(self._control("GET", "state")["calls"].values())

    def forget_load(self) -> None:
        """Measure the load from now on."""
        self._control("DELETE", "load")

    def most_at_once(self, gstin: str = "") -> int:
        """Return the most calls of a GSTIN that were under way at a time."""
        most = self._control("GET", "state")["most_at_once"]
        return most.get(gstin or self.facts["gstin"], 0)

    def most_per_minute(self, gstin: str = "") -> int:
        """Return the most calls of a GSTIN that began within any minute."""
        most = self._control("GET", "state")["most_per_minute"]
        return most.get(gstin or self.facts["gstin"], 0)

    def other_client(self, clock) -> IrpClient:
        """Return a client of the same taxpayer that Odoo does not know about."""
        account = Account(
            self.facts["gstin"],
            self.facts["username"],
            self.facts["password"],
            self.facts["client_id"],
            self.facts["client_secret"],
            load_auth_key(self.auth_key),
        )
        return IrpClient(
            account,
            RequestsTransport(),
            base_url=self.base_url,
            environment=ENVIRONMENTS["sandbox"],
            clock=clock,
        )

    def _control(self, method: str, path: str, value: Any = None) -> dict[str, Any]:
        answer = requests.request(
            method, f"{self._host_url}/_sandbox/{path}", json=value, timeout=SECONDS
        )
        answer.raise_for_status()
        return answer.json()


@contextmanager
def served_portal(
    gstin: str, username: str, password: str, *options: str
) -> Iterator[Portal]:
    """Serve the addon's portal for one taxpayer, on a free port.

    :param options: of the portal's command line.
    """
    user = f"{gstin}:{username}:{password}"
    command = [str(ADDON / "sandbox"), "--port", "0", "--json", "--user", user]
    command += options
    with _running(command) as portal:
        yield portal


@contextmanager
def dialect_portal(gstin: str, settings: dict[str, Any]) -> Iterator[Portal]:
    """Serve a portal that answers in another dialect.

    :param settings: members of ``sandbox.Dialect``.
    """
    with _running([str(DIALECT_PORTAL), gstin, json.dumps(settings)]) as portal:
        yield portal


@contextmanager
def _running(command: list[str]) -> Iterator[Portal]:
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline()
        assert line, f"the portal exited with {process.wait()}"
        yield Portal(json.loads(line), process.pid)
    finally:
        process.terminate()
        process.wait(SECONDS)
        process.stdout.close()


def closed_port_url() -> str:
    """Return an address on this machine where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"
