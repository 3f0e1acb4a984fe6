"""The headers of a call, by the portal's profile."""

from __future__ import annotations

from collections.abc import Mapping

from ..reference.addresses import check_headers
from ..reference.profiles import Environment, HeaderSet, Wire, fill
from .account import Account


def account_headers(
    environment: Environment,
    account: Account,
    group: HeaderSet,
    added: Mapping[str, str],
) -> dict[str, str]:
    """Return the headers of a log-in or a call: who calls, and what the profile adds.

    They are the same in every call but for the token, which is not among them. A header
    without a value is not sent. ``added`` comes last: what was entered for this client
    alone.
    """
    wire = environment.wire
    values = _values(account)
    named = {
        name: values[role]
        for role, name in wire.headers[group].items()
        if role in values and role not in wire.left_out
    }
    headers = {"Accept": "application/json", **named, **extra_headers(wire, account)}
    sent = {name: value for name, value in headers.items() if value}
    return {**sent, **environment.headers, **added}


def extra_headers(wire: Wire, account: Account) -> dict[str, str]:
    """Return the profile's own headers, filled in from the account's fields."""
    given = field_values(wire, account)
    return {name: fill(text, given) for name, text in wire.extra_headers.items()}


def field_values(wire: Wire, account: Account) -> dict[str, str]:
    """Return the values of the profile's fields, "" for one that is not given."""
    return {one.name: account.fields.get(one.name, "") for one in wire.fields}


def _values(account: Account) -> dict[str, str]:
    return {
        "client_id": account.client_id,
        "client_secret": account.client_secret,
        "gstin": account.gstin,
        "user_name": account.user_name,
        "password": account.password,
    }


def check_account(wire: Wire, account: Account) -> None:
    """Raise ValueError if the portal cannot be called with what is known of it."""
    if not wire.known:
        raise ValueError(f"{wire.profile}: how to call it has to be entered first")
    if account.auth_key is None and wire.is_sealed:
        raise ValueError(f"{wire.profile} needs: the portal's public key")
    missing = ", ".join(one.title for one in wire.missing(account.fields))
    if missing:
        raise ValueError(f"{wire.profile} needs: {missing}")
    check_headers(extra_headers(wire, account))
