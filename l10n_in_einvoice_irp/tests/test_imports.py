import subprocess
import sys

from odoo.tests import BaseCase, tagged

import odoo.addons

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
name = "odoo.addons.l10n_in_einvoice_irp"
package = importlib.import_module(name)
for module in pkgutil.walk_packages(package.__path__, f"{name}."):
    if ".tests" not in module.name and not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(sum(module.startswith(name) for module in sys.modules))
"""


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImports(BaseCase):
    def test_nothing_is_fetched_at_import(self):
        paths = ":".join(odoo.addons.__path__)
        code = [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}\n{CODE}"]
        run = subprocess.run(
            [*code, paths], capture_output=True, text=True, check=False
        )
        self.assertEqual(run.returncode, 0, run.stderr[-2000:])
        self.assertGreater(int(run.stdout), 150)
