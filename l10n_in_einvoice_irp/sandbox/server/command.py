"""Serve a portal from the command line: ``python l10n_in_einvoice_irp/sandbox``."""

import argparse
import json
import secrets
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import Any, NoReturn

from ..dialects import DIALECTS, PortalDialect
from ..portal.portal import Check, EwayBillCheck, Portal
from ..portal.samples import enter_samples
from ..portal.taxpayers import entry_of
from ..store.records import TaxpayerEntry, User
from ..store.store import Store
from ..wire.dates import utc_now
from ..wire.sealing import SEALINGS
from ..wire.settings import Dialect
from .app import create_app
from .faults import Fault, Faults, from_text
from .server import serve

# PANs of this format are not issued, so the GSTIN belongs to no taxpayer
DEFAULT_GSTIN = "29AAAAA0000A1ZY"
DEFAULT_USERNAME = "sandbox_user"
_TITLES = {
    "base_url": "Address",
    "gstin": "GSTIN",
    "username": "User name",
    "password": "Password",
    "client_id": "Client id",
    "client_secret": "Client secret",
    "auth_public_key": "Auth public key",
    "signing_certificate": "Signing certificate",
}
_IS = {"true": True, "false": False}
# the switches of a dialect that are a word, a number, or yes or no
_SWITCHES = {
    one.name: type(one.default)
    for one in fields(Dialect)
    if type(one.default) in (str, int, bool)
}


def run(
    arguments: Sequence[str] | None = None,
    *,
    check: Check | None = None,
    ewb_check: EwayBillCheck | None = None,
) -> None:
    """Serve a portal until SIGTERM or Ctrl-C.

    :param arguments: command-line arguments; None for those of the process
    :param check: validates documents, see ``Portal``
    :param ewb_check: validates requests for e-way bills, see ``Portal``
    :raises SystemExit: at the end, or with a message if an argument is invalid
    """
    options = _options(arguments)
    signal.signal(signal.SIGTERM, _stop)
    with ExitStack() as stack:
        folder = _data_folder(options.data, stack)
        store = Store(folder / "portal.sqlite3")
        stack.callback(store.close)
        settings = options.portal.settings_with(
            dict(options.wording), turnover_crore=options.turnover, **options.sealing
        )
        portal = Portal(store, check=check, ewb_check=ewb_check, settings=settings)
        for entry in options.taxpayer:
            portal.registry.taxpayers.put(entry)
        if options.samples:
            enter_samples(portal)
        users = _add_users(portal, options.user)
        for user in options.ewb_user:
            portal.add_ewb_user(*_with_client(user, users))
        app = create_app(portal, Faults(options.fault), options.portal)
        server = serve(app, options.host, options.port)
        stack.callback(server.server_close)
        base_url = _url(options.host, server.port)
        details = _connection_details(
            portal, users, folder, base_url + options.portal.base
        )
        if options.portal.name != "nic":
            details |= _dialect_details(options.portal, users[0], base_url)
        _print_details(details, as_json=options.json)
        _serve(server)


def _serve(server: Any) -> None:
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return


def _stop(_number: int, _frame: object) -> NoReturn:
    raise SystemExit(0)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        dialect = DIALECTS[options.portal].without(options.without)
        Faults(options.fault).allow_gateway(dialect.gateway_replies)
    except ValueError as err:
        parser.error(str(err))
    options.portal = dialect
    options.sealing = {"log_in_sealing": options.sealing} if options.sealing else {}
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sandbox", description="A local e-Invoice portal (IRP) for trials."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8800, help="0 picks a free one")
    parser.add_argument("--json", action="store_true", help="print one JSON line")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="store keys, users and documents here"
    )
    parser.add_argument(
        "--user",
        type=_user,
        action="append",
        default=[],
        metavar="GSTIN:USERNAME:PASSWORD[:CLIENT_ID:CLIENT_SECRET]",
        help="an API user; can be repeated",
    )
    parser.add_argument(
        "--ewb-user",
        type=_user,
        action="append",
        default=[],
        metavar="GSTIN:USERNAME:PASSWORD[:CLIENT_ID:CLIENT_SECRET]",
        help="a user of the e-way bill system, by default with the client of the"
        " GSTIN's API user",
    )
    _add_dialect_options(parser)
    _add_portal_options(parser)
    return parser


