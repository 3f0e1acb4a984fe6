"""Odoo's side of ``bin/demo``, run while the Odoo server runs: posts the drafts of the
demo company, waits until the scheduled action of the server has registered them, prints
them and shows the outcome. Ends with 0 if all that must be registered is."""

import argparse
import os
import shutil
import sys
import time
from datetime import timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

ADDON = "l10n_in_einvoice_irp"
# states that the scheduled action still works on
UNSETTLED = (False, "to_register", "sending", "unknown")
POLL_SECONDS = 0.5
INDIA = ZoneInfo("Asia/Kolkata")
TITLES = ("Invoice", "Kind", "IRN", "Ack no.", "Ack date", "Signature", "PDF")
IRN_COLUMN = TITLES.index("IRN")


def say(text=""):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--url", required=True, help="of the running server")
    parser.add_argument("--folder", required=True, type=Path, help="for the PDF files")
    parser.add_argument("--timeout", type=float, default=180.0, help="seconds")
    return parser.parse_args()


class Demo:
    """The demo company's invoices, each look at them in a transaction of its own: what
    the server commits meanwhile must be seen."""

    def __init__(self, registry):
        self.registry = registry

    def __enter__(self):
        self.cr = self.registry.cursor()
        env = api.Environment(self.cr, SUPERUSER_ID, {})
        company = env.ref(f"{ADDON}.demo_company")
        self.env = env(context={"allowed_company_ids": company.ids, "lang": "en_US"})
        self.company = company.with_env(self.env)
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            self.cr.commit()
        self.cr.close()

    def moves(self, *states):
        """Customer documents in one of the ``states``; a credit note comes after the
        invoice that it corrects."""
        return self.env["account.move"].search(
            [("company_id", "=", self.company.id), ("state", "in", states)],
            order="invoice_date, move_type, id",
        )

    def applicable(self):
        return self.moves("posted").filtered("l10n_in_irp_applicable")

    def wake_scheduler(self):
        """What waits from an earlier start must not wait for the next full minute."""
        self.env["ir.cron"]._notifydb()


def prepare(registry, url):
    """wkhtmltopdf fetches the styles of a report from the running server, and who logs
    in comes to the demo company at once."""
    with Demo(registry) as demo:
        demo.env.ref("base.user_admin").company_id = demo.company
        parameters = demo.env["ir.config_parameter"]
        parameters.set_param("report.url", url)
        parameters.set_param("web.base.url", url)


def post(registry):
    """Post the drafts, each in a transaction of its own. Returns how many."""
    with Demo(registry) as demo:
        drafts = demo.moves("draft").ids
    for draft in drafts:
        with Demo(registry) as demo:
            demo.env["account.move"].browse(draft).action_post()
    return len(drafts)


def progress(registry):
    """(number of applicable invoices, those registered, those still worked on)."""
    with Demo(registry) as demo:
        states = demo.applicable().mapped("l10n_in_irp_state")
        unsettled = [state for state in states if state in UNSETTLED]
        return len(states), states.count("registered"), len(unsettled)


def wait(registry, timeout):
    """Until nothing is left to do, or ``timeout`` seconds have passed."""
    with Demo(registry) as demo:
        demo.wake_scheduler()
    deadline = time.monotonic() + timeout
    shown = None
    while time.monotonic() < deadline:
        total, registered, unsettled = progress(registry)
        if (total, registered) != shown:
            shown = (total, registered)
            say(f"Registered by the scheduled action: {registered} of {total}")
        if not unsettled:
            return
        time.sleep(POLL_SECONDS)
    say(f"After {timeout:.0f} s the scheduled action has not dealt with all of them.")


def print_pdf(move, folder):
    """The path of the printed invoice; what is printed already stays."""
    path = folder / f"{move.name.replace('/', '-')}.pdf"
    if not path.exists():
        report = move.env["ir.actions.report"]
        # as it looks now, and without leaving an attachment
        report = report.with_context(report_pdf_no_attachment=True)
        content, _kind = report._render_qweb_pdf("account.account_invoices", move.ids)
        partial = path.with_suffix(".part")
        partial.write_bytes(content)
        partial.replace(path)
    return path


def kind(move):
    """For example "credit note, inter-state, Special Economic Zone"."""
    document = {"out_invoice": "invoice", "out_refund": "credit note"}.get(
        move.move_type, move.move_type
    )
    if "debit_origin_id" in move and move.debit_origin_id:
        document = "debit note"
    labels = dict(
        move._fields["l10n_in_gst_treatment"]._description_selection(move.env)
    )
    inside = move.l10n_in_state_id == move.company_id.state_id
    place = "intra-state" if inside else "inter-state"
    return ", ".join((document, place, labels.get(move.l10n_in_gst_treatment, "-")))


def indian_time(moment):
    """As the portal and the printed invoice give it; Odoo stores UTC."""
    aware = moment.replace(tzinfo=timezone.utc)
    return f"{aware.astimezone(INDIA):%d-%m-%Y %H:%M}"


def row(move, folder):
    pdf = "-"
    if not move.l10n_in_irp_applicable or move.l10n_in_irp_state == "registered":
        pdf = os.path.relpath(print_pdf(move, folder))
    if not move.l10n_in_irp_applicable:
        return (move.name, kind(move), move.l10n_in_irp_reason, "-", "-", "-", pdf)
    if move.l10n_in_irp_state != "registered":
        trouble = f"NOT REGISTERED ({move.l10n_in_irp_state or 'no state'})"
        return (move.name, kind(move), trouble, "-", "-", "-", pdf)
    return (
        move.name,
        kind(move),
        move.l10n_in_irp_irn,
        move.l10n_in_irp_ack_number,
        indian_time(move.l10n_in_irp_ack_date),
        move.l10n_in_irp_signature_state,
        pdf,
    )


def shorten(irn, width):
    return irn if len(irn) <= width else f"{irn[: width - 9]}…{irn[-8:]}"


def show(rows):
    """A table; a terminal that is too narrow gets shortened IRNs."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    excess = sum(widths) + 2 * len(widths) - shutil.get_terminal_size((240, 24)).columns
    widths[IRN_COLUMN] = max(24, widths[IRN_COLUMN] - max(0, excess))
    for cells in rows:
        cells = list(cells)
        cells[IRN_COLUMN] = shorten(cells[IRN_COLUMN], widths[IRN_COLUMN])
        line = zip(cells, widths, strict=True)
        say("  ".join(cell.ljust(width) for cell, width in line).rstrip())


def report(registry, folder):
    """Print and show every posted invoice. Returns those that should be registered
    and are not, with what the accountant is told about each."""
    folder.mkdir(parents=True, exist_ok=True)
    with Demo(registry) as demo:
        say("\nPrinting the invoices ...\n")
        show([TITLES, *(row(move, folder) for move in demo.moves("posted"))])
        return [
            f"{move.name}: {move.l10n_in_irp_error or move.l10n_in_irp_state}"
            f" {move.l10n_in_irp_advice or ''}".rstrip()
            for move in demo.applicable()
            if move.l10n_in_irp_state != "registered"
        ]


def main():
    options = parse_arguments()
    config.parse_config(
        ["--config", options.config, "--log-level=warn"], setup_logging=True
    )
    registry = Registry(options.database)
    prepare(registry, options.url)
    say(f"Posted {post(registry)} draft invoices of the demo company")
    wait(registry, options.timeout)
    failures = report(registry, options.folder)
    if failures:
        say("\nNot registered:")
        say("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
