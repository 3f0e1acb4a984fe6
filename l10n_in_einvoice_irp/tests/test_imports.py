import subprocess
import sys

from odoo.tests import BaseCase, tagged

import odoo.addons

ADDONS = (
    "l10n_in_einvoice_irp",
    "l10n_in_einvoice_irp_edi",
    "l10n_in_einvoice_irp_ewaybill",
)
# an audit hook sees each way to the network, whatever is imported
CODE = """
import importlib, pkgutil, sys

def refuse(event, arguments):
    ways = ("socket.connect", "socket.getaddrinfo", "socket.gethostby", "socket.sendto")
    if event.startswith(ways):
        raise SystemExit(f"{event} {arguments}")

import odoo.addons
odoo.addons.__path__[:] = sys.argv[1].split(":")
sys.addaudithook(refuse)
for name in sys.argv[2:]:
    package = importlib.import_module(f"odoo.addons.{name}")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".tests" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
print(sum(name.startswith("odoo.addons.l10n_in_einvoice") for name in sys.modules))
"""


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImports(BaseCase):
    def test_nothing_is_fetched_at_import(self):
        paths = ":".join(odoo.addons.__path__)
        code = [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}\n{CODE}"]
        run = subprocess.run(
            [*code, paths, *ADDONS], capture_output=True, text=True, check=False
        )
        self.assertEqual(run.returncode, 0, run.stderr[-2000:])
        self.assertGreater(int(run.stdout), 150)
