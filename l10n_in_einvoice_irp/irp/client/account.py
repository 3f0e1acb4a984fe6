"""The API user that calls the portal, and how long to wait for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey


@dataclass(frozen=True)
class Account:
    """An API user: its GSTIN and credentials, the client pair, the sealing key.

    ``client_id`` and ``client_secret`` may be empty where a pass-through GSP adds them.
    ``auth_key`` comes from :func:`.crypto.load_auth_key`; None where nothing is sealed.
    ``fields`` are the values of what else the portal's profile asks for, by name.
    Everything but the password is stripped of outer spaces. Raises ValueError for a
    line break in a value that is sent as a header. repr hides the secrets.
    """

    gstin: str
    user_name: str
    password: str = field(repr=False)
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    auth_key: RSAPublicKey | None = field(repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for name in ("gstin", "user_name", "client_id", "client_secret"):
            object.__setattr__(self, name, _clean(name, getattr(self, name)))
        cleaned = {name: _clean(name, value) for name, value in self.fields.items()}
        object.__setattr__(self, "fields", cleaned)


def _clean(name: str, value: str) -> str:
    value = value.strip()
    if not value.isprintable():
        raise ValueError(f"{name} contains a line break or another control")
    return value


@dataclass(frozen=True)
class Timeouts:
    """Seconds for the connection, and for the rest of the call up to its last byte."""

    connect: float = 10.0
    read: float = 30.0
