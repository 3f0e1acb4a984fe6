import base64
import zlib

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common import IrpCommon

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
TAKEN = {
    "text": b"Inspected and passed, 15-01-2026",
    "Hindi": "परीक्षण उत्तीर्ण".encode(),
    "CSV": b"batch,result\nA1,passed\nA2,passed\n",
    "JSON": b'{"batch": "A1", "result": "passed"}',
    "PNG": PNG,
    "PDF": PDF,
}
REFUSED = {
    "program": b"\x7fELF\x02\x01\x01" + bytes(57),
    "Windows program": b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(100),
    "archive": b"PK\x05\x06" + bytes(18),
    "compressed": b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + zlib.compress(b"x"),
    "shell script": b"#!/bin/sh\nrm -rf /\n",
    "page": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "markup": b"\xef\xbb\xbf  <x>y</x>",
    "PHP": b"<?php system('id'); ?>",
    "bytes": bytes(range(256)),
    "Latin-1": "geprüft".encode("latin-1"),
    "escape sequence": b"passed \x1b[2J",
    "nothing but NUL": bytes(100),
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSupportingDocument(IrpCommon):
    """Files that a user adds are the only ones that reach the portal."""

    def setUp(self):
        super().setUp()
        self.move = self.make_invoice(post=False)

    def make(self, content=None, **values):
        if content is not None:
            values["file"] = base64.b64encode(content)
        return self.env["l10n_in.irp.supporting.document"].create(
            {"move_id": self.move.id, "info": "Test report", **values}
        )

    def test_files_for_people_are_sent(self):
        for name, content in TAKEN.items():
            with self.subTest(name):
                values = self.make(content)._prepare_values()
                self.assertEqual(base64.b64decode(values["Docs"]), content)

    def test_files_that_may_run_are_refused(self):
        document = self.make()
        for name, content in REFUSED.items():
            with (
                self.subTest(name),
                self.assertRaises(ValidationError) as caught,
                self.env.cr.savepoint(),
            ):
                document.file = base64.b64encode(content)
            self.assertIn("Test report", str(caught.exception))
            self.assertIn("Attach a PDF", str(caught.exception))

    def test_what_is_larger_is_not_sent(self):
        self.assertTrue(self.make(b"x" * 750)._prepare_values()["Docs"])
        self.assertFalse(self.make(b"x" * 751)._prepare_values()["Docs"])

    def test_a_file_changed_behind_its_back_is_not_sent(self):
        document = self.make(TAKEN["text"])
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", document._name),
                    ("res_id", "=", document.id),
                    ("res_field", "=", "file"),
                ]
            )
        )
        attachment.raw = REFUSED["shell script"]
        document.invalidate_recordset()
        self.assertFalse(document._prepare_values()["Docs"])

    def test_links(self):
        for url in (
            "https://example.com/7.pdf",
            "HTTP://example.com",
            "example.com/7.pdf",
            "www.example.com:8443/7.pdf",
        ):
            with self.subTest(url):
                self.assertEqual(self.make(url=url)._prepare_values()["Url"], url)
        for url in ("javascript:alert(1)", " data:text/html,x", "file:///etc/passwd"):
            with (
                self.subTest(url),
                self.assertRaisesRegex(ValidationError, "https://"),
                self.env.cr.savepoint(),
            ):
                self.make(url=url)
