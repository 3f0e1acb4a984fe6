"""The portal's protocol: calls, transport, responses, errors and signatures."""

from . import errors
from .adapters import Credentials, check_log_in
from .call import CallRecord, Health
from .crypto import (
    MAX_UPLOAD_BYTES,
    FaultyFile,
    FoundKey,
    KeyUpload,
    is_zip,
    load_auth_key,
    read_key_files,
    read_single_key,
    seal_ewb_credentials,
)
from .files import (
    Answer,
    EwaybillRow,
    ResultRow,
    identity_of,
    parse_answer_file,
    parse_ewaybill_file,
    parse_ewaybill_table,
    parse_portal_file,
    parse_result_table,
    portal_entry,
)
from .http import Proxy, Request, Response, parse_proxy
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
    "MAX_UPLOAD_BYTES",
    "Answer",
    "CallRecord",
    "Cancellation",
    "Credentials",
    "Difference",
    "EwayBill",
    "EwayBillCancellation",
    "EwaybillRow",
    "FaultyFile",
    "FoundKey",
    "Health",
    "KeyUpload",
    "Proxy",
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
    "is_zip",
    "load_auth_key",
    "load_signing_key",
    "parse_answer_file",
    "parse_ewaybill_file",
    "parse_ewaybill_table",
    "parse_portal_file",
    "parse_proxy",
    "parse_result_table",
    "peek",
    "portal_entry",
    "read_key_files",
    "read_single_key",
    "seal_ewb_credentials",
    "verify_registration",
]
