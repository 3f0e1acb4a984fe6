"""Post the demo company's invoices in a running Odoo, and list the result.

Wait until the scheduled action has registered them, and print them as PDF.
"""

import os
import shutil
import sys
import time
from contextlib import contextmanager
from datetime import timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from .base import ADDON

# the scheduled action still processes these
UNSETTLED = (False, "to_register", "sending", "unknown")
SECONDS = 180
INDIA = ZoneInfo("Asia/Kolkata")
TITLES = ("Invoice", "Kind", "IRN", "Ack no.", "Ack date", "Signature", "PDF")


def show(name: str, url: str, folder: Path) -> int:
    """Post, wait, print and list; return 0 if all applicable invoices are registered.

    :param name: the database
    :param url: the address of the running server
    :param folder: where to put the PDF files
    """
    config.parse_config(["--log-level=warn"], setup_logging=True)
    registry = Registry(name)
    with opened(registry) as company:
        prepare(company, url)
        drafts = moves(company, "draft").ids
    for draft in drafts:
        with opened(registry) as company:
            company.env["account.move"].browse(draft).action_post()
    say(f"Posted {len(drafts)} draft invoices of the demo company")
    wait(registry)
    say("\nPrinting the invoices ...\n")
    folder.mkdir(parents=True, exist_ok=True)
    with opened(registry) as company:
        table([TITLES, *(row(move, folder) for move in moves(company, "posted"))])
        failed = [move for move in applicable(company) if not is_registered(move)]
        for move in failed:
            say(f"\n{move.name}: {move.l10n_in_irp_error} {move.l10n_in_irp_advice}")
    return 1 if failed else 0


def say(text):
    """Print a line to stdout."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def opened(registry):
    """Open the demo company in a new transaction, which sees the server's commits."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
        company = env.ref(f"{ADDON}.demo_company")
        yield company.with_context(allowed_company_ids=company.ids)


def prepare(company, url):
    """Make wkhtmltopdf load styles from the server; log the admin into the company."""
    company.env.ref("base.user_admin").company_id = company
    for name in ("report.url", "web.base.url"):
        company.env["ir.config_parameter"].set_param(name, url)
    # process an existing queue now, not at the next full minute
    company.env["ir.cron"]._notifydb()


def moves(company, state):
    """Return the invoices in a state, credit notes after the invoices they correct."""
    return company.env["account.move"].search(
        [("company_id", "=", company.id), ("state", "=", state)],
        order="invoice_date, move_type, id",
    )


def applicable(company):
    """Return the posted invoices that must be registered."""
    return moves(company, "posted").filtered("l10n_in_irp_applicable")


def is_registered(move):
    """Return whether an invoice is registered and not cancelled."""
    return move.l10n_in_irp_state == "registered"


def wait(registry):
    """Wait until the scheduled action has finished, at most ``SECONDS``."""
    deadline = time.monotonic() + SECONDS
    shown = None
    while time.monotonic() < deadline:
        with opened(registry) as company:
            states = applicable(company).mapped("l10n_in_irp_state")
        progress = f"{states.count('registered')} of {len(states)}"
        if progress != shown:
            say(f"Registered by the scheduled action: {progress}")
            shown = progress
        if not set(states).intersection(UNSETTLED):
            return
        time.sleep(0.5)
    say(f"The scheduled action did not finish within {SECONDS} seconds.")


def row(move, folder):
    """Return the cells of an invoice's row in the table, and print its PDF."""
    if not move.l10n_in_irp_applicable:
        irn, report = move.l10n_in_irp_reason, ["-", "-", "-", print_pdf(move, folder)]
    elif not is_registered(move):
        irn, report = f"NOT REGISTERED ({move.l10n_in_irp_state})", ["-"] * 4
    else:
        # in IST, as on the printed invoice; Odoo stores UTC
        utc = move.l10n_in_irp_ack_date.replace(tzinfo=timezone.utc)
        date = f"{utc.astimezone(INDIA):%d-%m-%Y %H:%M}"
        report = [move.l10n_in_irp_ack_number, date, move.l10n_in_irp_signature_state]
        irn, report = move.l10n_in_irp_irn, [*report, print_pdf(move, folder)]
    return (move.name, kind(move), irn, *report)


def kind(move):
    """Return, for example, "credit note, inter-state, Special Economic Zone"."""
    document = "credit note" if move.move_type == "out_refund" else "invoice"
    if "debit_origin_id" in move and move.debit_origin_id:
        document = "debit note"
    inside = move.l10n_in_state_id == move.company_id.state_id
    field = move._fields["l10n_in_gst_treatment"]
    labels = dict(field._description_selection(move.env))
    place = "intra-state" if inside else "inter-state"
    return f"{document}, {place}, {labels.get(move.l10n_in_gst_treatment, '-')}"


def print_pdf(move, folder):
    """Print an invoice unless its PDF exists; return the path."""
    path = folder / f"{move.name.replace('/', '-')}.pdf"
    if not path.exists():
        report = move.env["ir.actions.report"]
        # render the current state, without creating an attachment
        report = report.with_context(report_pdf_no_attachment=True)
        content, _kind = report._render_qweb_pdf("account.account_invoices", move.ids)
        path.write_bytes(content)
    return os.path.relpath(path)


def table(rows):
    """Print a table; shorten the IRNs if the terminal is too narrow."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    excess = sum(widths) + 2 * len(widths) - shutil.get_terminal_size((300, 24)).columns
    limit = widths[2] = max(24, widths[2] - max(0, excess))
    for one, two, irn, *others in rows:
        irn = irn if len(irn) <= limit else f"{irn[: limit - 9]}…{irn[-8:]}"
        cells = zip((one, two, irn, *others), widths, strict=True)
        say("  ".join(cell.ljust(width) for cell, width in cells).rstrip())