def _add_dialect_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for the portal that this one stands for."""
    titles = ", ".join(f"{name}: {one.title}" for name, one in DIALECTS.items())
    parser.add_argument(
        "--portal",
        choices=DIALECTS,
        default="nic",
        metavar="NAME",
        help=f"the portal, or the GSP in front of it. {titles}",
    )
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="SERVICE",
        help="a service that is not offered, as sync_gstin; can be repeated",
    )
    parser.add_argument(
        "--sealing", choices=SEALINGS, help="the form in which logins are encrypted"
    )
    parser.add_argument(
        "--wording",
        type=_wording,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="another format of responses, as status=string (see Dialect in"
        " wire/settings.py); can be repeated",
    )


def _add_portal_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for the portal's data and for faults."""
    parser.add_argument(
        "--taxpayer",
        type=_taxpayer,
        action="append",
        default=[],
        metavar="GSTIN:STATUS[:TYPE[:BLOCK]]",
        help="a taxpayer in the registry, as 29AAAAA0000A1ZY:CNL or"
        " 29AAAAA0000A1ZY:ACT:SEZ or 29AAAAA0000A1ZY:ACT:REG:B",
    )
    parser.add_argument(
        "--turnover",
        type=int,
        metavar="CRORE",
        help="turnover of the suppliers: from 10 on documents must be registered"
        " within 30 days",
    )
    parser.add_argument(
        "--samples",
        action="store_true",
        help="enter sample taxpayers of every status (see portal/samples.py)",
    )
    parser.add_argument(
        "--fault",
        type=_fault,
        action="append",
        default=[],
        metavar="ENDPOINT:KIND[:TIMES[:VALUE]]",
        help="inject a fault, as generate_irn:drop_after (see server/faults.py)",
    )


def _user(text: str) -> list[str]:
    parts = text.split(":")
    if len(parts) not in (3, 5) or not all(parts):
        raise argparse.ArgumentTypeError(
            "GSTIN:USERNAME:PASSWORD or GSTIN:USERNAME:PASSWORD:CLIENT_ID:CLIENT_SECRET"
        )
    return parts


def _taxpayer(text: str) -> TaxpayerEntry:
    gstin, _colon, rest = text.partition(":")
    values = rest.split(":")
    if not gstin or len(values) > 3 or not all(values):
        raise argparse.ArgumentTypeError("GSTIN:STATUS[:TYPE[:BLOCK]]")
    details = dict(zip(("TxpType", "BlkStatus"), values[1:], strict=False))
    try:
        return entry_of(gstin, values[0], details)
    except ValueError as err:
        raise argparse.ArgumentTypeError(f"{text}: {err}") from err


def _wording(text: str) -> tuple[str, str | int | bool]:
    name, _equals, value = text.partition("=")
    if name not in _SWITCHES:
        raise argparse.ArgumentTypeError(
            f"{name!r} is not one of {', '.join(sorted(_SWITCHES))}"
        )
    if _SWITCHES[name] is bool and value in _IS:
        return name, _IS[value]
    if _SWITCHES[name] is int and value.isdigit():
        return name, int(value)
    if _SWITCHES[name] is not str or not value:
        raise argparse.ArgumentTypeError(f"{value!r} is no value of {name}")
    return name, value


def _fault(text: str) -> Fault:
    try:
        return from_text(text)
    except ValueError as err:
        raise argparse.ArgumentTypeError(f"{text}: {err}") from err


def _data_folder(data: Path | None, stack: ExitStack) -> Path:
    if data is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="irp-")))
    # it contains the portal's private keys
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return data.resolve()


