"""The values that the templates of the e-way bill's prints show.

`slip_values` take a slip of `irp.document`, `trip_sheet_values` a record of
`irp.protocol.ewaybill`, of a bill in Odoo or not. The pages are
the templates `report_ewaybill_page` (short), `report_ewaybill_detailed_page` and
`report_ewaybill_trip_sheet_page`; each takes the values as ``values``.
"""

import base64

from odoo.tools import formatLang
from odoo.tools.image import image_data_uri

from ....irp.document import ewaybill_qr_text, qr_png, state_text
from ....irp.reference import IST
from ...clock import printed_date, printed_time, utc
from ..irn import grouped_irn
from ..res_lang import INDIAN_PRINT
from .barcode import code128_png
from .portal_slips import label


def slip_short_values(env, slip):
    """Return the values of the short print of an e-way bill.

    :param slip: `irp.document.Slip`.
    """
    return {
        **slip_values(env, slip),
        "number": slip.number,
        "gstin": slip.generator,
        "content": slip.content,
        "transport": slip.content.transport,
        "distance": slip.distance,
        "value": rupees(env, slip.totals.invoice),
    }


def slip_values(env, slip):
    """Return the values of an e-way bill; times are Indian, amounts rupees as text.

    :param slip: `irp.document.Slip`.
    """
    return {
        "slip": slip,
        "marks": marks(
            missing="" if slip.number else slip.content.document_number or "–",
            cancelled=slip.is_cancelled,
            rejected=slip.is_rejected,
        ),
        "irn": grouped_irn(slip.irn),
        "date": moment_text(slip.generated_at),
        "valid_from": moment_text(slip.valid_from),
        "valid_until": moment_text(slip.valid_until),
        "goods": [(one, rupees(env, one.taxable)) for one in slip.goods],
        "totals": {
            name: rupees(env, amount) for name, amount in vars(slip.totals).items()
        },
        "movements": movement_values(slip.movements),
        "qr": qr_image(slip) if slip.number else "",
        "barcode": barcode_image(slip.number),
    }


def marks(
    test="",
    by_hand="",
    *,
    missing="",
    cancelled=False,
    cancelling=False,
    rejected=False,
):
    """Return what the top of a print says about the state of an e-way bill.

    :param test: mark of a bill that is none, outside production.
    :param by_hand: note on what a person has settled by hand.
    :param missing: name of an e-way bill that is not generated.
    """
    return {
        "test": test,
        "by_hand": by_hand,
        "missing": missing,
        "cancelled": cancelled,
        "cancelling": cancelling,
        "rejected": rejected,
    }


def movement_values(movements):
    """Return each entry of Part B with the text of its moment."""
    return [(one, moment_text(one.entered_at)) for one in movements]


def trip_sheet_values(env, sheet, test_note=""):
    """Return the values of a consolidated e-way bill; its total is of the bills that
    are not cancelled.

    :param sheet: `irp.protocol.ewaybill.TripSheet`.
    """
    rows = [_bill_of_sheet(env, one) for one in sheet.bills]
    moved = [row["bill"].invoice_value for row in rows if not row["is_cancelled"]]
    return {
        "sheet": sheet,
        "marks": marks(test_note, cancelled=sheet.is_cancelled),
        "mode": label("transport_modes", sheet.mode),
        "date": moment_text(sheet.entered_at),
        "state": state_text(sheet.from_state),
        "document": " ".join(filter(None, (sheet.document, day(sheet.document_date)))),
        "bills": rows,
        "count": len(moved),
        "has_cancelled": len(moved) < len(rows),
        "total": rupees(env, sum(moved)),
        "barcode": barcode_image(sheet.number),
    }


def qr_image(slip):
    """Return the e-way bill's QR code as an address of an image."""
    generated_at = slip.generated_at and slip.generated_at.astimezone(IST)
    text = ewaybill_qr_text(slip.number, slip.generator, generated_at)
    return _image(qr_png(text))


def barcode_image(number):
    """Return a number's barcode as an address of an image; "" for no number."""
    return _image(code128_png(number)) if number else ""


def moment_text(moment):
    """Return an aware moment as Indian papers print it; "" if there is none."""
    return printed_time(utc(moment))


def day(moment):
    """Return a date as Indian papers print it; "" if there is none."""
    return printed_date(moment) if moment else ""


def rupees(env, amount):
    """Return an amount in rupees, grouped by lakh and crore."""
    indian = env(context={**env.context, INDIAN_PRINT: "rupees"})
    return formatLang(indian, float(amount))


def _bill_of_sheet(env, bill):
    place = ", ".join(filter(None, (bill.to_place, state_text(bill.to_state))))
    return {
        "bill": bill,
        "date": moment_text(bill.generated_at),
        "doc_date": day(bill.doc_date),
        "valid_until": moment_text(bill.valid_until),
        "value": rupees(env, bill.invoice_value),
        "to": f"{place} - {bill.to_pin}" if bill.to_pin else place,
        "is_cancelled": bill.status == "CNL",
    }


def _image(png):
    return image_data_uri(base64.b64encode(png))
