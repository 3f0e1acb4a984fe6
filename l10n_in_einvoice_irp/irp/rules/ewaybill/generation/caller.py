"""Who generates an e-way bill, and what is known that the request does not say."""

from __future__ import annotations

from dataclasses import dataclass

from ....reference.ewaybill import LIMITS


@dataclass(frozen=True)
class Caller:
    """The user who generates, and options of the checks.

    :ivar user: GSTIN or TRANSIN in the header of the call.
    :ivar portal: the e-way bill portal that is called, "1" or "2"; "" if not known.
    :ivar reports_einvoices: whether the supplier registers its invoices (720).
    :ivar is_composition: whether the supplier is under the composition scheme.
    :ivar is_sez: whether one of the parties is in an SEZ, so that IGST applies.
    :ivar above_crore: the supplier's aggregate turnover in crore rupees (282, 283).
    :ivar portal_km: the portal's distance between the PIN codes; None if not known.
    :ivar check_digits: whether to check the check digits of GSTINs; those of NIC's
        sandbox are wrong.
    :ivar ship_to_gstin_required: whether transaction types 2 and 4 must name a ship-to
        GSTIN (608).
    """

    user: str
    portal: str = ""
    reports_einvoices: bool = False
    is_composition: bool = False
    is_sez: bool = False
    above_crore: int = 0
    portal_km: int | None = None
    check_digits: bool = True
    ship_to_gstin_required: bool = LIMITS.ship_to_gstin_required
