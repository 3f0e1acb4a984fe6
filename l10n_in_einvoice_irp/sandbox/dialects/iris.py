"""IRIS's portal, IRP 6.

Sources: two clients that run in production and a demo in a browser, which agree with
NIC's v1.04; einvoice6.gst.gov.in (knowledge base). Open: token life, cancelling e-way
bills (no route was seen: NIC's own e-way bill system), names in ``InfoDtls``.
"""

from .nic import CORE_ROUTES
from .portal_dialect import PortalDialect
from .route import without

IRIS = PortalDialect(
    "iris",
    "IRIS (IRP 6)",
    without(CORE_ROUTES, "authenticate_v103"),
    settings={
        "portal_code": "IRIS",
        "irp_codes": ("IRIS",),
        "issuer": "IRIS Sandbox",
        "ack_prefix": "63",
        "key_name": "iris",
        # the sandbox key of 05-2026: a modulus of 637 bytes
        "auth_key_bits": 5096,
    },
    wording={"record_names": "camel"},
    # the hyphen form was never seen to work here
    header_names=frozenset({"client_id", "client_secret", "user_name"}),
)
