"""Every service and every fault through the addon, at NIC, IRIS and WhiteBooks.

Each portal is served in its dialect. What an outcome must be is written here by the
kind of the service: one that changes something is looked up after a lost answer and
never repeated, one that reads changes nothing. The portal's own records show what was
done.
"""

from contextlib import suppress
from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .portals import LOST, PortalCase, at_every_portal

BUYER = "27ZZZCA9998A1ZO"
OTHER = "27ZZZCO9987O1ZK"
YESTERDAY = date(2026, 1, 14)


@tagged("post_install_l10n", "post_install", "-at_install")
@at_every_portal
class TestPortalMatrix(PortalCase):
    def offers(self, service):
        return service not in self.at.not_offered

    def cases(self):
        """Yield each way to lose an answer, and whether the portal has processed."""
        for kind, processed in LOST.items():
            with self.subTest(fault=kind):
                yield kind, processed

    # -- registering ------------------------------------------------------------------

    def test_life_of_an_invoice(self):
        move = self.goods()
        self.assertEqual(move.l10n_in_irp_state, "to_register")
        self.run_queue()
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "registered", document.error)
        self.assertEqual(document.signature_state, "verified")
        self.assertFalse(document.adopted)
        [held] = self.held(move)
        self.assertEqual(
            (move.l10n_in_irp_irn, document.ack_number),
            (held.irn, str(held.ack_number)),
        )
        self.cancel(move)
        self.assertEqual(move.l10n_in_irp_state, "cancelled", move.l10n_in_irp_error)
        self.assertEqual([one.status for one in self.held(move)], ["CNL"])
        self.assertEqual(self.calls("generate_irn", "cancel_irn"), 2)
        self.assertEqual(self.calls("authenticate"), 1)

    def test_lost_registration(self):
        for kind, processed in self.cases():
            move, asked = self.goods(), self.calls("generate_irn")
            self.fault(kind, "generate_irn")
            self.run_queue()
            self.assertEqual(move.l10n_in_irp_state, "unknown")
            self.assertEqual(len(self.held(move)), processed)
            self.assertEqual(self.calls("generate_irn"), asked + 1)
            with self.later():
                # a look-up, and what was not registered is sent again
                self.run_queue()
                self.run_queue()
            self.assertEqual(
                move.l10n_in_irp_state, "registered", move.l10n_in_irp_error
            )
            self.assertEqual(len(self.held(move)), 1)
            self.assertEqual(self.calls("generate_irn"), asked + 2 - processed)

    def test_refreshed_by_the_button(self):
        move = self.goods()
        self.fault("drop_after", "generate_irn")
        self.run_queue()
        # the look-up is lost too: nothing changes
        self.fault("drop_after", "get_irn_by_document")
        move.action_l10n_in_irp_refresh()
        self.assertEqual(move.l10n_in_irp_state, "unknown")
        move.action_l10n_in_irp_refresh()
        self.assertEqual(move.l10n_in_irp_state, "registered")
        self.assertEqual(self.calls("generate_irn", "get_irn_by_document"), 3)
        self.assertEqual(len(self.held(move)), 1)

    def test_fetched_by_irn(self):
        move = self.goods(post=False)
        self.default_company.sudo().l10n_in_irp_register_on = "manual"
        move.action_post()
        request = self.env["l10n_in.irp.payload"]._build(move)
        made = self.other_program().generate_irn(request)
        asked = self.calls("generate_irn")
        result, _request = move._l10n_in_irp_fetch(made.irn)
        self.assertEqual(result.state, "registered", result.error)
        self.assertEqual(move.l10n_in_irp_irn, made.irn)
        self.assertEqual(self.calls("get_irn"), 1)
        self.assertEqual(self.calls("generate_irn"), asked)

    def test_refused_token(self):
        """One new log-in and one repetition."""
        self.registered()
        asked, log_ins = self.calls("generate_irn"), self.calls("authenticate")
        self.fault("refuse", "generate_irn", code="1005")
        move = self.goods()
        self.run_queue()
        self.assertEqual(move.l10n_in_irp_state, "registered", move.l10n_in_irp_error)
        self.assertEqual(self.calls("generate_irn"), asked + 2)
        self.assertEqual(self.calls("authenticate"), log_ins + 1)
        self.assertEqual(len(self.held(move)), 1)

    def test_fresh_token_refused_as_well(self):
        self.registered()
        asked, log_ins = self.calls("generate_irn"), self.calls("authenticate")
        self.fault("refuse", "generate_irn", code="1005", times=0)
        move = self.goods()
        self.run_queue()
        self.run_queue()
        self.assertEqual(move.l10n_in_irp_state, "to_register")
        self.assertTrue(move.l10n_in_irp_error)
        self.assertEqual(self.calls("generate_irn"), asked + 2)
        self.assertEqual(self.calls("authenticate"), log_ins + 1)
        self.assertFalse(self.held(move))

    def test_lost_log_in_sends_nothing(self):
        for kind, _processed in self.cases():
            self.env["l10n_in.irp.session"].sudo().search([]).unlink()
            self.env["l10n_in.irp.circuit.breaker"]._reset(self.credential)
            move, asked = self.goods(), self.calls("generate_irn")
            self.fault(kind, "authenticate")
            self.run_queue()
            self.assertEqual(move.l10n_in_irp_state, "to_register")
            self.assertEqual(self.calls("generate_irn"), asked)
            self.env["l10n_in.irp.circuit.breaker"]._reset(self.credential)
            move.action_l10n_in_irp_register()
            self.assertEqual(
                move.l10n_in_irp_state, "registered", move.l10n_in_irp_error
            )
            self.assertEqual(self.calls("generate_irn"), asked + 1)

    def test_duplicate_is_adopted(self):
        move = self.goods()
        request = self.env["l10n_in.irp.payload"]._build(move)
        made = self.other_program().generate_irn(request)
        self.run_queue()
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "registered", document.error)
        self.assertTrue(document.adopted)
        self.assertEqual(document.irn, made.irn)
        self.assertEqual(len(self.held(move)), 1)

    def test_duplicate_held_by_another_irp(self):
        holder = "EY"
        move = self.goods()
        self.hold_elsewhere(move, holder)
        self.run_queue()
        document = move.l10n_in_irp_document_id
        self.assertEqual(document.state, "conflict")
        self.assertIn("2295", document.error)
        # WhiteBooks' answer names no IRP
        is_named = "EY IRP" in f"{document.error} {document.advice}"
        self.assertEqual(is_named, self.at.code != "whitebooks")
        with self.later():
            self.run_queue()
        # never a second IRN
        self.assertEqual(document.state, "conflict")
        self.assertEqual(self.calls("generate_irn"), 1)
        self.assertEqual(len(self.held(move)), 1)
        self.assertFalse(move.l10n_in_irp_irn)

    # -- cancelling -------------------------------------------------------------------

    def test_lost_cancellation(self):
        for kind, processed in self.cases():
            move, asked = self.registered(), self.calls("cancel_irn")
            self.fault(kind, "cancel_irn")
            self.cancel(move)
            self.assertEqual(move.l10n_in_irp_state, "cancelling")
            with self.later():
                self.run_queue()
            expected = "cancelled" if processed else "registered"
            self.assertEqual(move.l10n_in_irp_state, expected, move.l10n_in_irp_error)
            self.assertEqual(
                [one.status for one in self.held(move)],
                ["CNL" if processed else "ACT"],
            )
            self.assertEqual(self.calls("cancel_irn"), asked + 1)

    def test_cancelled_by_another_program(self):
        move = self.registered()
        self.other_program().cancel_irn(move.l10n_in_irp_irn, "3", "There")
        self.cancel(move)
        self.assertEqual(move.l10n_in_irp_state, "cancelled", move.l10n_in_irp_error)
        self.assertEqual([one.status for one in self.held(move)], ["CNL"])

    def test_refused_token_of_a_cancellation(self):
        move, log_ins = self.registered(), self.calls("authenticate")
        self.fault("refuse", "cancel_irn", code="1005")
        self.cancel(move)
        self.assertEqual(move.l10n_in_irp_state, "cancelled", move.l10n_in_irp_error)
        self.assertEqual(self.calls("cancel_irn"), 2)
        self.assertEqual(self.calls("authenticate"), log_ins + 1)

    # -- e-way bills ------------------------------------------------------------------

    def test_ewaybill_in_the_call_that_registers(self):
        move = self.goods(post=False)
        ewaybill = self.prepared(move, with_irn=True)
        move.action_post()
        self.run_queue()
        self.assertEqual(move.l10n_in_irp_state, "registered", move.l10n_in_irp_error)
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        self.assertEqual(self.bills(move), ["ACT"])
        self.assertEqual(self.calls("generate_irn"), 1)
        self.assertEqual(self.calls("generate_eway_bill"), 0)

    def test_lost_registration_with_its_ewaybill(self):
        move = self.goods(post=False)
        ewaybill = self.prepared(move, with_irn=True)
        move.action_post()
        self.fault("drop_after", "generate_irn")
        self.run_queue()
        with self.later():
            self.run_queue()
            self.run_queue()
        self.assertEqual(move.l10n_in_irp_state, "registered", move.l10n_in_irp_error)
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        self.assertEqual(self.bills(move), ["ACT"])
        self.assertEqual(self.calls("generate_irn"), 1)
        self.assertEqual(self.calls("generate_eway_bill"), 0)

    def test_ewaybill_by_irn(self):
        ewaybill = self.generated()
        self.assertEqual(self.calls("generate_eway_bill"), 1)
        ewaybill.action_refresh()
        self.assertEqual(self.calls("get_eway_bill"), 1)
        self.assertEqual(self.bills(ewaybill.move_id), ["ACT"])

    def test_lost_ewaybill(self):
        for kind, processed in self.cases():
            ewaybill = self.prepared(self.registered())
            asked = self.calls("generate_eway_bill")
            self.fault(kind, "generate_eway_bill")
            ewaybill.action_generate()
            self.assertEqual(ewaybill.state, "unknown")
            with self.later():
                self.run_queue()
                self.run_queue()
            self.assertEqual(ewaybill.state, "registered", ewaybill.error)
            self.assertEqual(self.bills(ewaybill.move_id), ["ACT"])
            self.assertEqual(self.calls("generate_eway_bill"), asked + 2 - processed)

    def test_lost_look_up_of_an_ewaybill_changes_nothing(self):
        ewaybill = self.generated()
        for kind in ("drop_after", "text"):
            with self.subTest(fault=kind):
                self.fault(kind, "get_eway_bill")
                try:
                    ewaybill.action_refresh()
                except UserError as error:
                    self.assertIn("response", str(error))
                self.assertEqual(ewaybill.state, "registered")
                self.assertTrue(ewaybill.number)

    def test_ewaybill_of_another_program_is_adopted(self):
        move = self.registered()
        ewaybill = self.prepared(move)
        request = {"Irn": move.l10n_in_irp_irn, **ewaybill._prepare_request()}
        made = self.other_program().generate_ewb(request)
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        self.assertEqual(ewaybill.number, made.number)
        self.assertEqual(self.bills(move), ["ACT"])

    def test_refused_token_of_an_ewaybill(self):
        ewaybill = self.prepared(self.registered())
        log_ins = self.calls("authenticate")
        self.fault("refuse", "generate_eway_bill", code="1005")
        ewaybill.action_generate()
        self.assertEqual(ewaybill.state, "registered", ewaybill.error)
        self.assertEqual(self.calls("generate_eway_bill"), 2)
        self.assertEqual(self.calls("authenticate"), log_ins + 1)
        self.assertEqual(self.bills(ewaybill.move_id), ["ACT"])

    def test_ewaybill_is_cancelled(self):
        ewaybill, calls = self.generated(), self.calls()
        if not self.offers("cancel_ewb"):
            # refused in the dialog, or with advice on the e-way bill
            with suppress(UserError):
                self.cancel(ewaybill)
            self.assertEqual(ewaybill.state, "registered")
            self.assertEqual(self.calls(), calls)
            self.assertEqual(self.bills(ewaybill.move_id), ["ACT"])
            return
        self.cancel(ewaybill)
        self.assertEqual(ewaybill.state, "cancelled", ewaybill.error)
        self.assertEqual(self.bills(ewaybill.move_id), ["CNL"])

    def test_lost_cancellation_of_an_ewaybill(self):
        if not self.offers("cancel_ewb"):
            return
        for kind, processed in self.cases():
            ewaybill, asked = self.generated(), self.calls("cancel_eway_bill")
            self.fault(kind, "cancel_eway_bill")
            self.cancel(ewaybill)
            self.assertEqual(ewaybill.state, "cancelling")
            with self.later():
                self.run_queue()
            expected = "cancelled" if processed else "registered"
            self.assertEqual(ewaybill.state, expected, ewaybill.error)
            self.assertEqual(
                self.bills(ewaybill.move_id), ["CNL" if processed else "ACT"]
            )
            self.assertEqual(self.calls("cancel_eway_bill"), asked + 1)

    def test_refused_token_of_an_ewaybill_cancellation(self):
        if not self.offers("cancel_ewb"):
            return
        self.cancel(self.generated())
        ewaybill = self.generated()
        log_in = "log_in_ewb" if self.at.has_ewb_user else "authenticate"
        log_ins, asked = self.calls(log_in), self.calls("cancel_eway_bill")
        self.fault("refuse", "cancel_eway_bill", code="238")
        self.cancel(ewaybill)
        self.assertEqual(ewaybill.state, "cancelled", ewaybill.error)
        self.assertEqual(self.calls("cancel_eway_bill"), asked + 2)
        self.assertEqual(self.calls(log_in), log_ins + 1)

    def test_ewaybill_cancelled_by_another_program(self):
        if not self.offers("cancel_ewb"):
            return
        ewaybill = self.generated()
        number = int(ewaybill.number)
        bills = self.served.eway_bills
        bills.cancel(bills.of_number(number), "2026-01-15 12:00:00", "3", "There")
        self.cancel(ewaybill)
        self.assertEqual(ewaybill.state, "cancelled", ewaybill.error)

    # -- GSTINs -----------------------------------------------------------------------

    def look_up(self, gstin=BUYER, **options):
        company = self.default_company
        return self.env["l10n_in.irp.taxpayer"]._look_up_one(company, gstin, **options)

    def test_gstin(self):
        self.served.set_taxpayer(BUYER, "ACT", LegalName="NASHIK GEARS")
        record = self.look_up()
        self.assertEqual((record.gstin, record.legal_name), (BUYER, "NASHIK GEARS"))
        self.assertEqual(self.calls("get_gstin"), 1)
        self.assertEqual(self.calls("sync_gstin"), 0)

    def test_gstin_that_only_the_common_portal_knows(self):
        self.served.set_taxpayer(OTHER, "UNKNOWN")
        self.served.announce_taxpayer(OTHER, "ACT", LegalName="PUNE GEARS")
        record = self.look_up(OTHER)
        synced = self.offers("sync_gstin")
        self.assertEqual(record.is_found, synced)
        self.assertEqual(self.calls("get_gstin"), 1)
        self.assertEqual(self.calls("sync_gstin"), int(synced))

    def test_gstin_is_synchronised(self):
        self.served.set_taxpayer(BUYER, "CNL")
        self.served.announce_taxpayer(BUYER, "ACT")
        self.registered()
        calls = self.calls()
        if not self.offers("sync_gstin"):
            with self.assertRaises(UserError):
                self.look_up(sync=True)
            self.assertEqual(self.calls(), calls)
            return
        self.assertEqual(self.look_up(sync=True).standing, "active")
        self.assertEqual(self.calls("sync_gstin"), 1)

    def test_gstin_without_an_answer(self):
        self.look_up()
        records = self.env["l10n_in.irp.taxpayer"].sudo().search_count([])
        for kind in ("drop_before", "drop_after", "text", "error_after"):
            with self.subTest(fault=kind):
                asked = self.calls("get_gstin")
                self.fault(kind, "get_gstin")
                with self.assertRaisesRegex(UserError, "Nothing was changed"):
                    self.look_up(OTHER)
                self.assertEqual(self.calls("get_gstin"), asked + 1)
        found = self.env["l10n_in.irp.taxpayer"].sudo().search_count([])
        self.assertEqual(found, records)

    def test_refused_token_of_a_gstin(self):
        self.look_up()
        log_ins = self.calls("authenticate")
        self.fault("refuse", "get_gstin", code="1005")
        self.assertEqual(self.look_up(OTHER).gstin, OTHER)
        self.assertEqual(self.calls("get_gstin"), 3)
        self.assertEqual(self.calls("authenticate"), log_ins + 1)

    # -- rejected IRNs ----------------------------------------------------------------

    def reconcile(self):
        self.env["l10n_in.irp.document"].sudo()._cron_reconcile()

    def test_rejected_irns(self):
        move = self.registered()
        self.served.reject(move.l10n_in_irp_irn, YESTERDAY)
        calls = self.calls()
        self.reconcile()
        if not self.offers("get_rejected_irns"):
            self.assertEqual(self.calls(), calls)
            self.assertFalse(move.activity_ids)
            return
        self.assertIn(
            "The GST system rejected the IRN", move.activity_ids.mapped("summary")
        )

    def test_rejected_irns_without_an_answer_are_asked_for_again(self):
        if not self.offers("get_rejected_irns"):
            return
        company = self.default_company.sudo()
        for kind in ("drop_after", "text", "error_after"):
            with self.subTest(fault=kind):
                company.l10n_in_irp_rejected_until = False
                self.fault(kind, "rejected_irns")
                self.reconcile()
                self.assertFalse(company.l10n_in_irp_rejected_until)
        self.reconcile()
        self.assertEqual(company.l10n_in_irp_rejected_until, YESTERDAY)

    def test_refused_token_of_rejected_irns(self):
        if not self.offers("get_rejected_irns"):
            return
        self.registered()
        log_ins = self.calls("authenticate")
        self.fault("refuse", "rejected_irns", code="1005")
        self.reconcile()
        company = self.default_company.sudo()
        self.assertEqual(company.l10n_in_irp_rejected_until, YESTERDAY)
        self.assertEqual(self.calls("rejected_irns"), 8)
        self.assertEqual(self.calls("authenticate"), log_ins + 1)

    # -- connection -------------------------------------------------------------------

    def test_connection(self):
        shown = self.credential.action_test_connection()["params"]
        self.assertEqual(shown["type"], "success")
        self.assertEqual(self.calls("authenticate"), 1)
        self.assertEqual(self.calls("log_in_ewb"), int(self.at.has_ewb_user))
        self.assertEqual(self.calls("ping"), int(self.offers("ping")))

    def test_connection_without_an_answer(self):
        for kind, _processed in self.cases():
            self.fault(kind, "authenticate")
            with self.assertRaises(UserError):
                self.credential.action_test_connection()

    def test_health(self):
        health = self.env["l10n_in.irp.health"]
        row = health._ask(self.default_company, "sandbox")
        if not self.offers("ping"):
            self.assertEqual(self.calls(), 0)
            return
        self.assertTrue(row.is_up)
        self.assertEqual(self.calls(), 1)
        self.fault("drop_before", "ping")
        self.assertFalse(health._ask(self.default_company, "sandbox").is_up)

    # -- gateways ---------------------------------------------------------------------

    def test_refusal_by_the_gateway_proves_nothing(self):
        for reply in self.app.dialect.gateway_replies:
            move = self.goods()
            self.fault("gateway", "generate_irn", code=reply)
            self.run_queue()
            self.assertEqual(move.l10n_in_irp_state, "unknown")
            with self.later():
                self.run_queue()
                self.run_queue()
            self.assertEqual(
                move.l10n_in_irp_state, "registered", move.l10n_in_irp_error
            )
            self.assertEqual(len(self.held(move)), 1)
