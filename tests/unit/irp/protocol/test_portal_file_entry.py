"""An entry that waits for its key is read again as it was the first time."""

import json
from dataclasses import replace
from datetime import datetime

from irp.protocol import parse_portal_file, portal_entry
from irp.reference import IST

MOMENT = datetime(2025, 11, 16, 10, 20, 30, tzinfo=IST)


def read_again(registration):
    (found,) = parse_portal_file(json.dumps(portal_entry(registration)))
    return found


def test_a_registration_is_read_as_it_was(client, invoice):
    registration = client.generate_irn(invoice)
    assert read_again(registration) == replace(registration, infos=())


def test_its_status_and_eway_bill_too(client, invoice):
    registration = replace(
        client.generate_irn(invoice),
        status="CNL",
        cancel_date=MOMENT,
        ewb_number="391000000001",
        ewb_date=MOMENT,
        ewb_valid_till=MOMENT,
        remarks="Distance not known",
        infos=(),
    )
    assert read_again(registration) == registration


def test_what_is_missing_is_left_out(client, invoice):
    registration = replace(client.generate_irn(invoice), status="", remarks="")
    assert set(portal_entry(registration)) == {
        "Irn",
        "AckNo",
        "AckDt",
        "SignedInvoice",
        "SignedQRCode",
    }
