"""NIC's sealed requests and responses, which other IRPs and GSPs use as well."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ...reference.profiles import Endpoint, Wire
from ..call import Call
from ..crypto.cipher import compact_json, decrypt, encrypt, open_sek
from ..crypto.sealing import APP_KEYS, LOG_IN_SEALINGS, LogIn
from ..envelope import Envelope, open_data, parse_envelope, plain_members
from ..errors import IrpOutcomeUnknown, IrpProtocolError
from ..session import Session, open_session
from .base import Credentials, Opening


class SealedAdapter:
    """Log-in by RSA, payloads by AES under the session key, ``{"Data": …}`` around."""

    def open(
        self, wire: Wire, credentials: Credentials, *, force_refresh: bool
    ) -> Opening:
        """See :class:`.base.Adapter`."""
        if credentials.auth_key is None:
            raise ValueError("the portal's public key is missing")
        app_key = APP_KEYS[wire.app_key]()
        log_in = LogIn(
            credentials.user_name, credentials.password, app_key.text, force_refresh
        )
        data = LOG_IN_SEALINGS[wire.log_in_sealing](log_in, credentials.auth_key)
        return Opening(compact_json({"Data": data}), app_key.raw)

    def body(self, call: Call, session: Session) -> bytes | None:
        """See :class:`.base.Adapter`."""
        if call.plain is None:
            return None
        plain = base64.b64encode(call.plain) if call.inner_base64 else call.plain
        sealed = encrypt(plain, session.sek)
        action = call.endpoint.service.ewaybill_action
        # The e-way bill system names the action.
        wrapped = {"action": action, "data": sealed} if action else {"Data": sealed}
        return compact_json(wrapped)

    def envelope(self, body: bytes, endpoint: Endpoint) -> Envelope:
        """See :class:`.base.Adapter`."""
        found = parse_envelope(body, ewb_codes=endpoint.service.of_ewaybill_system)
        return found if endpoint.checks_hmac else replace(found, hmac="")

    def data(self, envelope: Envelope, session: Session) -> Any:
        """See :class:`.base.Adapter`."""
        if not envelope.rek:
            return open_data(envelope.data, session.sek)
        try:
            key = open_sek(envelope.rek, session.sek)
        except ValueError:
            raise IrpOutcomeUnknown(
                "the key of the answer cannot be decrypted", reason="undecryptable"
            ) from None
        if envelope.hmac:
            _check_hmac(envelope, key)
        return open_data(envelope.data, key)

    def session(
        self,
        envelope: Envelope,
        opening: Opening,
        user_name: str,
        now: datetime,
        token_life: timedelta,
    ) -> Session:
        """See :class:`.base.Adapter`."""
        data = plain_members(envelope.data)
        if data is None:
            raise IrpProtocolError("the authentication answer has no data")
        return open_session(
            data,
            opening.app_key,
            user_name=user_name,
            now=now,
            token_life=token_life,
        )


def _check_hmac(envelope: Envelope, key: bytes) -> None:
    """Raise IrpProtocolError if the seal of an answer does not fit its data.

    HMAC-SHA256 under the answer's own key, over base64 of the JSON (NIC E-way bill API
    v1.03); over the JSON itself is accepted as well, because no client checks it.
    """
    try:
        plain = decrypt(str(envelope.data or ""), key)
        given = base64.b64decode(envelope.hmac, validate=True)
    except ValueError:
        raise IrpProtocolError("the seal of the answer cannot be read") from None
    sealed = (base64.b64encode(plain), plain)
    seals = (hmac.new(key, one, hashlib.sha256).digest() for one in sealed)
    if not any(hmac.compare_digest(given, one) for one in seals):
        raise IrpProtocolError("the seal of the answer does not fit its data")
