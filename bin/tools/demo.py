"""Run Odoo on the demo database, and post and list the demo company's invoices.

One demo runs at a time without a portal, and one with each portal.
"""

import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
from processes.odoo_client import connect_company
from processes.odoo_process import free_port, running_server
from processes.portal import served_portal
from sandbox import DIALECTS

from odoo import SUPERUSER_ID, api, models
from odoo.modules.registry import Registry
from odoo.tools import config

from . import engines, ewaybills
from .base import ADDON, LOCAL, die, say, setting_up
from .databases import template

# opens in the Invoicing app, with its menu bar
PAGE = "/odoo/customer-invoices"
# the first of the preferred ports of served portals
PORT = 8801
# the scheduled action still processes these
UNSETTLED = {False, "to_register", "sending", "unknown"}
SECONDS = 180
COLUMNS = ["name", "type_name", "l10n_in_gst_treatment", "l10n_in_state_id/name"]
COLUMNS += ["l10n_in_irp_status", "l10n_in_irp_ack_number", "l10n_in_irp_ack_date"]
COLUMNS += ["l10n_in_irp_signature_state", "l10n_in_irp_irn"]
TITLES = ("Invoice", "Type", "GST Treatment", "Place of Supply", "e-Invoice Status")
TITLES += ("Ack No.", "Ack Date", "Signature", "IRN", "PDF")
# why an invoice is not registered
NOTES = ("reason", "error", "advice")


def show(
    *, once: bool, reset: bool, portal: str | None = None, engine: str | None = None
) -> int:
    """Start the demo and list its invoices; serve until Ctrl-C unless ``once``.

    :param portal: the portal to serve beside Odoo; None for the one inside Odoo.
    :param engine: ``queue_job`` to register by its jobs; None for scheduled actions.
    :return: 0 if ``once`` and all applicable invoices are registered.
    """
    sys.stdout.reconfigure(line_buffering=True)
    # stop the server on SIGTERM as on Ctrl-C
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    kind = "_".join(filter(None, ["demo", portal, engine])).replace("-", "_")
    _exit_if_running(kind)
    place = template(kind, reset=reset)
    if engine:
        place = engines.install(place)
    folder = LOCAL / "demo" / place.name
    if reset:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "odoo.log"
    say("Starting Odoo ...")
    with ExitStack() as stack:
        with setting_up():
            _exit_if_running(kind)
            config.parse_config(["--log-level=warn"], setup_logging=True)
            registry = Registry(place.name)
            running = running_server(place, port=8069, log=log.open("w+"))
            try:
                if portal:
                    stack.enter_context(_served(registry, portal, folder / "portal"))
                server, url = stack.enter_context(running)
            except AssertionError as error:
                die(f"{error}\nFull log: {log}")
            if engine:
                engines.wait(place)
        _post(registry, url)
        _wait(registry, "jobs" if engine else "the scheduled action")
        status = _report(registry, folder)
        if not (portal or engine or status):
            _move_goods(registry)
        print(f"\nOdoo: {url}{PAGE}   login: admin   password: admin")
        if once:
            return status
        say(f"Press Ctrl-C to stop. Log: {log}")
        return server.wait()


def _exit_if_running(kind: str) -> None:
    """Exit if a demo of a kind is running, or Odoo or the portal of a killed one."""
    local, place = re.escape(str(LOCAL)), rf"irp\w*_{kind}_[0-9a-f]+"
    server = rf"--config {local}/odoo\S*.conf --database {place} .*--http-port=(\d+)"
    portal = rf"--port (\d+) --data {local}/demo/{place}/portal$"
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        if found := re.search(f"{server}|{portal}", line):
            at = f"process {process.pid} at http://127.0.0.1:{found[1] or found[2]}"
            die(f"bin/demo is running already: {at}")


