"""The portal's protocol: calls, transport, responses, errors and signatures."""

from . import errors
from .adapters import Credentials, check_log_in
from .call import CallRecord, Health
from .crypto import load_auth_key, seal_ewb_credentials
from .files import (
    Answer,
    ResultRow,
    identity_of,
    parse_answer_file,
    parse_portal_file,
    parse_result_table,
    portal_entry,
)
from .http import Request, Response
from .records import (
    Cancellation,
    EwayBill,
    EwayBillCancellation,
    Registration,
    Taxpayer,
)
from .session import Session
from .signature import (
    SigningKey,
    SigningKeys,
    check_new_key,
    load_signing_key,
    peek,
)
from .transport import RequestsTransport, Transport
from .verification import Difference, Verdict, verify_registration

__all__ = [
    "Answer",
    "CallRecord",
    "Cancellation",
    "Credentials",
    "Difference",
    "EwayBill",
    "EwayBillCancellation",
    "Health",
    "Registration",
    "Request",
    "RequestsTransport",
    "Response",
    "ResultRow",
    "Session",
    "SigningKey",
    "SigningKeys",
    "Taxpayer",
    "Transport",
    "Verdict",
    "check_log_in",
    "check_new_key",
    "errors",
    "identity_of",
    "load_auth_key",
    "load_signing_key",
    "parse_answer_file",
    "parse_portal_file",
    "parse_result_table",
    "peek",
    "portal_entry",
    "seal_ewb_credentials",
    "verify_registration",
]
