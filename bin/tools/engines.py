"""OCA's Job Queue, which registers the demo's invoices instead of scheduled actions."""

import configparser
from typing import TYPE_CHECKING

from .base import JOBS, die, say
from .odoo import CONFIG, odoo

if TYPE_CHECKING:
    from processes.database import Database

QUEUE_JOB = CONFIG.with_name("odoo-queue_job.conf")
MODULES = ["queue_job", JOBS]
# two jobs at a time, in threads of the one process
CHANNELS = "root:2,root.irp:2"
SECONDS = 30


def install(place: "Database") -> "Database":
    """Install Job Queue with the bridge, unless it is installed.

    :return: the database with a configuration that starts the runner.
    """
    installed = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    names = {name for (name,) in place.rows(installed)}
    if not names.issuperset(MODULES):
        say("Installing Job Queue ...")
        odoo("module", "install", "--database", place.name, *MODULES)
    _write_config()
    return type(place)(str(QUEUE_JOB), place.name)


def wait(place: "Database") -> None:
    """Wait until the runner is ready; exit if it is not within ``SECONDS``."""
    from processes.hosts import runner
    from processes.waiting import wait_for

    try:
        wait_for("the runner", lambda: runner(place), SECONDS)
    except AssertionError as error:
        die(str(error))


def _write_config() -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(CONFIG)
    parser["options"]["server_wide_modules"] = "base,web,queue_job"
    parser["queue_job"] = {"channels": CHANNELS}
    with QUEUE_JOB.open("w", encoding="utf-8") as file:
        parser.write(file)