def _add_users(portal: Portal, given: list[list[str]]) -> list[User]:
    """Add the given users; return them, else those stored, else a new one."""
    stored = _stored_users(portal)
    if not given and stored:
        return list(stored.values())
    if not given:
        given = [[DEFAULT_GSTIN, DEFAULT_USERNAME, secrets.token_urlsafe(12)]]
    for gstin, username, password, *client in given:
        known = stored.get((gstin, username))
        if not client and known:
            client = [known.client_id, known.client_secret]
        client = client or [secrets.token_hex(8), secrets.token_hex(16)]
        portal.add_user(gstin, username, password, *client)
    stored = _stored_users(portal)
    return [stored[gstin, username] for gstin, username, *_rest in given]


def _stored_users(portal: Portal) -> dict[tuple[str, str], User]:
    return {(user.gstin, user.username): user for user in portal.store.users()}


def _with_client(given: list[str], users: list[User]) -> list[str]:
    """Add the client of the GSTIN's API user to a user of the e-way bill system."""
    if len(given) > 3:
        return given
    for user in users:
        if user.gstin == given[0]:
            return [*given, user.client_id, user.client_secret]
    return [*given, secrets.token_hex(8), secrets.token_hex(16)]


def _connection_details(
    portal: Portal, users: list[User], folder: Path, base_url: str
) -> dict[str, Any]:
    auth_key, certificate = (
        folder / "auth_public_key.pem",
        folder / "signing_certificate.pem",
    )
    auth_key.write_bytes(portal.auth_public_key)
    certificate.write_bytes(portal.signing_certificate)
    return {
        "base_url": base_url,
        **_credentials(users[0]),
        "auth_public_key": str(auth_key),
        "signing_certificate": str(certificate),
        "users": [_credentials(user) for user in users],
        **_ewb_details(portal, folder),
    }


def _dialect_details(
    dialect: PortalDialect, user: User, host_url: str
) -> dict[str, Any]:
    """Return what the dialect needs besides: its own headers and its services."""
    return {
        "portal": dialect.name,
        "host_url": host_url,
        "headers": dialect.account_headers(user),
        "services": dialect.services,
    }


def _ewb_details(portal: Portal, folder: Path) -> dict[str, Any]:
    """Return what a client of the e-way bill system needs; empty without users."""
    users = portal.ewb_users.all()
    if not users:
        return {}
    auth_key = folder / "ewb_auth_public_key.pem"
    auth_key.write_bytes(portal.ewb_auth_public_key)
    return {
        "ewb_auth_public_key": str(auth_key),
        "ewb_users": [_credentials(user) for user in users],
    }


def _credentials(user: User) -> dict[str, str]:
    return {
        "gstin": user.gstin,
        "username": user.username,
        "password": user.password,
        "client_id": user.client_id,
        "client_secret": user.client_secret,
    }


def _url(host: str, port: int) -> str:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return (
        f"http://[{reachable}]:{port}"
        if ":" in reachable
        else f"http://{reachable}:{port}"
    )


def _print_details(details: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        text = json.dumps(details)
    else:
        since = utc_now().astimezone().strftime("%H:%M:%S")
        lines = [f"Local e-invoice portal, since {since}. Ctrl-C stops it.", ""]
        lines += [f"{title:20}{details[name]}" for name, title in _TITLES.items()]
        for name, value in details.get("headers", {}).items():
            lines += [f"Header {name}: {value}"]
        for more in details["users"][1:]:
            lines += ["", *(f"{_TITLES[name]:20}{more[name]}" for name in more)]
        for user in details.get("ewb_users", ()):
            lines += ["", "In the e-way bill system"]
            lines += [f"{_TITLES[name]:20}{user[name]}" for name in user]
            lines += [
                f"{_TITLES['auth_public_key']:20}{details['ewb_auth_public_key']}"
            ]
        text = "\n".join(lines)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
