"""Who may act on an e-way bill: its generator, or the current transporter."""

from ...portal.ewaybill.items import is_gold, items_of
from ...portal.portal import Portal
from ...store.movements import Waybill
from ...store.records import EwayBill


def parties(waybill: Waybill) -> set[str]:
    """Return everybody who may see an e-way bill."""
    movement = waybill.movement
    everyone = {movement.from_gstin, movement.to_gstin, movement.transporter_id}
    return (everyone | {waybill.bill.gstin}) - {"", "URP"}


def acting_party(waybill: Waybill) -> str:
    """Return the current transporter, the generator while none is assigned."""
    return waybill.movement.transporter_id or waybill.bill.gstin


def transporter_entered(portal: Portal, waybill: Waybill) -> bool:
    """Return whether the current transporter has entered Part B."""
    transporter = waybill.movement.transporter_id
    entries = portal.movements.entries(waybill.number)
    return bool(transporter) and any(one.entered_by == transporter for one in entries)


def acting_code(
    portal: Portal, waybill: Waybill, gstin: str, codes: tuple[str, str, str]
) -> str:
    """Return the code that forbids acting, "" if ``gstin`` may.

    :param codes: without a transporter for anybody but the generator; with one that has
        entered Part B; with one that has not
    """
    if gstin == acting_party(waybill):
        return ""
    if not waybill.movement.transporter_id:
        return codes[0]
    return codes[1] if transporter_entered(portal, waybill) else codes[2]


def is_gold_bill(waybill: Waybill) -> bool:
    """Return whether an e-way bill is for goods of chapter 71."""
    return is_gold(items_of({"itemlist": waybill.movement.part_a.get("itemList")}))


def cancelling_begins(portal: Portal, bill: EwayBill) -> tuple[str, str]:
    """Return when the window for cancelling begins, and the code after its end.

    With a Part B that was entered later, it begins then (728).
    """
    settings = portal.settings
    waybill = portal.movements.of_number(bill.number)
    started_at = waybill.movement.started_at if waybill else None
    is_later = started_at is not None and started_at > bill.generated_at
    if started_at is None or not is_later or settings.ewb_cancel_from != "part_b":
        return bill.generated_at, "315"
    # the IRP's list has one code for both
    has_twin = settings.dialect.cancel_eway_bill_codes == "IRP"
    return started_at, "315" if has_twin else "728"
