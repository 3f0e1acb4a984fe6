"""The portal's error codes and the texts it gives them (NIC error lists)."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

_APPLICATION_ERROR = (
    "Application error, issue with application while processing the request. Please"
    " try again. If error persists kindly raise the ticket along with request JSON,"
    " error details and timestamp of the error occurrence."
)
_BLOCKED = (
    "e-Invoice operations are temporarily disabled for {} - {{0}} as large number of"
    " erroneous requests have been received from the {} for quite sometimes."
)

MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "1004": "Header GSTIN is required",
        "1005": "Invalid Token",
        "1006": "User Name is required",
        "1007": "Authentication failed. Pls. inform the helpdesk",
        "1008": "Invalid login credentials",
        "1010": "Invalid Client-ID/Client-Secret",
        "1011": "Client Id is required",
        "1012": "Client Secret is required",
        "1014": "Inactive User",
        "1015": "Invalid GSTIN for this user",
        "1016": "Decryption of App Key failed",
        "1017": "Incorrect user id/User does not exists",
        "1018": "Client Id is not mapped to this user",
        "1019": "Incorrect Password",
        "1020": "Decryption failed",
        "2143": "Invoice does not belongs to the user GSTIN",
        "2148": "Requested IRN data is not available",
        "2150": "Duplicate IRN",
        "2154": "IRN details are not found",
        "2169": "Request for IRN is neither from supplier GSTIN or e-Commerce GSTIN",
        "2226": "You are not authorised to get IRN data",
        "2230": (
            "This IRN cannot be cancelled because e-way bill has been generated ,"
            " you can cancel e-way bill and then try cancelling IRN"
        ),
        "2255": "Requested Payload is empty",
        "2270": (
            "The allowed cancellation time limit is crossed, you cannot cancel the IRN"
        ),
        "2278": (
            "IRN is already generated and is cancelled for this Document number. The"
            " duplicate IRN cannot be generated for the same number."
        ),
        "2280": "Invalid document type",
        "2281": "Inavalid document number",
        "2282": "Invalid document date format",
        "2283": (
            "IRN details cannot be provided as it is generated more than {0} days prior"
        ),
        "2293": "Invalid date format - (The correct format is dd/MM/yyyy)",
        "2296": "Data not Found",
        "2307": "Future date cannot be accepted",
        "3028": "GSTIN -{0} is invalid.",
        "3029": "GSTIN -{0} is inactive or cancelled",
        "3095": _BLOCKED.format("the CLIENT", "client"),
        "3096": _BLOCKED.format("this USERNAME/GSTIN", "USERNAME/GSTIN"),
        "3098": "Invalid IRP code",
        "4001": "Error ocurred while creating Eway Bill",
        "4019": "Provide Transporter ID in order to generate Part A of e-Way Bill",
        "5001": _APPLICATION_ERROR,
        "5002": _APPLICATION_ERROR,
        "5003": "Data cannot be null or empty",
        "9999": "Invoice is not active",
    }
)


class PortalError(NamedTuple):
    """One entry of ``ErrorDetails``."""

    code: str
    message: str


def error(code: str, *values: object) -> PortalError:
    """Return the portal's error ``code`` with ``values`` put into its text."""
    return PortalError(code, MESSAGES[code].format(*values))


class Refusal(Exception):
    """The portal says no: one answer with ``Status`` 0.

    :param errors: at least one; all of them go into the answer
    :param infos: entries for ``InfoDtls``, as the portal gives with code 2150
    """

    def __init__(
        self, errors: Iterable[PortalError], infos: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        self.errors = tuple(errors)
        self.infos = tuple(infos)
        super().__init__(", ".join(f"{one.code} {one.message}" for one in self.errors))


def refuse(code: str, *values: object) -> Refusal:
    """Return the refusal with the one error ``code``."""
    return Refusal([error(code, *values)])
