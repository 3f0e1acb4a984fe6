import base64
from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.evidence import verification
from ...models.evidence.packing import MARK, pack, unpack
from ..common import IrpCommon

PACKING = "odoo.addons.l10n_in_einvoice_irp.models.evidence.packing"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSeal(IrpCommon):
    def setUp(self):
        super().setUp()
        # rows carry PostgreSQL's time, which a test does not set
        self.made = self.env.cr.now()
        self.seals = self.env["l10n_in.irp.seal"].sudo()
        self.moves = [self.make_invoice() for _ in range(2)]
        self.process()
        self.document = self.moves[0].l10n_in_irp_document_id.sudo()

    def seal(self, days=2):
        """Run the scheduled action as if some days had passed."""
        with freeze_time(self.made + timedelta(days=days)):
            self.seals._cron_seal()
        return self.seals.search([("company_id", "=", self.default_company.id)])

    def faults(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return [fault.text for fault in verification.verify(self.env(su=True))]

    def sql(self, statement, *values):
        self.env.flush_all()
        self.env.cr.execute(statement, values)
        self.env.invalidate_all()

    def row(self):
        return self.document.log_ids.filtered("request_attachment_id")[:1]

    # -- sealing

    def test_days_are_sealed_when_they_are_over(self):
        self.assertFalse(self.seal(days=0))
        seals = self.seal()
        self.assertEqual(set(seals.mapped("kind")), {"evidence", "calls"})
        evidence = seals.filtered(lambda seal: seal.kind == "evidence")
        # of each invoice: request, signed answer, and the call
        self.assertEqual(evidence.count, 6)
        self.assertFalse(evidence.previous_hash)
        self.assertEqual(self.row().seal_id, evidence)
        self.assertEqual(
            self.document.signed_attachment_id.l10n_in_irp_seal_id, evidence
        )
        calls = seals - evidence
        self.assertEqual(set(self.rows(calls).mapped("endpoint")), {"authenticate"})
        self.assertEqual(self.faults(), [])
        self.assertEqual(self.seal(), seals, "nothing is sealed twice")

    def rows(self, seal):
        return self.env["l10n_in.irp.log"].sudo().search([("seal_id", "=", seal.id)])

    def test_seals_are_chained(self):
        yesterday = self.made - timedelta(days=1)
        self.sql(
            "UPDATE l10n_in_irp_log SET create_date = %s WHERE id = %s",
            yesterday,
            self.row().id,
        )
        chain = self.seal().filtered(lambda seal: seal.kind == "evidence")
        later, earlier = chain
        self.assertEqual((earlier.count, later.count), (1, 5))
        self.assertEqual(later.day - earlier.day, timedelta(days=1))
        self.assertEqual(later.previous_hash, earlier.seal_hash)
        self.assertEqual(self.faults(), [])

    def test_record_that_came_late_is_sealed_with_the_next_day(self):
        [first] = self.seal().filtered(lambda seal: seal.kind == "evidence")
        self.make_invoice()
        self.process()
        self.seal(days=3)
        [second, _first] = self.seals.search(
            [
                ("kind", "=", "evidence"),
                ("company_id", "=", self.default_company.id),
            ]
        )
        self.assertEqual(second.day, first.day + timedelta(days=1))
        self.assertEqual(second.count, 3)
        self.assertEqual(self.faults(), [])

    # -- what is found

    def test_changed_row_is_found(self):
        self.seal()
        row = self.row()
        self.sql("UPDATE l10n_in_irp_log SET code = 'x' WHERE id = %s", row.id)
        [fault] = self.faults()
        self.assertIn(self.default_company.name, fault)
        self.assertIn(f"API Log Entry {row.id}: it was changed", fault)

    def test_deleted_row_is_found(self):
        self.seal()
        row = self.row()
        self.sql("DELETE FROM l10n_in_irp_log WHERE id = %s", row.id)
        [fault] = self.faults()
        self.assertIn(f"{row.id}: it was deleted", fault)

    def test_changed_content_is_found(self):
        self.seal()
        attachment = self.document.signed_attachment_id
        content = attachment.db_datas
        update = "UPDATE ir_attachment SET db_datas = %s WHERE id = %s"
        changed = pack(unpack(content).replace(b"Irn", b"Nri", 1))
        self.sql(update, changed, attachment.id)
        [fault] = self.faults()
        self.assertIn(f"Attachment {attachment.id}: it was changed", fault)
        self.sql(update, content[:-9], attachment.id)
        with mute_logger(PACKING):
            self.assertEqual(self.faults(), [fault])

    def test_changed_attachment_is_found(self):
        self.seal()
        attachment = self.document.request_attachment_id
        for column, value in (("name", "x"), ("l10n_in_irp_sha256", "0" * 64)):
            before = attachment[column]
            update = f"UPDATE ir_attachment SET {column} = %s WHERE id = %s"
            self.sql(update, value, attachment.id)
            self.assertTrue(self.faults(), column)
            self.sql(update, before, attachment.id)
        self.assertEqual(self.faults(), [])

    def test_swapped_rows_are_found(self):
        self.seal()
        one, other = (
            move.l10n_in_irp_document_id.sudo().log_ids.filtered(
                "request_attachment_id"
            )
            for move in self.moves
        )
        for old, new in ((one.id, 10**8), (other.id, one.id), (10**8, other.id)):
            self.sql("UPDATE l10n_in_irp_log SET id = %s WHERE id = %s", new, old)
        self.assertEqual(len(self.faults()), 2)

    def test_record_added_to_a_seal_is_found(self):
        [seal] = self.seal().filtered(lambda seal: seal.kind == "evidence")
        move = self.make_invoice()
        self.process()
        row = move.l10n_in_irp_document_id.sudo().log_ids[:1]
        self.sql(
            "UPDATE l10n_in_irp_log SET seal_id = %s WHERE id = %s", seal.id, row.id
        )
        [fault] = self.faults()
        self.assertIn("added", fault)

    def test_changed_seal_is_found(self):
        [seal] = self.seal().filtered(lambda seal: seal.kind == "evidence")
        lines = seal._digest_lines().split("\n")
        swapped = pack("\n".join(reversed(lines)).encode())
        for column, value in (
            ("digests", swapped),
            ("count", seal.count - 1),
            ("content_hash", "0" * 64),
            ("previous_hash", "0" * 64),
            ("day", seal.day - timedelta(days=9)),
        ):
            with self.subTest(column), self.env.cr.savepoint() as savepoint:
                self.sql(
                    f"UPDATE l10n_in_irp_seal SET {column} = %s WHERE id = %s",
                    value,
                    seal.id,
                )
                self.assertTrue(self.faults())
                savepoint.rollback()
        self.assertEqual(self.faults(), [])

    def test_claim_of_a_deletion_hides_nothing(self):
        for seal in self.seal():
            row = self.rows(seal)[:1]
            self.sql("DELETE FROM l10n_in_irp_log WHERE id = %s", row.id)
            self.sql(
                "UPDATE l10n_in_irp_seal SET pruned_on = day + 30 WHERE id = %s",
                seal.id,
            )
            [fault] = verification.seal_faults(seal)
            self.assertIn(f"{row.id}: it was deleted", fault.text)

    def test_damaged_list_is_found(self):
        for seal in self.seal():
            damaged = MARK + b" no list \xff"
            update = "UPDATE l10n_in_irp_seal SET digests = %s WHERE id = %s"
            self.sql(update, damaged, seal.id)
            with mute_logger(PACKING):
                self.assertEqual(len(list(verification.seal_faults(seal))), 1)

    def test_missing_seal_is_found(self):
        self.test_seals_are_chained()
        first = self.seals.search([("kind", "=", "evidence")], order="day", limit=1)
        self.sql(
            "UPDATE l10n_in_irp_log SET seal_id = NULL WHERE seal_id = %s", first.id
        )
        self.sql("DELETE FROM l10n_in_irp_seal WHERE id = %s", first.id)
        [fault] = self.faults()
        self.assertIn("does not follow", fault)

    # -- deleting what may go

    def test_other_calls_are_deleted_after_their_time(self):
        seals = self.seal()
        calls = seals.filtered(lambda seal: seal.kind == "calls")
        kept = self.rows(seals - calls)
        self.assertTrue(self.rows(calls))
        self.seal(days=179)
        self.assertTrue(self.rows(calls))
        self.seal(days=183)
        self.assertFalse(self.rows(calls))
        self.assertTrue(calls.pruned_on)
        self.assertTrue(kept.exists())
        self.assertEqual(self.faults(), [])
        lines = base64.b64encode(pack(b"l10n_in.irp.log,1,0"))
        self.sql(
            "UPDATE l10n_in_irp_seal SET digests = %s WHERE id = %s", lines, calls.id
        )
        self.assertTrue(self.faults())

    def test_broken_days_are_not_deleted(self):
        calls = self.seal().filtered(lambda seal: seal.kind == "calls")
        row = self.rows(calls)[:1]
        self.sql("UPDATE l10n_in_irp_log SET code = 'x' WHERE id = %s", row.id)
        self.seal(days=400)
        self.assertTrue(row.exists())

    def test_evidence_is_preserved_for_eight_years(self):
        [seal] = self.seal().filtered(lambda seal: seal.kind == "evidence")
        self.assertEqual(seal.preserve_until.year, seal.day.year + 8)
        self.seal(days=3650)
        self.assertTrue(self.row().exists())

    # -- who may

    def test_nobody_changes_a_seal(self):
        for seal in self.seal():
            for context in ({}, {"_force_unlink": True}):
                with self.assertRaises(UserError):
                    seal.with_context(**context).unlink()
            for vals in ({"seal_hash": "0"}, {"result": "intact"}, {"day": False}):
                with self.assertRaises(UserError):
                    seal.write(vals)
                with self.assertRaises(UserError):
                    seal.with_user(self.accountant).write(vals)

    def test_managers_check_and_see_the_result(self):
        seals = self.seal()
        with self.assertRaises(AccessError):
            seals.with_user(self.accountant).action_verify()
        manager = new_test_user(
            self.env(su=True),
            "irp_manager",
            groups="account.group_account_manager",
            company_id=self.default_company.id,
            company_ids=[Command.set(self.default_company.ids)],
        )
        seals.with_user(manager).action_verify()
        self.assertEqual(set(seals.mapped("result")), {"intact"})
        self.sql("UPDATE l10n_in_irp_log SET code = 'x' WHERE id = %s", self.row().id)
        seals.with_user(manager).action_verify()
        broken = seals.filtered(lambda seal: seal.result == "broken")
        self.assertEqual(broken.kind, "evidence")
        self.assertIn(str(self.row().id), broken.fault)

    def test_other_companies_see_no_seal(self):
        stranger = new_test_user(
            self.env(su=True),
            "irp_stranger",
            groups="account.group_account_manager",
            company_id=self.outside_in_company.id,
            company_ids=[Command.set(self.outside_in_company.ids)],
        )
        seals = self.seal().with_user(stranger)
        self.assertFalse(seals.search([("id", "in", seals.ids)]))
        with self.assertRaises(AccessError):
            seals.action_verify()
