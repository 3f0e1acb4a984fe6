"""Who may act on an e-way bill: its generator, or the current transporter."""

from ...portal.ewaybill.items import is_gold, items_of
from ...portal.portal import Portal
from ...store.movements import Waybill


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
