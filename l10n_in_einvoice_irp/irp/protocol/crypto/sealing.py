"""Ways to seal a log-in, chosen by name in a portal's profile.

``nic_v104`` is NIC "Authentication" v1.04; ``nic_v104_plain`` leaves out the base64
inside; ``v103_parts`` is NIC v1.03, which seals password and AppKey apart and which a
GSP may still use.
"""

from __future__ import annotations

import base64
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from .cipher import KEY_BYTES, new_app_key, seal_json, seal_text

_LETTERS = (string.ascii_letters + string.digits).encode()

Sealed = str | Mapping[str, object]


@dataclass(frozen=True)
class AppKey:
    """The key that opens a session key: its bytes, and how the log-in writes it."""

    raw: bytes = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True)
class LogIn:
    """The contents of a log-in, before it is sealed."""

    user_name: str
    password: str = field(repr=False)
    app_key: str = field(repr=False)
    force_refresh: bool

    def members(self) -> dict[str, object]:
        """Return the members as NIC "Authentication" names them."""
        return {
            "UserName": self.user_name,
            "Password": self.password,
            "AppKey": self.app_key,
            "ForceRefreshAccessToken": self.force_refresh,
        }


def _bytes32_base64() -> AppKey:
    raw = new_app_key()
    return AppKey(raw, base64.b64encode(raw).decode())


def _chars32_base64() -> AppKey:
    raw = _characters()
    return AppKey(raw, base64.b64encode(raw).decode())


def _chars32() -> AppKey:
    raw = _characters()
    return AppKey(raw, raw.decode())


def _characters() -> bytes:
    return bytes(secrets.choice(_LETTERS) for _place in range(KEY_BYTES))


def _nic_v104(log_in: LogIn, auth_key: RSAPublicKey) -> Sealed:
    return seal_json(log_in.members(), auth_key)


def _nic_v104_plain(log_in: LogIn, auth_key: RSAPublicKey) -> Sealed:
    return seal_json(log_in.members(), auth_key, inner_base64=False)


def _v103_parts(log_in: LogIn, auth_key: RSAPublicKey) -> Sealed:
    return {
        **log_in.members(),
        "Password": seal_text(log_in.password, auth_key),
        "AppKey": seal_text(log_in.app_key, auth_key),
    }


APP_KEYS: Mapping[str, Callable[[], AppKey]] = MappingProxyType(
    {
        "bytes32_base64": _bytes32_base64,
        "chars32_base64": _chars32_base64,
        "chars32": _chars32,
    }
)
"""Ways to make an AppKey, by name: 32 random bytes in base64; 32 letters and digits, in
base64 or as they are."""

LOG_IN_SEALINGS: Mapping[str, Callable[[LogIn, RSAPublicKey], Sealed]] = (
    MappingProxyType(
        {
            "nic_v104": _nic_v104,
            "nic_v104_plain": _nic_v104_plain,
            "v103_parts": _v103_parts,
        }
    )
)
"""Ways to seal a log-in, by name. Each returns the ``Data`` of the request, and raises
ValueError if user name and password are too long for the key."""
