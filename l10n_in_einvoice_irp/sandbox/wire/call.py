"""A call, as the services receive it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from . import crypto, jsontext
from .errors import refuse


@dataclass(frozen=True)
class ServiceCall:
    """A parsed request.

    :param headers: by lower-case name with ``_`` for ``-``, so that ``client_id`` and
        ``Client-Id`` are the same (both are in use)
    :param path: the variable parts of the path
    :param query: the query by lower-case name, percent-decoded
    :param body: the raw body
    :param now: the portal's time, aware
    :param header_names: the headers' names as sent, in lower case; None if unknown
    :param opened: the payload, if a gateway in front receives it unencrypted
    """

    now: datetime
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    header_names: frozenset[str] | None = None
    opened: bytes | None = field(default=None, repr=False)

    def header(self, name: str) -> str:
        """Return a header's value, stripped; "" if it is missing."""
        return self.headers.get(name, "").strip()

    def data(self) -> Any:
        """Return the member ``Data`` of the body, None if it is missing or empty.

        :raises ValueError: the body is not a JSON object
        """
        if not self.body.strip():
            return None
        return jsontext.lower_keys(jsontext.json_object(self.body)).get("data") or None

    def plain(self, sek: bytes) -> bytes:
        """Return the decrypted payload.

        :raises Refusal: 2255 without payload, 5001 if the body is not JSON, 1020 if
            it cannot be decrypted with the session key
        """
        try:
            data = self.data() if self.opened is None else self.opened
        except ValueError as err:
            raise refuse("5001") from err
        if not data:
            raise refuse("2255")
        try:
            plain = crypto.decrypt(data, sek) if self.opened is None else self.opened
            # a wrong key decrypts one payload in 256, but not to text
            plain.decode()
        except (crypto.DecryptionError, UnicodeDecodeError) as err:
            raise refuse("1020") from err
        return plain
