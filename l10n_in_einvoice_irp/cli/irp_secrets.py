"""``odoo irp_secrets``: the keys that encrypt the secrets of IRP credentials.

Odoo loads this file alone, before and without the addon: see `odoo.cli.command`.
"""

import sys

from cryptography.fernet import Fernet

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config

NEW_KEY = """\
Enter the key above in the odoo.conf of every host of this installation:
    irp_secret_keys = KEY
or in the environment variable IRP_SECRET_KEYS. To replace a key, put the new one first:
    irp_secret_keys = NEW_KEY, OLD_KEY
Then restart Odoo and run 'odoo irp_secrets rotate -d DATABASE'. Store the key in a
safe place, apart from the backups of the database.
"""


class IrpSecrets(Command):
    """Make and rotate the keys that encrypt the secrets of IRP credentials."""

    name = "irp_secrets"

    def run(self, cmdargs):
        parser = self.parser
        actions = parser.add_subparsers(required=True)
        new_key = actions.add_parser("new_key", help="print a new key")
        new_key.set_defaults(action=self._new_key)
        rotate = actions.add_parser(
            "rotate",
            help="encrypt all secrets of a database with the first key",
        )
        rotate.add_argument("-c", "--config", help="Odoo's configuration file")
        rotate.add_argument("-d", "--database", required=True)
        rotate.set_defaults(action=self._rotate)
        arguments = parser.parse_args(cmdargs)
        return arguments.action(arguments)

    def _new_key(self, _arguments):
        sys.stdout.write(f"{Fernet.generate_key().decode()}\n")
        sys.stderr.write(NEW_KEY)

    def _rotate(self, arguments):
        options = ["--database", arguments.database, "--no-http"]
        if arguments.config:
            options += ["--config", arguments.config]
        config.parse_config(options, setup_logging=True)
        with Registry(arguments.database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            credentials = env["l10n_in.irp.credential"]
            lost = credentials._rotate_secrets()
        for text in lost:
            sys.stderr.write(f"{text}\n")
        if lost:
            sys.exit(1)
        sys.stdout.write("All secrets are encrypted with the first key.\n")
