"""One HTTP attempt while it runs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from ..protocol.call import Call, CallRecord, milliseconds_since
from ..protocol.errors import IrpError
from ..protocol.http import Request
from ..protocol.redaction import redact_url


@dataclass
class Attempt:
    """One HTTP attempt while it runs; its record is made when it has ended."""

    call: Call
    request: Request
    started_at: datetime
    started: float
    http_status: int | None = None
    code: str = ""
    # Stays if the transport raises what is no IrpError.
    outcome: str = "crashed"

    def fail(self, error: IrpError) -> None:
        """Take outcome, code and status from ``error``."""
        by = "gateway_" if error.gateway else ""
        self.outcome = f"{by}{error.outcome}"
        self.code = error.code or getattr(error, "reason", "")
        self.http_status = error.http_status

    def record(self) -> CallRecord:
        """Return the record of the attempt."""
        plain = self.call.plain
        return CallRecord(
            endpoint=self.call.endpoint.name,
            method=self.request.method,
            url=redact_url(self.request.url),
            milliseconds=milliseconds_since(self.started),
            http_status=self.http_status,
            code=self.code,
            outcome=self.outcome,
            request_hash=hashlib.sha256(plain).hexdigest() if plain else "",
            started_at=self.started_at,
            asked_gstin=self.call.values.get("gstin", ""),
            body=(plain or b"") if self.call.endpoint.changes_state else b"",
        )