@contextmanager
def _served(registry: Registry, portal: str, folder: Path) -> Iterator[None]:
    """Serve a portal with its data in ``folder``, and connect the company to it."""
    with _invoices(registry) as moves:
        gstin = moves.env.company.vat
    # registrations name the address: the same one at each start
    port = free_port(PORT + list(DIALECTS).index(portal))
    options = ["--portal", portal, "--port", str(port), "--data", str(folder)]
    with served_portal(gstin, "demo", "demo-password", "--samples", *options) as served:
        with _invoices(registry) as moves:
            connect_company(moves.env.company, served)
        print(f"Portal: {served.profile.title}, served at {served.base_url}")
        yield


@contextmanager
def _invoices(registry: Registry) -> Iterator[models.Model]:
    """Yield the demo company's invoices in a new transaction.

    Credit notes come after the invoices they correct.
    """
    with registry.cursor() as cr:
        context = {"lang": "en_US", "tz": "Asia/Kolkata", "import_compat": False}
        env = api.Environment(cr, SUPERUSER_ID, context)
        company = env.ref(f"{ADDON}.demo_company")
        moves = env["account.move"].with_context(allowed_company_ids=company.ids)
        own = [("company_id", "=", company.id), ("state", "in", ["draft", "posted"])]
        yield moves.search(own, order="invoice_date, move_type, id")


def _post(registry: Registry, url: str) -> None:
    with _invoices(registry) as moves:
        moves.env.ref("base.user_admin").company_id = moves.env.company
        # wkhtmltopdf loads styles from the server
        for name in ("report.url", "web.base.url"):
            moves.env["ir.config_parameter"].set_param(name, url)
        # process an existing queue now, not at the next full minute
        moves.env["ir.cron"]._notifydb()
        drafts = moves.filtered(lambda move: move.state == "draft")
        drafts.action_post()
        print(f"Posted {len(drafts)} draft invoices of the demo company")


def _wait(registry: Registry, engine: str) -> None:
    """Wait until the engine has finished, at most ``SECONDS``."""
    deadline = time.monotonic() + SECONDS
    shown = None
    while time.monotonic() < deadline:
        with _invoices(registry) as moves:
            applicable = moves.filtered("l10n_in_irp_applicable")
            states = applicable.mapped("l10n_in_irp_state")
        progress = f"{states.count('registered')} of {len(states)}"
        if progress != shown:
            print(f"Registered by {engine}: {progress}")
            shown = progress
        if UNSETTLED.isdisjoint(states):
            return
        time.sleep(0.5)
    print(f"Not finished by {engine} within {SECONDS} seconds.")


def _move_goods(registry: Registry) -> None:
    """Make the e-way bills, as the administrator."""
    with _invoices(registry) as moves:
        admin = moves.env.ref("base.user_admin")
        count = ewaybills.make(moves.with_user(admin).env)
        print(f"\n{count} e-way bills: e-Invoicing (India) / e-Way Bills")


def _report(registry: Registry, folder: Path) -> int:
    """Print the invoices as a table and as PDF; return 0 if all are registered."""
    print("\nPrinting the invoices ...\n")
    with _invoices(registry) as moves:
        table = [TITLES]
        rows = moves.export_data(COLUMNS)["datas"]
        for move, cells in zip(moves, rows, strict=True):
            table.append([*map(str, cells), _print_pdf(move, folder)])
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for row in table:
            print("  ".join(map(str.ljust, row, widths)).rstrip())
        others = moves.filtered(lambda move: move.l10n_in_irp_state != "registered")
        for move in others:
            notes = [move[f"l10n_in_irp_{name}"] for name in NOTES]
            print(f"\n{move.name}: {' '.join(filter(None, notes))}")
        return 1 if any(others.mapped("l10n_in_irp_applicable")) else 0


def _print_pdf(move, folder: Path) -> str:
    """Print an invoice unless its PDF exists; return the path."""
    path = folder / f"{move.name.replace('/', '-')}.pdf"
    if not path.exists():
        report = move.env["ir.actions.report"]
        # render the current state, without creating an attachment
        report = report.with_context(report_pdf_no_attachment=True)
        content, _kind = report._render_qweb_pdf("account.account_invoices", move.ids)
        path.write_bytes(content)
    return os.path.relpath(path)
