import json

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import TODAY, FaultyTransport, IrpCommon

VEHICLE = {"VehNo": "MH12AB1234", "VehType": "R"}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFetch(IrpCommon):
    def setUp(self):
        super().setUp()
        self.default_company.sudo().l10n_in_irp_register_on = "manual"

    def fetch(self, move, irn="", transport=None, irp=False):
        """Open the dialog from the action menu and press its button."""
        action = self.env.ref("l10n_in_einvoice_irp.action_l10n_in_irp_fetch")
        opened = action.with_context(
            active_model="account.move", active_ids=move.ids, active_id=move[:1].id
        ).run()
        wizard = self.env[opened["res_model"]].browse(opened["res_id"])
        wizard.write({"irn": irn, "irp": irp})
        wizard.with_context(l10n_in_irp_wrap_transport=transport).action_fetch()
        return wizard

    def test_only_for_what_customers_get(self):
        bill = self.make_invoice(move_type="in_invoice", invoice_date=TODAY)
        entry = self.env["account.move"].create({"move_type": "entry"})
        for move, words in ((bill, "only customer invoices"), (entry, "Confirm")):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.fetch(move)

    def calls(self, move):
        return self.env["l10n_in.irp.log"].search([("number", "=", move.name)])

    def test_registered_elsewhere_is_adopted(self):
        move = self.make_invoice()
        registration = self.register_elsewhere(move)
        transport = FaultyTransport()
        wizard = self.fetch(move, transport=transport)
        self.assertEqual(wizard.result, "registered")
        self.assertIn(registration.irn, wizard.message)
        self.assertFalse(wizard.difference_ids)
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "registered")
        self.assertTrue(document.adopted)
        self.assertEqual(document.irn, registration.irn)
        self.assertEqual(document.signature_state, "verified")
        self.assertTrue(document.signed_attachment_id)
        self.assertTrue(document.base_url)
        self.assertEqual(transport.count("irnbydocdetails"), 1)
        self.assertEqual(transport.count("/Invoice/") + transport.count("/Cancel"), 1)
        self.assertEqual(self.calls(move).document_id, document)

    def test_what_was_compared_is_stored(self):
        move = self.make_invoice()
        self.register_elsewhere(move)
        self.fetch(move)
        document = move.l10n_in_irp_document_id
        request = self.env["l10n_in.irp.payload"]._build(move)
        self.assertEqual(json.loads(document.request), request)
        self.assertEqual(len(document.request_hash), 64)

    def test_by_irn(self):
        move = self.make_invoice()
        irn = self.register_elsewhere(move).irn
        transport = FaultyTransport()
        wizard = self.fetch(move, irn=f" {irn.upper()} ", transport=transport)
        self.assertEqual(wizard.result, "registered")
        self.assertEqual(transport.count(irn), 1)
        self.assertEqual(transport.count("irnbydocdetails"), 0)

    def test_irn_of_another_document_is_refused(self):
        move, other = self.make_invoice(), self.make_invoice()
        irn = self.register_elsewhere(other).irn
        transport = FaultyTransport()
        with self.assertRaisesRegex(UserError, "not the IRN of"):
            self.fetch(move, irn=irn, transport=transport)
        with self.assertRaisesRegex(UserError, "64 characters"):
            self.fetch(move, irn="12ab", transport=transport)
        self.assertFalse(transport.urls)
        self.assertFalse(move.l10n_in_irp_state)

    def test_not_found_changes_nothing(self):
        move = self.make_invoice()
        transport = FaultyTransport()
        wizard = self.fetch(move, transport=transport)
        self.assertEqual(wizard.result, "not_found")
        self.assertIn("Nothing was sent", wizard.message)
        self.assertFalse(move.l10n_in_irp_state)
        self.assertFalse(
            self.env["l10n_in.irp.document"].search([("move_id", "=", move.id)])
        )
        self.assertEqual(self.calls(move).mapped("endpoint"), ["get_irn_by_document"])
        move.action_l10n_in_irp_register()
        self.assertEqual(move.l10n_in_irp_state, "registered")

    def test_not_found_leaves_every_state(self):
        for state in ("to_register", "rejected", "conflict", "unknown"):
            with self.subTest(state=state):
                move = self.make_invoice()
                move._l10n_in_irp_enqueue()
                document = move.l10n_in_irp_document_id.sudo()
                request, _is_sound = document._prepare_calls()[document.id]
                self.forge(document, **request, state=state, error="as before")
                before = document.read()
                self.assertEqual(self.fetch(move).result, "not_found")
                document.invalidate_recordset()
                after = document.read()
                del before[0]["log_ids"], after[0]["log_ids"]
                self.assertEqual(before, after)

    def test_differences_are_shown_field_by_field(self):
        move = self.make_invoice()
        registration = self.register_elsewhere(move, LglNm="Somebody Else", Pin=360002)
        wizard = self.fetch(move)
        self.assertEqual(wizard.result, "conflict")
        self.assertIn("Not imported", wizard.message)
        rows = {row.path: row for row in wizard.difference_ids}
        self.assertEqual(set(rows), {"BuyerDtls.LglNm", "BuyerDtls.Pin"})
        name = rows["BuyerDtls.LglNm"]
        self.assertEqual(name.theirs, "Somebody Else")
        self.assertEqual(name.ours, self.partner_a.name)
        self.assertEqual(rows["BuyerDtls.Pin"].place, f"{self.partner_a.name}, Zip")
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "conflict")
        self.assertIn("Somebody Else", document.error)
        self.assertFalse(document.adopted)
        self.assertTrue(document.request)
        self.assertFalse(move._l10n_in_irp_print_values())
        self.assertEqual(document.irn, registration.irn)

    def test_conflict_is_settled_once_odoo_agrees(self):
        move = self.make_invoice()
        self.register_elsewhere(move, Pin=360002)
        self.fetch(move)
        self.partner_a.sudo().zip = "360002"
        self.assertEqual(self.fetch(move).result, "registered")
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "registered")
        self.assertTrue(document.adopted)
        self.assertFalse(document.error)

    def test_duplicate_that_differs_in_contacts_alone_is_fetched(self):
        """Sending it reports the difference; a user may adopt it."""
        move = self.make_invoice()
        irn = self.register_elsewhere(move, Em="purchase@example.com").irn
        move.action_l10n_in_irp_register()
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "conflict")
        self.assertIn("purchase@example.com", document.error)
        wizard = self.fetch(move)
        self.assertEqual(wizard.result, "registered")
        self.assertEqual(wizard.difference_ids.mapped("path"), ["BuyerDtls.Em"])
        self.assertFalse(wizard.difference_ids.is_blocking)
        self.assertEqual((document.state, document.irn), ("registered", irn))
        self.assertFalse(document.error)
        self.assertEqual(json.loads(document.signed_attachment_id.raw)["Irn"], irn)

    def test_items_that_differ_are_named(self):
        move = self.make_invoice()
        request = self.env["l10n_in.irp.payload"]._build(move)
        item = request["ItemList"][0]
        second = {**item, "SlNo": "2"}
        item["PrdDesc"] = "Another product"
        request["ItemList"].append(second)
        for name, amount in request["ValDtls"].items():
            request["ValDtls"][name] = amount * 2
        self.other_client().generate_irn(request)
        wizard = self.fetch(move)
        rows = {row.path: row for row in wizard.difference_ids}
        self.assertIn("Another product", rows["ItemList[0].PrdDesc"].theirs)
        self.assertTrue(rows["ItemList[0].PrdDesc"].place)
        extra = rows["ItemList[1].HsnCd"]
        self.assertFalse(extra.place, "Odoo has no such line")
        self.assertFalse(extra.ours)
        self.assertEqual(extra.theirs, item["HsnCd"])

    def register_with_more(self, move, **sections):
        """Register it as a program that sends more data than Odoo."""
        request = self.env["l10n_in.irp.payload"]._build(move)
        request.pop("EwbDtls", None)
        return self.other_client().generate_irn({**request, **sections})

    def test_registered_at_the_other_portal_of_nic(self):
        self.product_a.sudo().l10n_in_hsn_code = "820750"
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        irn = self.register_with_more(move).irn
        self.portal().origins.put(irn, "NIC2")
        self.assertEqual(self.fetch(move).result, "not_found")
        wizard = self.fetch(move, irn=irn, irp="NIC2")
        self.assertEqual(wizard.result, "registered", wizard.message)
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.irp, "NIC2")
        # later calls name it as well
        action = move.action_l10n_in_irp_ewaybill()
        ewaybill = self.env[action["res_model"]].browse(action["res_id"])
        ewaybill.vehicle_number = "MH12AB1234"
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        ewaybill.action_refresh()
        ewaybill._request_cancel("2", "Order Cancelled")
        document.sudo()._request_cancel("2", "Mistake", False)
        self.assertEqual(document.state, "cancelled", document.error)

    def test_payment_and_contact_differ_without_blocking(self):
        move = self.make_invoice()
        buyer = self.env["l10n_in.irp.payload"]._build(move)["BuyerDtls"]
        self.register_with_more(
            move,
            BuyerDtls={**buyer, "Ph": "9876543210", "Em": "other@example.com"},
            PayDtls={"Nm": "Somebody", "Mode": "Cash"},
        )
        wizard = self.fetch(move)
        self.assertEqual(wizard.result, "registered", wizard.message)
        paths = {row.path for row in wizard.difference_ids}
        self.assertLessEqual({"BuyerDtls.Ph", "BuyerDtls.Em", "PayDtls.Mode"}, paths)
        self.assertFalse(any(wizard.difference_ids.mapped("is_blocking")))
        # a cancellation whose answer is lost is settled by the same comparison
        move.l10n_in_irp_document_id.sudo().with_context(
            l10n_in_irp_wrap_transport=FaultyTransport("lost")
        )._request_cancel("2", "Mistake", False)
        move.action_l10n_in_irp_refresh()
        self.assertEqual(move.l10n_in_irp_state, "cancelled")

    def test_ewaybill_made_elsewhere_is_taken_over(self):
        self.product_a.sudo().l10n_in_hsn_code = "820750"
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        made = self.register_with_more(
            move, EwbDtls={"Distance": 0, "TransMode": "1", **VEHICLE}
        )
        self.assertTrue(made.ewb_number, made.ewb_errors)
        self.assertEqual(self.fetch(move).result, "registered")
        ewaybill = move.l10n_in_irp_ewaybill_id
        self.assertEqual(ewaybill.state, "registered")
        self.assertEqual(ewaybill.number, made.ewb_number)
        self.assertTrue(ewaybill.valid_until)

    def test_prepared_ewaybill_does_not_contradict(self):
        self.product_a.sudo().l10n_in_hsn_code = "820750"
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        action = move.action_l10n_in_irp_ewaybill()
        ewaybill = self.env[action["res_model"]].browse(action["res_id"])
        ewaybill.write({"with_irn": True, "vehicle_number": "MH12AB1234"})
        self.register_with_more(move)
        self.assertEqual(self.fetch(move).result, "registered")
        self.assertEqual(ewaybill.state, "draft", "nobody asked for it yet")

    def test_unknown_is_compared_with_what_was_sent(self):
        move = self.make_invoice()
        move._l10n_in_irp_enqueue()
        self.process(FaultyTransport("lost"))
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "unknown")
        sent = document.request
        self.partner_a.sudo().zip = "360002"
        self.assertEqual(self.fetch(move).result, "registered")
        self.assertEqual(document.request, sent)

    def test_row_of_a_dead_process_can_be_fetched(self):
        move = self.make_invoice()
        move._l10n_in_irp_enqueue()
        self.process(FaultyTransport("lost"))
        document = move.l10n_in_irp_document_id
        document.sudo().state = "sending"
        self.assertEqual(self.fetch(move).result, "registered")
        self.assertEqual(document.state, "registered")

    def test_cancelled_at_the_portal(self):
        move = self.make_invoice()
        irn = self.register_elsewhere(move).irn
        self.other_client().cancel_irn(irn, "1", "Duplicate")
        wizard = self.fetch(move)
        self.assertEqual(wizard.result, "cancelled")
        self.assertEqual(move.l10n_in_irp_state, "cancelled")
        self.assertEqual(move.l10n_in_irp_irn, irn)
        self.assertEqual(move.state, "posted", "a person decides about the invoice")

    def test_portal_out_of_reach(self):
        move = self.make_invoice()
        self.register_elsewhere(move)
        wizard = self.fetch(move, transport=FaultyTransport("not_sent"))
        self.assertEqual(wizard.result, "failed")
        self.assertIn("Nothing was changed", wizard.message)
        self.assertNotIn("automatically", wizard.advice)
        self.assertFalse(move.l10n_in_irp_state)
        self.assertEqual(len(self.calls(move)), 1, "the attempt leaves a row")
        wizard.action_fetch()
        self.assertEqual(wizard.result, "registered")

    def test_past_the_retrieval_window(self):
        move = self.make_invoice()
        self.register_elsewhere(move)
        with freeze_time("2026-02-20 06:30:00"):
            wizard = self.fetch(move)
        self.assertEqual(wizard.result, "failed")
        self.assertIn("2283", wizard.message)
        self.assertIn("Import e-Invoice JSON", wizard.advice)
        self.assertFalse(move.l10n_in_irp_state)

    def test_what_cannot_be_fetched_is_reported(self):
        with self.assertRaisesRegex(UserError, "Confirm the invoice first."):
            self.fetch(self.make_invoice(post=False))
        moves = self.make_invoice() + self.make_invoice()
        with self.assertRaisesRegex(UserError, "Select one invoice"):
            self.fetch(moves)
        moves[0].action_l10n_in_irp_register()
        transport = FaultyTransport()
        with self.assertRaisesRegex(UserError, "Registered"):
            self.fetch(moves[0], transport=transport)
        self.assertFalse(transport.urls)

    def test_company_without_credential_is_reported_so(self):
        self.default_company.sudo().l10n_in_irp_environment = "production"
        with self.assertRaisesRegex(UserError, "IRP Credentials"):
            self.fetch(self.make_invoice())

    def test_dialog_is_for_the_person_who_opened_it(self):
        wizard = self.fetch(self.make_invoice())
        other = new_test_user(
            self.env(su=True), "irp_other", groups="account.group_account_invoice"
        )
        with self.assertRaises(AccessError):
            wizard.with_user(other).read(["message"])
