"""Serves a portal that answers in another dialect.

``python dialect_portal.py GSTIN JSON``: JSON has members of ``sandbox.Dialect``. Prints
the same as ``python l10n_in_einvoice_irp/sandbox --json`` and serves until SIGTERM.
"""

import json
import signal
import sys
import tempfile
from pathlib import Path

ADDON = Path(__file__).resolve().parents[2] / "l10n_in_einvoice_irp"


def main() -> None:
    sys.path.insert(0, str(ADDON))
    gstin, dialect = sys.argv[1], json.loads(sys.argv[2])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="irp-") as folder:
        serve_portal(Path(folder), gstin, dialect)


def serve_portal(folder: Path, gstin: str, dialect: dict) -> None:
    from irp.rules import portal_check
    from sandbox import Dialect, Portal, Settings, Store, create_app, serve

    user = {
        "gstin": gstin,
        "username": "dialect_user",
        "password": "dialect-password",
        "client_id": "DIALECT",
        "client_secret": "dialect-secret",
    }
    place = Portal(
        Store(folder / "portal.sqlite3"),
        check=portal_check,
        settings=Settings(dialect=Dialect(**dialect)),
    )
    place.add_user(**user)
    listening = serve(create_app(place), "127.0.0.1", 0)
    files = {
        "auth_public_key": place.auth_public_key,
        "signing_certificate": place.signing_certificate,
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    facts = {name: str(folder / name) for name in files}
    facts["base_url"] = f"http://127.0.0.1:{listening.port}"
    sys.stdout.write(json.dumps({**user, **facts}) + "\n")
    sys.stdout.flush()
    listening.serve_forever()


if __name__ == "__main__":
    main()
