"""Run Odoo's server on the demo database, one at a time."""

import re
import shutil
import signal
import sys
from contextlib import ExitStack

import psutil
from processes.odoo_process import running_server

from . import demo_invoices
from .base import LOCAL, die, say, setting_up
from .databases import template
from .odoo import CONFIG

LOG = LOCAL / "odoo-demo.log"
# opens in the Invoicing app, with its menu bar
PAGE = "/odoo/customer-invoices"
SERVER = (
    rf"--config {re.escape(str(CONFIG))} --database irp\w*_demo_.*--http-port=(\d+)"
)


def show(*, once: bool, reset: bool) -> int:
    """Start the demo and list its invoices; serve until Ctrl-C unless ``once``."""
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
        status = demo_invoices.show(place.name, url, folder)
        sys.stdout.write(f"\nOdoo: {url}{PAGE}   login: admin   password: admin\n")
        sys.stdout.flush()
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
