"""The e-way bill system's own records as slips.

A record is an answer of its look-up GetEwayBill, as `irp.protocol.ewaybill` reads it,
or the body of the request that generated the e-way bill (GENEWAYBILL), whose members
have the same names.
"""

from dataclasses import replace

from ....irp.document import Content, Goods, Movement, Place, Slip, Totals, state_text
from ....irp.protocol.ewaybill import parse_bill
from ....irp.reference.ewaybill import CODES
from ...clock import printed_date

# the reader of records wants one; a slip without a number is printed without it
NO_NUMBER = "0" * 12


def slip_of_bill(bill, irn="") -> Slip:
    """Return an e-way bill of the portal as it is printed.

    :param bill: `irp.protocol.ewaybill.Bill`.
    :param irn: that of its invoice, if there is one: the record does not name it.
    """
    return Slip(
        number=bill.number,
        irn=irn,
        generated_at=bill.generated_at,
        generator=bill.generator,
        valid_until=bill.valid_until,
        content=_content(bill),
        type=_type(bill),
        document_type=label("document_types", bill.doc_type),
        supplier_state=state_text(bill.from_state),
        recipient_state=state_text(bill.to_state),
        distance=str(bill.distance_km or ""),
        goods=tuple(map(_goods, bill.items)),
        totals=_totals(bill),
        movements=tuple(map(movement_of, bill.vehicles)),
        is_cancelled=bill.is_cancelled,
        is_rejected=bill.is_rejected,
    )


def slip_of_request(body, issue) -> Slip:
    """Return an e-way bill as it was generated without an IRN.

    :param body: the body of GENEWAYBILL.
    :param issue: `irp.document.Issue`, what the portal answered.
    """
    slip = slip_of_bill(_bill_of_request(body, issue), issue.irn)
    described = " - ".join(filter(None, (slip.type, body.get("subSupplyDesc"))))
    return replace(
        slip,
        number=issue.number,
        type=described,
        content=replace(slip.content, reason=described),
    )


def _bill_of_request(body, issue):
    """Return the record that the portal makes of a request."""
    has_part_b = body.get("vehicleNo") or body.get("transDocNo")
    beside = {"ewbNo": issue.number or NO_NUMBER, "userGstin": issue.generator}
    members = {**body, **beside, "actualDist": issue.distance}
    bill = parse_bill({**members, "VehiclListDetails": [members] if has_part_b else []})
    entries = (replace(one, entered_at=issue.generated_at) for one in bill.vehicles)
    return replace(
        bill,
        generated_at=issue.generated_at,
        valid_until=issue.valid_until,
        vehicles=tuple(entries),
    )


def movement_of(entry) -> Movement:
    """Return an entry of Part B as it is printed.

    :param entry: `irp.protocol.ewaybill.PartB`.
    """
    return Movement(
        mode=label("transport_modes", entry.mode),
        vehicle=entry.vehicle,
        document=entry.document,
        document_date=_day(entry.document_date),
        place=", ".join(filter(None, (entry.from_place, state_text(entry.from_state)))),
        entered_at=entry.entered_at,
        entered_by=entry.entered_by,
        trip_sheet=entry.trip_sheet,
        group=entry.group,
    )


def label(name: str, code: str) -> str:
    """Return the portal's label of a code; the code itself if it has none."""
    return CODES[name].get(code, code)


def _type(bill):
    supply = label("supply_types", bill.supply_type)
    return f"{supply} - {label('sub_supply_types', bill.sub_supply_type)}"


def _content(bill):
    delivery_state = bill.ship_to_state or bill.to_state
    dispatch_state = bill.dispatch_state or bill.from_state
    dispatch = (*bill.from_address, bill.from_place, bill.from_pin, dispatch_state)
    delivery = (*bill.to_address, bill.to_place, bill.to_pin, delivery_state)
    return Content(
        document_number=bill.doc_number,
        document_date=_day(bill.doc_date),
        supplier=bill.from_name,
        supplier_gstin=bill.from_gstin,
        dispatch=_place(*dispatch),
        recipient=bill.to_name,
        recipient_gstin=bill.to_gstin,
        delivery=_place(*delivery),
        value=f"{bill.invoice_value:.2f}",
        goods=_by_hsn(bill.items),
        reason=_type(bill),
        transaction_type=label("transaction_types", bill.transaction_type),
        transport=_transport(bill),
    )


def _transport(bill):
    """Return transporter and Part B in force, with the names of the IRP's request."""
    values = {"TransId": bill.transporter_id, "TransName": bill.transporter_name}
    if entry := bill.newest:
        values |= {
            "TransMode": entry.mode,
            "VehNo": entry.vehicle,
            "VehType": entry.vehicle_type or bill.vehicle_type,
            "TransDocNo": entry.document,
            "TransDocDt": _day(entry.document_date),
        }
    return {name: value for name, value in values.items() if value}


def _place(first, second, town, pin, state):
    town = ", ".join(filter(None, (town, state_text(state))))
    return Place("", tuple(filter(None, (first, second, f"{town} - {pin}"))))


def _by_hsn(items):
    """Return the HSN codes, each with its first description."""
    found = {}
    for item in items:
        found.setdefault(item.hsn, item.description or item.product_name)
    return tuple(found.items())


def _goods(item):
    is_same = item.description.casefold() == item.product_name.casefold()
    return Goods(
        hsn=item.hsn,
        name=item.product_name or item.description,
        description="" if is_same or not item.product_name else item.description,
        quantity=item.quantity,
        unit=item.unit,
        taxable=item.taxable_amount,
        rates=(
            item.cgst_rate,
            item.sgst_rate,
            item.igst_rate,
            item.cess_rate,
            item.cess_non_advol,
        ),
    )


def _totals(bill):
    return Totals(
        taxable=bill.total_value,
        cgst=bill.cgst,
        sgst=bill.sgst,
        igst=bill.igst,
        cess=bill.cess,
        cess_non_advol=bill.cess_non_advol,
        other=bill.other_value,
        invoice=bill.invoice_value,
    )


def _day(day):
    return printed_date(day) if day else ""
