"""Plays the page e-Invoice / Bulk Upload of a portal, from what is known of it.

Takes a JSON array of INV-01 documents. Offers the signed invoices as JSON, and the list
of results: with IRN and Ack, or with the errors, as JSON, CSV or Excel.
"""

import csv
import io
import json
from types import SimpleNamespace

from openpyxl import Workbook

from ...irp import IrpRejected

HEADINGS = ("Sl No", "Doc Type", "Doc No", "Doc Date", "Ack No", "IRN", "Error Details")


class Website:
    """The website of a portal.

    :param client: of an API user of the company, who stands for the person there.
    :param refused: document number -> what the portal finds wrong with it.
    """

    def __init__(self, client, refused=None):
        self._client = client
        self.refused = refused or {}
        self.signed = []
        self.rows = []

    def upload(self, content):
        """Register the documents of a file, or refuse them."""
        documents = json.loads(content)
        assert isinstance(documents, list)
        self.signed, self.rows = [], []
        for place, document in enumerate(documents, 1):
            details = document["DocDtls"]
            row = [place, details["Typ"], details["No"], details["Dt"]]
            made, errors = self._register(document)
            if made:
                self.signed.append(entry_of(made))
            irn, ack = (made.irn, made.ack_number) if made else ("", "")
            self.rows.append([*row, ack, irn, errors])

    def _register(self, document):
        if errors := self.refused.get(document["DocDtls"]["No"]):
            return None, errors
        try:
            return self._client.generate_irn(document), ""
        except IrpRejected as error:
            found = error.violations or [SimpleNamespace(**vars(error))]
            return None, "; ".join(f"{one.code} : {one.message}" for one in found)

    def signed_json(self):
        return json.dumps(self.signed).encode()

    def result_json(self):
        rows = (dict(zip(HEADINGS, row, strict=True)) for row in self.rows)
        return json.dumps(
            [{k: v for k, v in row.items() if v} for row in rows]
        ).encode()

    def result_csv(self):
        target = io.StringIO(newline="")
        csv.writer(target).writerows([HEADINGS, *self.rows])
        return target.getvalue().encode("utf-8-sig")

    def result_xlsx(self):
        book = Workbook()
        book.active.append(["Bulk Upload"])
        for line in (HEADINGS, *self.rows):
            book.active.append(list(line))
        target = io.BytesIO()
        book.save(target)
        return target.getvalue()


def entry_of(registration, **changes):
    """Return a registration as the website's signed JSON contains it."""
    return {
        "Irn": registration.irn,
        "AckNo": int(registration.ack_number),
        "AckDt": f"{registration.ack_date:%Y-%m-%d %H:%M:%S}",
        "SignedInvoice": registration.signed_invoice,
        "SignedQRCode": registration.signed_qr,
        "Status": registration.status or "ACT",
        **changes,
    }
