"""The document that a downloaded registration belongs to."""

from dataclasses import replace
from datetime import date

import pytest
from irp.protocol.errors import IrpSignatureError
from irp.protocol.files.portal_file import Identity, identity_of


def test_signed_invoice_identifies_the_document(client, invoice):
    seller, document = invoice["SellerDtls"], invoice["DocDtls"]
    day, month, year = map(int, document["Dt"].split("/"))
    assert identity_of(client.generate_irn(invoice)) == Identity(
        seller["Gstin"], document["Typ"], document["No"], date(year, month, day)
    )


@pytest.mark.parametrize("text", ["", "2026-01-15", "31/02/2026", "1/2/3/4", "x/y/z"])
def test_a_date_that_cannot_be_read_is_none(text, client, invoice, sign):
    registration = client.generate_irn(invoice)
    signed = sign({**invoice, "DocDtls": {**invoice["DocDtls"], "Dt": text}})
    changed = replace(registration, signed_invoice=signed)
    assert identity_of(changed).doc_date is None


def test_missing_sections_are_empty(client, invoice, sign):
    registration = client.generate_irn(invoice)
    bare = replace(registration, signed_invoice=sign({"SellerDtls": [], "Irn": 1}))
    assert identity_of(bare) == Identity("", "", "", None)


def test_invalid_token_is_refused(client, invoice):
    registration = replace(client.generate_irn(invoice), signed_invoice="a.b")
    with pytest.raises(IrpSignatureError):
        identity_of(registration)
