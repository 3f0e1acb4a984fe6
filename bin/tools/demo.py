"""Run Odoo on the demo database, and post and list the demo company's invoices.

One demo runs at a time.
"""

import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
from processes.odoo_process import running_server

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from .base import ADDON, LOCAL, die, say, setting_up
from .databases import template
from .odoo import CONFIG

LOG = LOCAL / "odoo-demo.log"
# opens in the Invoicing app, with its menu bar
PAGE = "/odoo/customer-invoices"
SERVER = (
    rf"--config {re.escape(str(CONFIG))} --database irp\w*_demo_.*--http-port=(\d+)"
)
# the scheduled action still processes these
UNSETTLED = {False, "to_register", "sending", "unknown"}
SECONDS = 180
# title of a column -> the field that it shows
COLUMNS = {
    "Invoice": "name",
    "Type": "type_name",
    "GST Treatment": "l10n_in_gst_treatment",
    "Place of Supply": "l10n_in_state_id/name",
    "Status": "l10n_in_irp_status",
    "Ack No.": "l10n_in_irp_ack_number",
    "Ack Date": "l10n_in_irp_ack_date",
    "Signature": "l10n_in_irp_signature_state",
    "IRN": "l10n_in_irp_irn",
}


def show(*, once: bool, reset: bool) -> int:
    """Start the demo and list its invoices; serve until Ctrl-C unless ``once``.

    Return 0 if ``once`` and all applicable invoices are registered.
    """
    # stop the server on SIGTERM as on Ctrl-C
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _exit_if_running()
    place = template("demo", reset=reset)
    folder = LOCAL / "demo" / place.name
    if reset:
        shutil.rmtree(folder, ignore_errors=True)
    say("Starting Odoo ...")
    with ExitStack() as stack:
        with setting_up():
            _exit_if_running()
            running = running_server(place, port=8069, log=LOG.open("w+"))
            try:
                server, url = stack.enter_context(running)
            except AssertionError as error:
                die(f"{error}\nFull log: {LOG}")
        config.parse_config(["--log-level=warn"], setup_logging=True)
        registry = Registry(place.name)
        _post(registry, url)
        _wait(registry)
        status = _report(registry, folder)
        _print(f"\nOdoo: {url}{PAGE}   login: admin   password: admin")
        if once:
            return status
        say(f"Press Ctrl-C to stop. Log: {LOG}")
        return server.wait()


def _exit_if_running() -> None:
    """Exit if a demo is running, or the server of a demo that was killed."""
    for process in psutil.process_iter(["cmdline"]):
        found = re.search(SERVER, " ".join(process.info["cmdline"] or []))
        if found:
            at = f"process {process.pid} at http://127.0.0.1:{found[1]}"
            die(f"bin/demo is running already: {at}")


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201


@contextmanager
def _invoices(registry: Registry) -> Iterator[api.Environment]:
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
    """Post the drafts, each in its own transaction."""
    with _invoices(registry) as moves:
        moves.env.ref("base.user_admin").company_id = moves.env.company
        # wkhtmltopdf loads styles from the server
        for name in ("report.url", "web.base.url"):
            moves.env["ir.config_parameter"].set_param(name, url)
        # process an existing queue now, not at the next full minute
        moves.env["ir.cron"]._notifydb()
        drafts = moves.filtered(lambda move: move.state == "draft").ids
    for draft in drafts:
        with _invoices(registry) as moves:
            moves.browse(draft).action_post()
    _print(f"Posted {len(drafts)} draft invoices of the demo company")


def _wait(registry: Registry) -> None:
    """Wait until the scheduled action has finished, at most ``SECONDS``."""
    deadline = time.monotonic() + SECONDS
    shown = None
    while time.monotonic() < deadline:
        with _invoices(registry) as moves:
            applicable = moves.filtered("l10n_in_irp_applicable")
            states = applicable.mapped("l10n_in_irp_state")
        progress = f"{states.count('registered')} of {len(states)}"
        if progress != shown:
            _print(f"Registered by the scheduled action: {progress}")
            shown = progress
        if UNSETTLED.isdisjoint(states):
            return
        time.sleep(0.5)
    _print(f"The scheduled action did not finish within {SECONDS} seconds.")


def _report(registry: Registry, folder: Path) -> int:
    """Print the invoices as a table and as PDF; return 0 if all are registered."""
    _print("\nPrinting the invoices ...\n")
    folder.mkdir(parents=True, exist_ok=True)
    with _invoices(registry) as moves:
        table = [[*COLUMNS, "PDF"]]
        rows = moves.export_data(list(COLUMNS.values()))["datas"]
        for move, cells in zip(moves, rows, strict=True):
            table.append([*map(str, cells), _print_pdf(move, folder)])
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for row in table:
            _print("  ".join(map(str.ljust, row, widths)).rstrip())
        others = moves.filtered(lambda move: move.l10n_in_irp_state != "registered")
        for move in others:
            why = (
                move.l10n_in_irp_reason,
                move.l10n_in_irp_error,
                move.l10n_in_irp_advice,
            )
            _print(f"\n{move.name}: {' '.join(filter(None, why))}")
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
