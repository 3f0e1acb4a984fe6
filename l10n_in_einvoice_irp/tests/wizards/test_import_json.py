import base64
import json
from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import FaultyTransport, IrpCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestImportJson(IrpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.become_manager()

    def setUp(self):
        super().setUp()
        self.default_company.sudo().l10n_in_irp_register_on = "manual"

    def wizard(self, content):
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.env["l10n_in.irp.import"].create(
            {"file": base64.b64encode(raw), "file_name": "portal.json"}
        )

    def lines(self, *entries):
        """Import the entries of a file; return the lines with the outcomes."""
        wizard = self.wizard(list(entries))
        action = wizard.action_import()
        self.assertEqual(action["res_id"], wizard.id)
        self.assertTrue(wizard.summary)
        return wizard.line_ids

    @staticmethod
    def entry(registration, **changes):
        """Return a registration in the form of the portal's web page."""
        return {
            "Irn": registration.irn,
            "AckNo": int(registration.ack_number),
            "AckDt": f"{registration.ack_date:%Y-%m-%d %H:%M:%S}",
            "SignedInvoice": registration.signed_invoice,
            "SignedQRCode": registration.signed_qr,
            "Status": registration.status or "ACT",
            **changes,
        }

    def test_portal_of_nic_is_stored_for_later_calls(self):
        move = self.make_invoice()
        registration = self.register_elsewhere(move)
        wizard = self.wizard([self.entry(registration)])
        wizard.irp = "NIC2"
        wizard.action_import()
        self.assertEqual(wizard.line_ids.result, "adopted")
        self.assertEqual(move.l10n_in_irp_document_id.irp, "NIC2")

    def documents(self, move):
        return self.env["l10n_in.irp.document"].search([("move_id", "=", move.id)])

    # ------------------------------------------------------------------
    # Agreement
    # ------------------------------------------------------------------

    def test_registration_is_adopted_offline(self):
        move = self.make_invoice()
        registration = self.register_elsewhere(move)
        calls = self.env["l10n_in.irp.log"].search_count([])
        line = self.lines(self.entry(registration))
        self.assertEqual(line.result, "adopted")
        self.assertEqual(line.move_id, move)
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "registered")
        self.assertTrue(document.adopted)
        self.assertEqual(document.signature_state, "verified")
        self.assertEqual(document.ack_number, registration.ack_number)
        self.assertTrue(document.request)
        self.assertTrue(document.signed_attachment_id)
        self.assertTrue(move._l10n_in_irp_print_values())
        self.assertEqual(self.env["l10n_in.irp.log"].search_count([]), calls)

    def test_single_object_and_several(self):
        first, second, third = (self.make_invoice() for _turn in range(3))
        wizard = self.wizard(self.entry(self.register_elsewhere(first)))
        wizard.action_import()
        self.assertEqual(wizard.line_ids.result, "adopted")
        others = [self.register_elsewhere(move) for move in (second, third)]
        lines = self.lines(*map(self.entry, others))
        self.assertEqual(lines.mapped("result"), ["adopted", "adopted"])

    def test_known_already(self):
        move = self.make_invoice()
        entry = self.entry(self.register_elsewhere(move))
        lines = self.lines(entry, entry)
        self.assertEqual(lines.mapped("result"), ["adopted", "known"])
        document = move.l10n_in_irp_document_id
        before = document.read()
        self.assertEqual(self.lines(entry).result, "known")
        self.assertEqual(document.read(), before)

    def test_number_is_matched_as_the_portal_compares_it(self):
        move = self.make_invoice(name="Inv/25-26/a1")
        self.make_invoice(name="INV/25-26/A11")
        line = self.lines(self.entry(self.register_elsewhere(move)))
        self.assertEqual((line.result, line.move_id), ("adopted", move))

    def test_unknown_past_the_retrieval_window(self):
        move = self.make_invoice()
        move._l10n_in_irp_enqueue()
        self.process(FaultyTransport("lost"))
        request = json.loads(move.l10n_in_irp_document_id.request)
        held = self.other_client().get_irn_by_document(
            "INV", move.name, move.invoice_date
        )
        self.partner_a.sudo().zip = "360002"
        with freeze_time("2026-02-20 06:30:00"):
            self.process()
            self.assertEqual(move.l10n_in_irp_state, "unclear")
            self.assertEqual(self.lines(self.entry(held)).result, "adopted")
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "registered")
        self.assertEqual(json.loads(document.request), request, "as it was sent")
        self.assertFalse(document.next_attempt_at)

    def test_conflict_with_another_portal_is_settled(self):
        move = self.make_invoice()
        move._l10n_in_irp_enqueue()
        document = move.l10n_in_irp_document_id.sudo()
        document.write({"state": "conflict", "error_code": "2295", "error": "2295: …"})
        line = self.lines(self.entry(self.register_elsewhere(move)))
        self.assertEqual(line.result, "adopted")
        self.assertEqual(document.state, "registered")
        self.assertFalse(document.error)

    # ------------------------------------------------------------------
    # Cancelled registrations
    # ------------------------------------------------------------------

    def test_cancelled_registration(self):
        move = self.make_invoice()
        entry = self.entry(self.register_elsewhere(move), Status="CNL")
        for _turn in range(2):
            line = self.lines(entry)
            self.assertEqual(line.result, "claimed")
            self.assertIn("signature does not cover", line.message)
            self.assertEqual(move.l10n_in_irp_state, "registered")
        document = move.l10n_in_irp_document_id
        self.assertIn("In a file imported by", document.cancel_claim)
        self.assertIn("Settle by Hand", document.notice)
        self.assertTrue(document.irn)
        self.assertTrue(document.can_be_settled)

    def test_portal_says_what_a_file_only_claims(self):
        move = self.make_invoice()
        registration = self.register_elsewhere(move)
        self.lines(self.entry(registration, Status="CNL"))
        self.assertEqual(self.banner(move)["action_text"], "Refresh from IRP")
        transport = FaultyTransport()
        move.with_context(
            l10n_in_irp_wrap_transport=transport
        ).action_l10n_in_irp_refresh()
        self.assertEqual(transport.count("/Cancel"), 0, "nobody asked to cancel it")
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertFalse(move.l10n_in_irp_document_id.cancel_claim)
        line = self.lines(self.entry(registration, Status="CNL"))
        self.other_client().cancel_irn(registration.irn, "1", "Duplicate")
        line.action_look_up()
        self.assertEqual(line.result, "cancelled")
        self.assertEqual(move.l10n_in_irp_state, "cancelled")
        self.assertFalse(move.l10n_in_irp_document_id.notice)

    def banner(self, move):
        return move._get_alerts()["l10n_in_irp"]

    def test_claim_that_nobody_answers_changes_nothing(self):
        move = self.make_invoice()
        self.lines(self.entry(self.register_elsewhere(move), Status="CNL"))
        document = move.l10n_in_irp_document_id
        for transport, words in (
            (FaultyTransport("not_sent", times=9), "could not be reached"),
            (FaultyTransport("2283", times=9), "Settle by Hand"),
            (FaultyTransport("2154", times=9), "Settle by Hand"),
        ):
            asking = move.with_context(l10n_in_irp_wrap_transport=transport)
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                asking.action_l10n_in_irp_refresh()
            self.assertTrue(transport.urls)
            self.assertEqual(document.state, "registered")
            self.assertTrue(document.cancel_claim)

    def test_manager_records_what_became_of_a_claim(self):
        move = self.make_invoice()
        self.lines(self.entry(self.register_elsewhere(move), Status="CNL"))
        action = move.action_l10n_in_irp_settle()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"known_word": "active", "remark": "Seen on the portal"})
        wizard.action_settle()
        document = move.l10n_in_irp_document_id
        self.assertEqual(
            (document.state, document.settled_as), ("registered", "active")
        )
        self.assertFalse(document.cancel_claim)

    def test_registered_here_and_cancelled_there(self):
        move = self.make_invoice()
        move.action_l10n_in_irp_register()
        held = self.other_client().get_irn(move.l10n_in_irp_irn)
        self.assertEqual(self.lines(self.entry(held)).result, "known")
        before = move.l10n_in_irp_document_id.read()[0]
        line = self.lines(self.entry(held, Status="CNL"))
        self.assertEqual(line.result, "claimed")
        after = move.l10n_in_irp_document_id.read()[0]
        changed = {name for name in after if after[name] != before[name]}
        stamps = {"write_date", "write_uid", "__last_update"}
        self.assertEqual(changed - stamps, {"cancel_claim", "notice", "can_be_settled"})

    # ------------------------------------------------------------------
    # Registrations not adopted
    # ------------------------------------------------------------------

    def test_other_content_is_a_conflict(self):
        move = self.make_invoice()
        registration = self.register_elsewhere(move, LglNm="Somebody Else")
        line = self.lines(self.entry(registration))
        self.assertEqual(line.result, "conflict")
        self.assertIn("BuyerDtls.LglNm", line.message)
        self.assertEqual(line.difference_ids.theirs, "Somebody Else")
        self.assertIn(self.partner_a.name, line.difference_ids.place)
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "conflict")
        self.assertIn("Somebody Else", document.error)
        self.assertFalse(document.adopted)

    def test_settled_registration_is_not_overwritten(self):
        move = self.make_invoice()
        registration = self.register_elsewhere(move, LglNm="Somebody Else")
        self.portal_path = f"{self.portal_path}.other"
        move._l10n_in_irp_enqueue()
        document = move.l10n_in_irp_document_id.sudo()
        request, _is_sound = document._prepare_calls()[document.id]
        self.forge(document, **request, state="registered", irn=registration.irn)
        self.assertEqual(self.lines(self.entry(registration)).result, "conflict")
        self.assertEqual(document.state, "registered")
        self.assertFalse(document.error)

    def test_signature_that_does_not_verify(self):
        move = self.make_invoice()
        registration = self.register_elsewhere(move)
        head, body, _signature = registration.signed_invoice.split(".")
        _head, _body, other = registration.signed_qr.split(".")
        forged = self.entry(registration, SignedInvoice=f"{head}.{body}.{other}")
        no_qr = self.entry(registration, SignedQRCode="")
        for entry in (forged, no_qr):
            line = self.lines(entry)
            self.assertEqual(line.result, "unproven")
            self.assertIn("is not valid", line.message)
        self.assertFalse(self.documents(move))

    def unnamed_key(self, token):
        """Return a token without `kid`, as anybody can write one."""
        head, body, signature = token.split(".")
        members = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        members.pop("kid", None)
        text = base64.urlsafe_b64encode(json.dumps(members).encode()).decode()
        return f"{text.rstrip('=')}.{body}.{signature}"

    def test_missing_key_registers_nothing(self):
        move = self.make_invoice()
        registration = self.register_elsewhere(move)
        self.default_company.sudo().l10n_in_irp_environment = "production"
        unnamed = {
            "SignedInvoice": self.unnamed_key(registration.signed_invoice),
            "SignedQRCode": self.unnamed_key(registration.signed_qr),
        }
        for changes in ({}, {"Status": "CNL"}, unnamed, {**unnamed, "Status": "CNL"}):
            with self.subTest(changes=sorted(changes)):
                line = self.lines(self.entry(registration, **changes))
                self.assertEqual(line.result, "no_key")
                self.assertRegex(line.message, "key .+ missing")
                self.assertFalse(self.documents(move))
                self.assertFalse(move.l10n_in_irp_irn)

    def test_missing_key_changes_no_registration(self):
        move = self.make_invoice()
        registration = self.register_elsewhere(move)
        self.default_company.sudo().l10n_in_irp_environment = "production"
        move.action_l10n_in_irp_register()
        document = move.l10n_in_irp_document_id
        for state in ("registered", "unknown", "unclear", "cancel_unclear"):
            self.forge(document, state=state, irn=registration.irn)
            with self.subTest(state):
                self.lines(self.entry(registration, Status="CNL"))
                self.assertEqual(document.state, state)
                self.assertFalse(document.signed_attachment_id)

    # ------------------------------------------------------------------
    # A file that waits for its key, or whose key is retired
    # ------------------------------------------------------------------

    def add_credential(self, **values):
        return (
            self.env["l10n_in.irp.credential"]
            .sudo()
            .create(
                {
                    "company_id": self.default_company.id,
                    "environment": "production",
                    "username": "user",
                    "password": "secret",
                    "client_id": "client",
                    "client_secret": "client-secret",
                    "auth_key": self.auth_key(),
                    **values,
                }
            )
        )

    def add_key(self):
        self.env["l10n_in.irp.signing.key"].sudo().create(
            {
                "credential_id": self.add_credential().id,
                "file": base64.b64encode(self.portal().signing_certificate),
            }
        )

    def test_file_waits_for_its_key(self):
        move = self.make_invoice()
        registration = self.register_elsewhere(move)
        self.default_company.sudo().l10n_in_irp_environment = "production"
        wizard = self.wizard([self.entry(registration)])
        wizard.irp = "NIC2"
        wizard.action_import()
        kid = self.portal().kid
        self.assertEqual(wizard.line_ids.result, "no_key")
        self.assertIn(kid, wizard.line_ids.message)
        pending = move.l10n_in_irp_pending_id
        self.assertEqual((pending.res_model, pending.res_id), (move._name, move.id))
        self.assertIn(kid, move.message_ids[0].body)
        self.assertEqual(move.message_ids[0].attachment_ids, pending)
        self.assertFalse(self.documents(move))
        self.assertFalse(move._l10n_in_irp_print_values())
        self.assertEqual(self.again(move).result, "no_key")
        self.assertEqual(move.l10n_in_irp_pending_id, pending)
        alert = move._get_alerts()["l10n_in_irp_pending"]
        self.assertIn(kid, alert["message"])
        self.add_key()
        self.assertFalse(self.documents(move))
        self.assertIn("can be imported now", move.message_ids[0].body)
        alert = move._get_alerts()["l10n_in_irp_pending"]
        self.assertIn("can be imported now", alert["message"])
        line = self.press(alert)
        self.assertEqual(line.result, "adopted")
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertEqual(move.l10n_in_irp_signature_state, "verified")
        self.assertEqual(move.l10n_in_irp_document_id.irp, "NIC2")
        self.assertFalse(move.l10n_in_irp_pending_id)
        self.assertNotIn("l10n_in_irp_pending", move._get_alerts())
        with self.assertRaisesRegex(UserError, "waits for a signing key"):
            self.again(move)

    def again(self, move):
        action = move.action_l10n_in_irp_import_again()
        return self.env[action["res_model"]].browse(action["res_id"]).line_ids

    def press(self, alert):
        action = alert["action"]
        actions = self.env["ir.actions.server"].browse(action["id"])
        opened = actions.with_context(**action["context"]).run()
        return self.env[opened["res_model"]].browse(opened["res_id"]).line_ids

    def test_banner_of_a_waiting_file_has_a_button_for_managers(self):
        move = self.make_invoice()
        registration = self.register_elsewhere(move)
        self.default_company.sudo().l10n_in_irp_environment = "production"
        self.lines(self.entry(registration))
        user = new_test_user(
            self.env(su=True), "irp_user", groups="account.group_account_invoice"
        )
        alert = move.with_user(user)._get_alerts()["l10n_in_irp_pending"]
        self.assertNotIn("action", alert)

    def test_nobody_chooses_the_file_that_waits(self):
        move = self.make_invoice(post=False)
        attachment = self.env["ir.attachment"].create({"name": "x", "raw": b"{}"})
        name = "l10n_in_irp_pending_id"
        values = {"move_type": "out_invoice", "partner_id": self.partner_a.id}
        with self.assertRaisesRegex(AccessError, "only the IRP's responses"):
            move.write({name: attachment.id})
        with self.assertRaisesRegex(AccessError, "only the IRP's responses"):
            move.create({**values, name: attachment.id})
        with self.assertRaisesRegex(AccessError, "only the IRP's responses"):
            move.with_context(**{f"default_{name}": attachment.id}).create(values)

    def after_the_end(self):
        """Return a time at which the demo's key is no longer valid."""
        (key,) = self.default_company._l10n_in_irp_signing_keys("demo")
        return freeze_time(key.not_after.replace(tzinfo=None) + timedelta(days=1))

    def test_retired_key_needs_a_managers_confirmation(self):
        move = self.make_invoice()
        entry = self.entry(self.register_elsewhere(move))
        with self.after_the_end():
            wizard = self.wizard([entry])
            wizard.action_import()
            self.assertEqual(wizard.line_ids.result, "retired")
            self.assertTrue(wizard.has_retired)
            self.assertFalse(self.documents(move))
            wizard.action_accept_retired()
            self.assertEqual(wizard.line_ids.result, "adopted")
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.signature_state, "verified")
        self.assertIn("Signed with a retired key", document.signature_note)
        self.assertIn(self.accountant.name, document.signature_note)
        bodies = " ".join(move.message_ids.mapped("body"))
        self.assertIn("Signed with a retired key", bodies)

    def test_retired_key_makes_no_conflict_unconfirmed(self):
        move = self.make_invoice()
        entry = self.entry(self.register_elsewhere(move, LglNm="Somebody Else"))
        with self.after_the_end():
            self.assertEqual(self.lines(entry).result, "conflict")
        self.assertFalse(self.documents(move))

    def test_conflict_that_nobody_signed_for_changes_nothing(self):
        move = self.make_invoice()
        registration = self.register_elsewhere(move, LglNm="Somebody Else")
        self.default_company.sudo().l10n_in_irp_environment = "production"
        line = self.lines(self.entry(registration))
        self.assertEqual(line.result, "conflict")
        self.assertTrue(line.difference_ids)
        self.assertFalse(self.documents(move))

    def test_no_such_invoice(self):
        move = self.make_invoice()
        entry = self.entry(self.register_elsewhere(move))
        move.button_draft()
        line = self.lines(entry)
        self.assertEqual(line.result, "no_invoice")
        self.assertFalse(line.move_id)
        move.invoice_date = "2026-01-14"
        move.action_post()
        self.assertIn("2026-01-14", self.lines(entry).message)
        self.assertFalse(self.documents(move))

    def test_another_gstin(self):
        move = self.make_invoice()
        entry = self.entry(self.register_elsewhere(move))
        self.default_company.sudo().vat = "24AAACC4175D1Z4"
        line = self.lines(entry)
        self.assertEqual(line.result, "foreign")
        self.assertIn("24AAACC4175D1Z4", line.message)
        self.assertFalse(self.documents(move))

    def test_invoice_that_is_not_for_the_portal(self):
        move = self.make_invoice()
        entry = self.entry(self.register_elsewhere(move))
        self.default_company.sudo().l10n_in_irp_enabled = False
        line = self.lines(entry)
        self.assertEqual(line.result, "failed")
        self.assertEqual(line.message, move.l10n_in_irp_reason)
        self.assertFalse(self.documents(move))

    def test_good_and_bad_side_by_side(self):
        good, bad = self.make_invoice(), self.make_invoice()
        entries = (
            self.entry(self.register_elsewhere(bad), SignedQRCode=""),
            self.entry(self.register_elsewhere(good)),
        )
        self.assertEqual(self.lines(*entries).mapped("result"), ["unproven", "adopted"])
        self.assertEqual(good.l10n_in_irp_state, "registered")
        self.assertFalse(bad.l10n_in_irp_state)

    # ------------------------------------------------------------------
    # Invalid files
    # ------------------------------------------------------------------

    def test_bad_files_are_refused_whole(self):
        move = self.make_invoice()
        entry = self.entry(self.register_elsewhere(move))
        broken = {**entry, "SignedInvoice": "no.token.at all"}
        for content, words in (
            (b"%PDF-1.7", "not JSON"),
            (b"\xff\xfe\x00", "not JSON"),
            ([], "no invoice"),
            ({"Version": "1.1"}, "no signed invoice"),
            ([entry, {**entry, "SignedInvoice": ""}], "entry 2"),
            ([entry, broken], "entry 2"),
        ):
            with self.subTest(words=words, content=str(content)[:20]):
                wizard = self.wizard(content)
                with self.assertRaisesRegex(UserError, words):
                    wizard.action_import()
                self.assertFalse(wizard.line_ids)
        self.assertFalse(self.documents(move))

    def test_file_is_needed(self):
        wizard = self.env["l10n_in.irp.import"].create({})
        with self.assertRaisesRegex(UserError, "Choose the file from the portal"):
            wizard.action_import()

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_result_is_for_the_person_who_imported(self):
        wizard = self.wizard([])
        other = new_test_user(
            self.env(su=True), "irp_other", groups="account.group_account_invoice"
        )
        with self.assertRaises(AccessError):
            wizard.with_user(other).read(["file_name"])

    def test_clerks_import_nothing(self):
        clerk = new_test_user(self.env(su=True), "irp_clerk", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["l10n_in.irp.import"].with_user(clerk).create({})
