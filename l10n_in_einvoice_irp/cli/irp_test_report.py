"""``odoo irp_test_report``: the test report that NIC and IRIS ask for."""

import sys
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.cli.command import Command
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config

NOT_POSSIBLE = 3


class IrpTestReport(Command):
    """Make the test report for production access: calls of every API in the sandbox.

    Makes good and bad calls of each service with the credential for the Sandbox, with
    generated documents, and writes them as a sheet. Run it again to continue a run
    that was stopped. Exits with 0 if all is as expected, with 1 if not, with 2 if it
    was stopped, and with 3 if nothing can be called.
    """

    name = "irp_test_report"

    def run(self, cmdargs):
        self._add_options()
        arguments = self.parser.parse_args(cmdargs)
        if arguments.output.suffix.lower() not in (".xlsx", ".csv"):
            self.parser.error("the name of --output has to end in .xlsx or .csv")
        if not arguments.output.absolute().parent.is_dir():
            self.parser.error(f"there is no folder {arguments.output.parent}")
        options = ["--no-http", "--log-level=warn"]
        options += ["-c", arguments.config] if arguments.config else []
        options += ["-d", arguments.database] if arguments.database else []
        config.parse_config(options, setup_logging=True)
        names = config["db_name"]
        if len(names) != 1:
            self.parser.error("name one database with -d")
        with Registry(names[0]).cursor() as cr:
            sys.exit(self._report(api.Environment(cr, SUPERUSER_ID, {}), arguments))

    def _add_options(self):
        add = self.parser.add_argument
        add("-c", "--config", help="configuration file")
        add("-d", "--database", help="name of the database")
        add("--output", required=True, type=Path, help="file to write: .xlsx or .csv")
        add("--company", default="", help="name of the company")
        add("--credential", type=int, default=0, help="ID of the IRP credential")
        add("--calls", type=_positive, help="good, and bad, per service (50)")
        add("--services", default="", help="only these, as generate_irn,cancel_irn")
        add("--buyer", action="append", default=[], help="GSTIN known to the sandbox")
        add("--sez-buyer", action="append", default=[], help="GSTIN of an SEZ unit")
        add("--per-minute", type=_positive, help="at most so many calls in a minute")
        add("--prefix", default="", help="of the numbers of the test documents")

    def _report(self, env, arguments):
        if "l10n_in.irp.credential" not in env:
            self._say("l10n_in_einvoice_irp is not installed in this database")
            return NOT_POSSIBLE
        options = {
            "calls": arguments.calls,
            "services": [
                one.strip() for one in arguments.services.split(",") if one.strip()
            ],
            "buyers": arguments.buyer,
            "sez_buyers": arguments.sez_buyer,
            "per_minute": arguments.per_minute,
            "prefix": arguments.prefix,
        }
        try:
            credential = env["l10n_in.irp.credential"]._for_test_report(
                arguments.company, arguments.credential
            )
            return credential._make_test_report(arguments.output, options, self._say)
        except UserError as error:
            self._say(str(error))
            return NOT_POSSIBLE

    @staticmethod
    def _say(text):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def _positive(text):
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
