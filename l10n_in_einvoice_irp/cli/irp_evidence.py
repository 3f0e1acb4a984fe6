"""``odoo irp_evidence -d DATABASE``: find what was changed in sealed evidence."""

import sys

from odoo import SUPERUSER_ID, api
from odoo.cli.command import Command
from odoo.modules.registry import Registry
from odoo.tools import config

BROKEN = 1
NOT_INSTALLED = 2


class IrpEvidence(Command):
    """Compare the evidence of e-Invoices with its seals.

    Prints company, day and record of each break, and the last seal of each chain, to be
    noted outside Odoo. Exits with 1 if something was changed, deleted or added.
    """

    name = "irp_evidence"

    def run(self, cmdargs):
        self.parser.add_argument("-c", "--config", help="configuration file")
        self.parser.add_argument("-d", "--database", help="name of the database")
        arguments = self.parser.parse_args(cmdargs)
        options = ["--no-http", "--log-level=warn"]
        options += ["-c", arguments.config] if arguments.config else []
        options += ["-d", arguments.database] if arguments.database else []
        config.parse_config(options, setup_logging=True)
        names = config["db_name"]
        if len(names) != 1:
            self.parser.error("name one database with -d")
        with Registry(names[0]).cursor() as cr:
            sys.exit(self._check(api.Environment(cr, SUPERUSER_ID, {})))

    def _check(self, env):
        if "l10n_in.irp.seal" not in env:
            self._say("l10n_in_einvoice_irp is not installed in this database")
            return NOT_INSTALLED
        # only now can Odoo import addons
        from odoo.addons.l10n_in_einvoice_irp.models.evidence import verification

        faults = list(verification.verify(env))
        for fault in faults:
            self._say(f"BROKEN: {fault.text}")
        for seal in verification.heads(env):
            text = f"{seal.company_id.name}, {seal.kind}, {seal.day}: {seal.seal_hash}"
            self._say(f"Last seal: {text}")
        self._say(f"{len(faults)} breaks" if faults else "Intact")
        return BROKEN if faults else 0

    @staticmethod
    def _say(text):
        sys.stdout.write(f"{text}\n")
