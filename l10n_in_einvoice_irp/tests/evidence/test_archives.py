import csv
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.http_routing.tests.common import MockRequest

from ...models.evidence.archives import bundling
from ...models.evidence.archives.file_format import Archive
from ...models.evidence.packing import DICTIONARY, MARK, digest, pack, unpack
from ..common import IrpCommon

MODELS = "odoo.addons.l10n_in_einvoice_irp.models"
PACKING = f"{MODELS}.evidence.packing"
ARCHIVES = f"{MODELS}.evidence.archives"
ARCHIVE = "l10n_in_irp_archive_id"


def unlimited(_processed=0, *, remaining=0):
    """Time is left, however much remains."""
    return 1


class Killed(Exception):
    """The process ends here."""


def killed(_processed=0, *, remaining=0):
    raise Killed


@tagged("post_install_l10n", "post_install", "-at_install")
class TestArchives(IrpCommon):
    def setUp(self):
        super().setUp()
        # rows carry PostgreSQL's time, which a test does not set
        self.made = self.env.cr.now()
        self.seals = self.env["l10n_in.irp.seal"].sudo()
        self.moves = [self.make_invoice() for _ in range(2)]
        self.process()
        self.documents = self.env["l10n_in.irp.document"].sudo()
        self.documents = self.documents.union(
            *(move.l10n_in_irp_document_id.sudo() for move in self.moves)
        )
        self.singles = (
            self.documents.signed_attachment_id
            | self.documents.log_ids.request_attachment_id
        ).sorted("id")
        self.contents = {one.id: one.raw for one in self.singles}
        self.assertEqual(len(self.contents), 4)
        with freeze_time(self.made + timedelta(days=2)):
            self.seals._cron_seal()
        own = [("company_id", "=", self.default_company.id), ("kind", "=", "evidence")]
        self.seal = self.seals.search(own)
        self.default_company.sudo().l10n_in_irp_bundle_months = 1

    def bundle(self, days=40, progress=unlimited, most=bundling.MOST):
        """Run the scheduled action as if some days had passed."""
        with freeze_time(self.made + timedelta(days=days)):
            bundling.bundle(self.env(su=True), progress, most)
        self.forget()
        return bundling.archives_of(self.default_company)

    def forget(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def faults(self):
        self.forget()
        return [fault.text for fault in self.seals._faults(self.default_company)]

    def sql(self, statement, *values):
        self.env.flush_all()
        self.env.cr.execute(statement, values)
        self.env.invalidate_all()

    def in_database(self):
        """Return the evidence whose content is in its row."""
        self.forget()
        return self.singles.filtered("db_datas")

    def replace(self, archive, content):
        """Replace the file of an archive, and its checksum, behind Odoo's back."""
        store = archive.store_fname
        path = Path(archive._full_path(store))
        self.addCleanup(path.write_bytes, path.read_bytes())
        path.write_bytes(content)
        self.sql(
            "UPDATE ir_attachment SET l10n_in_irp_sha256 = %s WHERE id = %s",
            digest(content),
            archive.id,
        )

    def rewritten(self, archive, name, change):
        """Return the content of an archive with one of its files changed."""
        target = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(archive.raw)) as old,
            zipfile.ZipFile(target, "w") as new,
        ):
            for member in old.namelist():
                text = old.read(member)
                new.writestr(member, change(text) if name in member else text)
        return target.getvalue()

    # -- read as before

    def test_bundled_evidence_is_read_and_downloaded_as_before(self):
        self.assertEqual(self.in_database(), self.singles)
        requests = self.documents.mapped("request")
        [archive] = self.bundle()
        self.assertFalse(self.in_database())
        self.assertEqual(self.singles.mapped(ARCHIVE), archive)
        # all at once, and one by one
        self.assertEqual({one.id: one.raw for one in self.singles}, self.contents)
        for move, document in zip(self.moves, self.documents, strict=True):
            self.forget()
            mine = move.with_user(self.accountant)
            signed = document.signed_attachment_id.with_user(self.accountant)
            content = self.contents[signed.id]
            self.assertEqual(signed.raw, content)
            url = mine.action_l10n_in_irp_download()["url"]
            self.assertIn(f"/{signed.id}?", url)
            with MockRequest(self.env):
                stream = signed._to_http_stream()
                self.assertEqual(stream.read(), content)
            self.assertEqual(move._l10n_in_irp_customer_file(), (signed.name, content))
            sent = self.env["account.move.send"]._get_invoice_extra_attachments(move)
            self.assertIn(content, sent.sudo().mapped("raw"))
            self.assertEqual(
                json.loads(content)["SignedQRCode"], mine.l10n_in_irp_signed_qr
            )
            copy = signed.sudo().copy({"res_model": False, "res_id": False})
            self.assertEqual(copy.raw, content)
        self.assertEqual(self.documents.mapped("request"), requests)
        self.assertEqual(self.faults(), [])
        self.assertEqual(self.bundle(days=90), archive, "nothing is bundled twice")
        self.assertEqual(
            str(self.seal.bundled_on), str(self.made.date() + timedelta(40))
        )

    def test_archive_is_readable_without_odoo(self):
        [archive] = self.bundle()
        with zipfile.ZipFile(io.BytesIO(archive.raw)) as file:
            manifest = json.loads(file.read("manifest.json"))
            index = list(csv.DictReader(io.StringIO(file.read("index.csv").decode())))
            lines = [
                json.loads(line)
                for name in {row["file"] for row in index}
                for line in file.read(name).decode().splitlines()
            ]
        self.assertEqual(manifest["gstin"], self.default_company.vat)
        self.assertEqual(manifest["seal"], self.seal.seal_hash)
        self.assertEqual([row["name"] for row in index], self.singles.mapped("name"))
        self.assertEqual(
            {line["id"]: line["content"].encode() for line in lines}, self.contents
        )
        self.assertEqual(
            {int(row["id"]): row["sha256"] for row in index},
            {id_: digest(content) for id_, content in self.contents.items()},
        )

    # -- when

    def test_evidence_is_bundled_by_choice_and_age(self):
        company = self.default_company.sudo()
        self.assertFalse(self.bundle(days=25))
        company.l10n_in_irp_bundle_months = 0
        self.assertFalse(self.bundle(days=4000))
        with self.assertRaisesRegex(ValidationError, "1 or more"):
            company.l10n_in_irp_bundle_months = -1
        company.l10n_in_irp_bundle_months = 3
        self.assertFalse(self.bundle(days=80))
        self.assertTrue(self.bundle(days=100))

    def test_run_is_bounded_and_the_next_goes_on(self):
        out_of_time = iter((1, 0))

        def progress(_processed=0, *, remaining=0):
            return next(out_of_time) if remaining else 0

        archives = self.bundle(progress=progress, most=1)
        self.assertEqual(len(archives), 2)
        self.assertEqual(self.in_database(), self.singles[2:])
        self.assertFalse(self.seal.bundled_on)
        self.assertEqual(self.faults(), [])
        archives = self.bundle(most=1)
        self.assertEqual(len(archives), 4)
        self.assertTrue(self.seal.bundled_on)
        self.assertEqual({one.id: one.raw for one in self.singles}, self.contents)
        previous = ""
        for archive in archives:
            manifest = Archive(io.BytesIO(archive.raw)).manifest()
            self.assertEqual(manifest["previous_archive"], previous)
            previous = archive.l10n_in_irp_sha256
        self.assertEqual(self.faults(), [])

    # -- whatever happens in between

    def test_run_that_dies_loses_nothing(self):
        archive = bundling._make(self.seal, self.singles)
        self.assertEqual(self.in_database(), self.singles)
        self.assertEqual(self.faults(), [])
        # dies before what it took out of the database is committed
        with self.assertRaises(Killed), self.env.cr.savepoint():
            self.bundle(progress=killed)
        self.assertEqual(self.in_database(), self.singles)
        self.assertEqual({one.id: one.raw for one in self.singles}, self.contents)
        self.assertEqual(self.bundle(), archive, "the archive that was left is used")
        self.assertFalse(self.in_database())
        self.assertEqual({one.id: one.raw for one in self.singles}, self.contents)

    def test_archive_that_was_not_stored_well_replaces_nothing(self):
        archive = bundling._make(self.seal, self.singles)
        change = self.rewritten(archive, "evidence/", lambda text: text[:-20])
        self.replace(archive, change)
        with mute_logger(ARCHIVES + ".bundling", ARCHIVES + ".ir_attachment"):
            self.bundle()
        self.assertEqual(self.in_database(), self.singles)
        self.assertFalse(self.seal.bundled_on)

    def test_changed_evidence_stays_for_whoever_looks_into_it(self):
        one = self.singles[0]
        changed = pack(self.contents[one.id].replace(b"INV", b"VNI", 1))
        before = one.db_datas
        update = "UPDATE ir_attachment SET db_datas = %s WHERE id = %s"
        self.sql(update, changed, one.id)
        with mute_logger(ARCHIVES + ".bundling"):
            self.assertFalse(self.bundle())
        self.sql(update, before, one.id)
        with self.env.cr.savepoint() as savepoint:
            self.sql(
                "UPDATE l10n_in_irp_seal SET count = 9 WHERE id = %s", self.seal.id
            )
            with mute_logger(ARCHIVES + ".bundling"):
                self.assertFalse(self.bundle())
            savepoint.rollback()
        self.assertTrue(self.bundle())

    def test_file_store_out_of_order_costs_no_archive(self):
        # a file is no folder to write to
        no_folder = self.portal_path
        attachments = self.env["ir.attachment"]
        self.patch(type(attachments), "_filestore", lambda _self: no_folder)
        with mute_logger(ARCHIVES + ".ir_attachment"):
            [archive] = self.bundle()
        self.assertFalse(archive.store_fname)
        self.assertEqual({one.id: one.raw for one in self.singles}, self.contents)
        self.assertEqual(self.faults(), [])

    def test_half_written_file_does_not_block_an_archive(self):
        """A process killed while writing leaves a partial file in the file store."""
        [archive] = self.bundle()
        path = Path(archive._full_path(archive.store_fname))
        content = path.read_bytes()
        path.write_bytes(content[:1000])
        with mute_logger(ARCHIVES + ".ir_attachment"):
            name = archive._file_write(content, archive._compute_checksum(content))
        self.assertEqual((name, path.read_bytes()), (archive.store_fname, content))

    def test_file_of_the_store_with_another_content_stays(self):
        attachments = self.env["ir.attachment"].sudo()
        whole = b"an answer of the portal"
        checksum = attachments._compute_checksum(whole)
        _name, path = attachments._get_path(whole, checksum)
        Path(path).write_bytes(whole)
        self.addCleanup(Path(path).unlink)
        with self.assertRaisesRegex(UserError, "collides"):
            attachments._get_path(whole + b", and more with the same sum", checksum)
        self.assertEqual(Path(path).read_bytes(), whole)

    # -- what is found

    def test_changed_archive_is_found(self):
        first, *_others, last = self.bundle(most=1)
        one = self.singles[0]
        sha256 = one.l10n_in_irp_sha256.encode()
        no_index = self.rewritten(last, "index.csv", lambda text: text.split(b"\n")[0])
        for archive, content, expected in (
            (
                first,
                self.rewritten(first, "evidence/", lambda t: t.replace(b"GST", b"SGT")),
                f"Attachment {one.id}: it was changed",
            ),
            (
                first,
                self.rewritten(first, "index.csv", lambda t: t.replace(sha256, b"0")),
                f"{first.name}: its index was changed",
            ),
            (last, no_index, f"{last.name}: its index was changed"),
            (
                last,
                self.rewritten(last, "manifest", lambda t: t.replace(b"archive", b"?")),
                f"{last.name}: it does not follow the archive before it",
            ),
            (first, b"no zip", f"{first.name}: its file cannot be read"),
        ):
            with (
                self.subTest(expected),
                self.env.cr.savepoint() as savepoint,
                mute_logger(ARCHIVES + ".ir_attachment"),
            ):
                path = Path(archive._full_path(archive.store_fname))
                before = path.read_bytes()
                self.replace(archive, content)
                self.assertIn(expected, "\n".join(self.faults()))
                path.write_bytes(before)
                savepoint.rollback()
        self.assertEqual(self.faults(), [])

    def test_changed_or_missing_file_is_found(self):
        first, second, *_others = self.bundle(most=1)
        path = Path(first._full_path(first.store_fname))
        content = path.read_bytes()
        self.addCleanup(path.write_bytes, content)
        path.write_bytes(content[:-30] + b"x" * 30)
        with mute_logger(ARCHIVES + ".ir_attachment"):
            texts = "\n".join(self.faults())
            self.assertIn(f"{first.name}: its file was changed, or is missing", texts)
            path.unlink()
            self.assertIn(f"{first.name}: its file cannot be read", str(self.faults()))
        path.write_bytes(content)
        self.assertEqual(self.faults(), [])
        # with the row of the archive, and all that refers to it
        self.sql(
            f"UPDATE ir_attachment SET {ARCHIVE} = NULL WHERE {ARCHIVE} = %s", first.id
        )
        self.sql("DELETE FROM ir_attachment WHERE id = %s", first.id)
        texts = "\n".join(self.faults())
        self.assertIn(f"Attachment {self.singles[0].id}: it was changed", texts)
        self.assertIn(f"{second.name}: it does not follow the archive before", texts)

    def test_archives_are_sealed_as_all_evidence(self):
        [archive] = self.bundle()
        with freeze_time(self.made + timedelta(days=42)):
            self.seals._cron_seal()
        self.assertTrue(archive.l10n_in_irp_seal_id)
        self.assertEqual(self.faults(), [])
        self.assertEqual(self.bundle(days=400), archive, "archives are not bundled")
        self.sql("UPDATE ir_attachment SET name = 'x' WHERE id = %s", archive.id)
        self.assertIn("it was changed", "\n".join(self.faults()))

    # -- who may

    def test_nobody_changes_or_deletes_an_archive(self):
        [archive] = self.bundle()
        single = self.singles[0]
        for record, vals in (
            (archive, {"raw": b"PK"}),
            (archive, {"name": "x.zip"}),
            (archive, {"res_id": 1}),
            (single, {ARCHIVE: False}),
            (single, {"db_datas": pack(b"{}")}),
            (single, {"raw": b"{}"}),
        ):
            with self.assertRaisesRegex(UserError, "preserved by law"):
                record.sudo().write(vals)
        for record in (archive, single):
            with self.assertRaises(UserError):
                record.sudo().with_context(_force_unlink=True).unlink()
        plain = self.env["ir.attachment"].create({"name": "a", "raw": b"a"})
        with self.assertRaises(AccessError):
            plain.sudo().write({ARCHIVE: archive.id})
        made = plain.sudo().create({"name": "a", "raw": b"a", ARCHIVE: archive.id})
        self.assertFalse(made[ARCHIVE])

    def test_archives_are_for_the_readers_of_their_seal(self):
        [archive] = self.bundle()
        seal = self.seal.with_user(self.accountant)
        self.assertEqual(seal.archive_ids.raw, archive.sudo().raw)
        stranger = new_test_user(
            self.env(su=True),
            "irp_stranger",
            groups="account.group_account_manager",
            company_id=self.outside_in_company.id,
            company_ids=[Command.set(self.outside_in_company.ids)],
        )
        for record in (archive, self.documents.signed_attachment_id[:1]):
            self.forget()
            with self.assertRaises(AccessError):
                record.with_user(stranger).read(["raw"])

    # -- how it is packed

    def test_packed_content_is_read_to_the_byte(self):
        token = self.documents[0].signed_qr.encode()
        for content in (
            *self.contents.values(),
            b"",
            b"{}",
            token,
            # no base64 that could be restored
            b"A" * 81,
            b"A" * 82 + b"B",
            b"\x00\xff" * 50,
        ):
            self.assertEqual(unpack(pack(content)), content)
            self.assertTrue(pack(content).startswith(MARK))
        packed = pack(token)
        with mute_logger(PACKING):
            for damaged in (packed[:-1], packed[:-9], MARK, packed[:30] + packed[31:]):
                self.assertEqual(unpack(damaged), b"")
        self.assertEqual(unpack(b"plain"), b"plain")

    def test_dictionary_is_that_of_stored_evidence(self):
        """Nothing packed with another dictionary can be read with it."""
        self.assertEqual(
            digest(DICTIONARY),
            "8bbbaec4c44e4ee2f22976725e9fe079b3e5fc310ec108c6e8e634bdbc348ef2",
        )
