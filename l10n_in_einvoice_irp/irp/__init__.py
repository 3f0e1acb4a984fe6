"""Client of India's Invoice Registration Portals (IRP), without Odoo.

Start with :class:`IrpClient`; every failure is an :class:`IrpError`. The names exported
here are the public API; the Odoo side also imports from these subpackages:

===============  ======================================================================
``reference``    published facts: codes, error codes, dates, GSTINs; profiles of portals
``document``     texts, quantities, negative lines, IRN and QR code of a document
``rules``        checks that find what the portal would refuse, before sending
``protocol``     calls, transport, responses, errors, signatures; ``crypto`` below
``client``       one method per service, and session renewal
``operations``   from a request to a verified result; the policy after an error
``onboarding``   the test report that portals ask for before they open production
===============  ======================================================================

Each imports only from those above it; ``document``, ``rules`` and ``protocol`` do not
import each other (``.importlinter``).
"""

from .client import Account, EwaybillApi, EwaybillSystem, IrpClient, Timeouts
from .document import compute_irn, qr_png, qr_svg
from .protocol import (
    CallRecord,
    Cancellation,
    Difference,
    EwayBill,
    EwayBillCancellation,
    Health,
    Registration,
    Request,
    RequestsTransport,
    Response,
    Session,
    SigningKey,
    SigningKeys,
    Taxpayer,
    Transport,
    Verdict,
    load_auth_key,
    load_signing_key,
    parse_portal_file,
    verify_registration,
)
from .protocol.errors import (
    Info,
    IrpAlreadyCancelled,
    IrpAuthenticationError,
    IrpDuplicate,
    IrpError,
    IrpEwbExists,
    IrpEwbLogInError,
    IrpNotFound,
    IrpNotOffered,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpProtocolError,
    IrpRateLimited,
    IrpRejected,
    IrpSharedUser,
    IrpSignatureError,
    IrpTokenRefused,
    IrpTooLate,
    IrpTransportError,
    IrpUnknownKey,
    PortalError,
)
from .reference import (
    ENVIRONMENTS,
    PROFILES,
    Environment,
    Profile,
    ProfileError,
    check_base_url,
)

__all__ = [
    "ENVIRONMENTS",
    "PROFILES",
    "Account",
    "CallRecord",
    "Cancellation",
    "Difference",
    "Environment",
    "EwayBill",
    "EwayBillCancellation",
    "EwaybillApi",
    "EwaybillSystem",
    "Health",
    "Info",
    "IrpAlreadyCancelled",
    "IrpAuthenticationError",
    "IrpClient",
    "IrpDuplicate",
    "IrpError",
    "IrpEwbExists",
    "IrpEwbLogInError",
    "IrpNotFound",
    "IrpNotOffered",
    "IrpNotSent",
    "IrpOutcomeUnknown",
    "IrpProtocolError",
    "IrpRateLimited",
    "IrpRejected",
    "IrpSharedUser",
    "IrpSignatureError",
    "IrpTokenRefused",
    "IrpTooLate",
    "IrpTransportError",
    "IrpUnknownKey",
    "PortalError",
    "Profile",
    "ProfileError",
    "Registration",
    "Request",
    "RequestsTransport",
    "Response",
    "Session",
    "SigningKey",
    "SigningKeys",
    "Taxpayer",
    "Timeouts",
    "Transport",
    "Verdict",
    "check_base_url",
    "compute_irn",
    "load_auth_key",
    "load_signing_key",
    "parse_portal_file",
    "qr_png",
    "qr_svg",
    "verify_registration",
]
