"""NIC's two portals, einvoice1 and einvoice2 (NIC API v1.03 and v1.04)."""

from ..services.authentication import authenticate, refuse_v103
from ..services.eway_bills import generate_eway_bill, get_eway_bill
from ..services.gstin_master import get_gstin, sync_gstin
from ..services.lookup import get_irn, get_irn_by_document, ping, rejected_irns
from ..services.registration import cancel_irn, generate_irn
from .ewaybill import EWB_ROUTES
from .portal_dialect import PortalDialect
from .route import Route

_INVOICE = "/eicore/v1.03/Invoice"
_EWAY_BILL = "/eiewb/v1.03/ewaybill"
_MASTER = ("/eivital/v1.04/Master", "/eivital/v1.03/Master")

CORE_ROUTES = (
    Route("authenticate", "POST", "/eivital/v1.04/auth", authenticate),
    Route("authenticate_v103", "POST", "/eivital/v1.03/auth", refuse_v103),
    Route("ping", "GET", "/eivital/v1.04/heartbeat/ping", ping),
    Route("generate_irn", "POST", _INVOICE, generate_irn),
    Route("cancel_irn", "POST", f"{_INVOICE}/Cancel", cancel_irn),
    Route("get_irn", "GET", f"{_INVOICE}/irn/{{irn}}", get_irn),
    Route(
        "get_irn_by_document", "GET", f"{_INVOICE}/irnbydocdetails", get_irn_by_document
    ),
    Route("rejected_irns", "GET", f"{_INVOICE}/rejectedirns", rejected_irns),
    Route("generate_eway_bill", "POST", _EWAY_BILL, generate_eway_bill),
    Route("get_eway_bill", "GET", f"{_EWAY_BILL}/irn/{{irn}}", get_eway_bill),
    *(Route("get_gstin", "GET", f"{at}/gstin/{{gstin}}", get_gstin) for at in _MASTER),
    *(
        Route("sync_gstin", "GET", f"{at}/syncgstin/{{gstin}}", sync_gstin)
        for at in _MASTER
    ),
)

NIC = PortalDialect("nic", "NIC's first portal (IRP 1)", CORE_ROUTES + EWB_ROUTES)
# it holds its own registrations; the first digit of the AckNo is its number (TaxPro,
# "support for multiple IRP")
NIC2 = PortalDialect(
    "nic2",
    "NIC's second portal (IRP 2)",
    NIC.routes,
    settings={"portal_code": "NIC2", "ack_prefix": "23"},
)
