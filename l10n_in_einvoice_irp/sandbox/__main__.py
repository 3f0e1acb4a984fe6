"""``python l10n_in_einvoice_irp/sandbox``: serve a local portal.

Only this module uses both portal and client: the published rules and the schema exist
once, in ``irp``, and the portal receives them as a function.
"""

import sys
from pathlib import Path


def main() -> None:
    """Add the addon's folder to the path and run the command."""
    here = Path(__file__).resolve().parent
    # started with a folder's name, Python puts that folder first in sys.path
    sys.path[:] = [name for name in sys.path if Path(name or ".").resolve() != here]
    sys.path.insert(0, str(here.parent))
    try:
        from irp.rules import portal_check
        from sandbox.server.command import run
    except ModuleNotFoundError as err:
        sys.exit(f"The Python package {err.name!r} is missing; see requirements.txt")
    run(check=portal_check)


if __name__ == "__main__":
    main()
