from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import FaultyTransport
from .common import BUYER, NOBODY, GstinCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTaxpayer(GstinCommon):
    """Looking up one GSTIN, from its partner."""

    def rows(self, review):
        return {line.field_name: line for line in review.line_ids}

    def test_record_is_stored_and_shown(self):
        self.enter(BUYER, "ACT", LegalName="NASHIK GEARS", TxpType="COM")
        self.review(self.buyer)
        record = self.buyer.l10n_in_irp_taxpayer_id
        self.assertEqual(record.gstin, BUYER)
        self.assertEqual(record.legal_name, "NASHIK GEARS")
        self.assertEqual(record.company_id, self.default_company)
        self.assertEqual(record.environment, "demo")
        self.assertEqual(record.user_id, self.clerk)
        self.assertEqual(record.source, "get")
        self.assertTrue(record.base_url)
        self.assertEqual(self.buyer.l10n_in_irp_standing, "Active")
        self.assertEqual(self.buyer.l10n_in_irp_legal_name, "NASHIK GEARS")
        self.assertEqual(self.buyer.l10n_in_irp_asked_at, record.asked_at)
        self.assertFalse(self.buyer.l10n_in_irp_is_doubtful)

    def test_review_writes_nothing_by_itself(self):
        self.enter(BUYER, "ACT", LegalName="NASHIK GEARS", AddrPncd=422010)
        before = self.buyer.read(["name", "street", "zip", "l10n_in_gst_treatment"])
        review = self.review(self.buyer)
        rows = self.rows(review)
        self.assertEqual(
            (rows["name"].old, rows["name"].new), ("Nashik Tools", "NASHIK GEARS")
        )
        self.assertIn("422007", rows["address"].old)
        self.assertIn("422010", rows["address"].new)
        after = self.buyer.read(["name", "street", "zip", "l10n_in_gst_treatment"])
        self.assertEqual(before, after)

    def test_what_stands_in_odoo_is_not_ticked(self):
        self.enter(BUYER, "ACT", LegalName="NASHIK GEARS", TxpType="SEZ")
        rows = self.rows(self.review(self.buyer))
        self.assertFalse(rows["name"].is_taken)
        self.assertFalse(rows["l10n_in_gst_treatment"].is_taken)
        self.assertEqual(rows["l10n_in_gst_treatment"].new, "Special Economic Zone")
        # Odoo has no second line of the street yet, but an address
        self.assertFalse(rows["address"].is_taken)

    def test_ticked_is_written_and_nothing_else(self):
        self.enter(BUYER, "ACT", LegalName="NASHIK GEARS", TxpType="SEZ")
        review = self.review(self.buyer)
        for line in review.line_ids:
            line.is_taken = line.field_name == "l10n_in_gst_treatment"
        street = self.buyer.street
        review.with_user(self.clerk).action_apply()
        self.assertEqual(self.buyer.l10n_in_gst_treatment, "special_economic_zone")
        self.assertEqual(self.buyer.name, "Nashik Tools")
        self.assertEqual(self.buyer.street, street)

    def test_address_is_taken_as_a_whole(self):
        self.buyer.sudo().write({"street": "Old Road 1", "street2": "2nd Floor"})
        self.enter(BUYER, "ACT", AddrFlno="", AddrBnm="", AddrBno="", AddrPncd=422010)
        review = self.review(self.buyer)
        row = self.rows(review)["address"]
        self.assertFalse(row.is_taken)
        row.is_taken = True
        review.with_user(self.clerk).action_apply()
        self.assertEqual(self.buyer.zip, "422010")
        self.assertNotEqual(self.buyer.street, "Old Road 1")
        self.assertFalse(self.buyer.street2)

    def test_review_of_who_may_not_write_partners(self):
        self.enter(BUYER, "ACT", LegalName="NASHIK GEARS")
        review = self.review(self.buyer, self.accountant)
        review.line_ids.is_taken = True
        with self.assertRaises(AccessError):
            review.action_apply()

    def test_agreement_is_no_row(self):
        """Letter case, blanks and punctuation are not differences."""
        self.enter(BUYER, "ACT", LegalName="NASHIK  TOOLS.", AddrPncd=422007)
        rows = self.rows(self.review(self.buyer))
        self.assertNotIn("name", rows)
        self.assertNotIn("l10n_in_gst_treatment", rows)

    def test_deemed_export_is_a_kind_of_regular(self):
        self.buyer.sudo().l10n_in_gst_treatment = "deemed_export"
        self.enter(BUYER, "ACT", TxpType="REG")
        self.assertNotIn("l10n_in_gst_treatment", self.rows(self.review(self.buyer)))
        self.enter(BUYER, "ACT", TxpType="UIN")
        row = self.rows(self.review(self.buyer))["l10n_in_gst_treatment"]
        self.assertEqual(row.new, "UIN Holders")

    def test_type_that_fits_no_treatment_proposes_none(self):
        self.buyer.sudo().l10n_in_gst_treatment = False
        self.enter(BUYER, "ACT", TxpType="ISD")
        self.assertNotIn("l10n_in_gst_treatment", self.rows(self.review(self.buyer)))

    def test_contact_is_reviewed_with_its_firm(self):
        contact = (
            self.env["res.partner"]
            .sudo()
            .create({"name": "Ravi", "parent_id": self.buyer.id, "type": "contact"})
        )
        self.enter(BUYER, "ACT", LegalName="NASHIK GEARS")
        self.assertEqual(self.review(contact).partner_id, self.buyer)

    # -- entering a new partner -------------------------------------------------------

    def test_offer(self):
        new = self.partners().new({"vat": BUYER})
        self.assertTrue(new.l10n_in_irp_offer)
        new.street = "221 MIDC Road"
        self.assertFalse(new.l10n_in_irp_offer, "somebody has entered the address")
        for vat in (BUYER[:-1] + "X", "URP", "", "US1234567890123", BUYER[:-1]):
            with self.subTest(vat):
                self.assertFalse(self.partners().new({"vat": vat}).l10n_in_irp_offer)

    def test_offer_calls_nobody(self):
        transport = FaultyTransport()
        partners = self.partners().with_context(l10n_in_irp_wrap_transport=transport)
        partners.onchange({"vat": BUYER}, ["vat"], {"vat": {}, "l10n_in_irp_offer": {}})
        self.assertFalse(transport.urls)

    def test_new_partner_gets_its_values_back(self):
        self.enter(BUYER, "ACT", LegalName="NASHIK GEARS", AddrPncd=422010)
        action = self.partners().l10n_in_irp_look_up({"vat": BUYER.lower()})
        review = self.open(action, self.clerk)
        self.assertFalse(review.partner_id)
        self.assertTrue(all(review.line_ids.mapped("is_taken")))
        values = review.action_apply()["infos"]["values"]
        self.assertEqual(values["name"], "NASHIK GEARS")
        self.assertEqual(values["zip"], "422010")
        state = self.env.ref("base.state_in_mh")
        self.assertEqual(
            values["state_id"], {"id": state.id, "display_name": state.display_name}
        )
        self.assertEqual(values["l10n_in_gst_treatment"], "regular")
        self.assertEqual(values["company_type"], "company")

    def typed(self, partner, **held):
        """Return the review of the values in a partner's form."""
        action = partner.with_user(self.clerk).l10n_in_irp_look_up(held)
        return self.open(action, self.clerk)

    def test_what_is_typed_in_the_form_is_not_ticked(self):
        self.enter(BUYER, "ACT", LegalName="NASHIK GEARS", TxpType="UIN")
        review = self.typed(
            self.partners(),
            vat=BUYER,
            name="Gears of Ravi",
            l10n_in_gst_treatment="deemed_export",
            city="Nashik Road",
            state_id=self.env.ref("base.state_in_ka").id,
        )
        rows = self.rows(review)
        self.assertEqual(rows["name"].old, "Gears of Ravi")
        self.assertEqual(rows["l10n_in_gst_treatment"].old, "Deemed Export")
        self.assertEqual(rows["address"].old, "Nashik Road, Karnataka (IN)")
        for name in ("name", "l10n_in_gst_treatment", "address"):
            self.assertFalse(rows[name].is_taken, name)
        values = review.action_apply()["infos"]["values"]
        self.assertNotIn("name", values)
        self.assertNotIn("l10n_in_gst_treatment", values)

    def test_treatment_that_agrees_is_not_mentioned(self):
        self.enter(BUYER, "ACT", TxpType="REG")
        review = self.typed(
            self.partners(), vat=BUYER, l10n_in_gst_treatment="deemed_export"
        )
        self.assertNotIn("l10n_in_gst_treatment", self.rows(review))

    def test_form_of_a_saved_partner_is_compared_and_not_written(self):
        bare = self.make_partner("Bare", BUYER, street=False, zip=False, city=False)
        self.enter(BUYER, "ACT", LegalName="NASHIK GEARS", AddrPncd=422010)
        self.assertTrue(bare.with_user(self.clerk).l10n_in_irp_offer)
        review = self.typed(bare, name="Typed, not saved", city="Nashik")
        rows = self.rows(review)
        self.assertEqual(rows["name"].old, "Typed, not saved")
        self.assertFalse(rows["name"].is_taken)
        self.assertFalse(rows["address"].is_taken)
        rows["address"].is_taken = True
        self.assertNotIn("l10n_in_gst_treatment", rows, "as it is saved")
        self.assertNotIn("company_type", rows)
        self.assertEqual(review.action_apply()["infos"]["values"]["zip"], "422010")
        self.assertEqual(bare.name, "Bare")
        self.assertFalse(bare.zip)

    def test_contact_is_not_offered_the_name_of_its_firm(self):
        contact = self.partners().new({"vat": BUYER, "parent_id": self.buyer.id})
        self.assertFalse(contact.l10n_in_irp_offer)

    # -- not found, no answer, not allowed --------------------------------------------

    def test_unknown_is_synchronised_once(self):
        self.buyer.sudo().vat = NOBODY
        transport = FaultyTransport()
        review = self.review(self.buyer, transport=transport)
        self.assertFalse(review.is_found)
        self.assertFalse(review.line_ids)
        self.assertEqual(transport.count("/gstin/"), 1)
        self.assertEqual(transport.count("/syncgstin/"), 1)
        self.assertEqual(self.buyer.l10n_in_irp_standing, "Not Found")
        self.assertTrue(self.buyer.l10n_in_irp_is_doubtful)

    def test_sync_brings_what_the_common_portal_knows(self):
        self.enter(BUYER, "INA")
        self.portal().announce_taxpayer(BUYER, "ACT")
        self.review(self.buyer)
        self.assertEqual(self.buyer.l10n_in_irp_standing, "Inactive")
        self.open(self.buyer.with_user(self.clerk).action_l10n_in_irp_sync())
        self.assertEqual(self.buyer.l10n_in_irp_standing, "Active")
        self.assertEqual(self.buyer.l10n_in_irp_source, "sync")

    def test_no_answer_changes_nothing(self):
        transport = FaultyTransport("not_sent")
        with self.assertRaisesRegex(UserError, "Nothing was changed"):
            self.review(self.buyer, transport=transport)
        self.assertFalse(self.buyer.l10n_in_irp_taxpayer_id)
        self.assertEqual(self.calls().mapped("outcome"), ["not_sent"])

    def test_failed_log_in_is_reported(self):
        transport = FaultyTransport("not_sent", spare="nothing")
        with self.assertRaisesRegex(UserError, "could not be reached"):
            self.review(self.buyer, transport=transport)

    def test_what_is_no_gstin_is_not_asked(self):
        self.buyer.sudo().vat = False
        with self.assertRaisesRegex(UserError, "15 characters"):
            self.review(self.buyer)
        company = self.default_company.sudo()
        company.l10n_in_irp_environment = "production"
        taxpayers = self.env["l10n_in.irp.taxpayer"]
        self.assertFalse(taxpayers._is_askable(company, NOBODY))
        self.assertTrue(taxpayers._is_askable(company, BUYER))

    def test_common_enrolment_number_is_not_asked(self):
        carrier = self.buyer.sudo()
        carrier.vat = "88AAACD8017H1ZX"
        self.assertFalse(self.buyer.l10n_in_irp_has_gstin)
        with self.assertRaisesRegex(UserError, "common enrolment number"):
            self.review(self.buyer)

    def test_company_without_credential_is_reported_so(self):
        self.default_company.sudo().l10n_in_irp_environment = "production"
        with self.assertRaisesRegex(UserError, "IRP Credentials"):
            self.review(self.buyer)

    # -- Odoo's own button ------------------------------------------------------------

    def test_odoos_button_is_answered_by_ours(self):
        self.default_company.sudo().l10n_in_gstin_status_feature = True
        buyer = self.buyer.with_user(self.clerk)
        action = buyer.action_l10n_in_verify_gstin_status()
        self.assertTrue(buyer.l10n_in_gstin_verified_status)
        self.assertEqual(str(buyer.l10n_in_gstin_verified_date), "2026-01-15")
        self.assertIn(BUYER, action["params"]["message"])
        self.assertIn("Demo", action["params"]["message"])
        self.enter(BUYER, "CNL", DtReg="2018-04-01", DtDReg="2025-12-31")
        action = buyer.action_l10n_in_verify_gstin_status()
        self.assertFalse(buyer.l10n_in_gstin_verified_status)
        self.assertIn(
            "Cancelled with effect from 2025-12-31", action["params"]["message"]
        )
        self.assertEqual(action["params"]["type"], "warning")

    def test_without_a_credential_odoos_service_answers(self):
        self.default_company.sudo().l10n_in_irp_environment = "sandbox"
        transport = FaultyTransport()
        buyer = self.buyer.with_user(self.clerk).with_context(
            l10n_in_irp_wrap_transport=transport
        )
        with self.assertRaisesRegex(UserError, "not activated"):
            buyer.action_l10n_in_verify_gstin_status()
        self.assertFalse(transport.urls)

    def test_cancellation_to_come_is_no_doubt_before(self):
        self.enter(BUYER, "CNL", DtReg="2018-04-01", DtDReg="2026-01-31")
        self.review(self.buyer)
        self.assertEqual(self.buyer.l10n_in_irp_standing, "Active")
        with freeze_time("2026-02-01 06:30:00"):
            self.buyer.invalidate_recordset()
            self.assertIn("Cancelled", self.buyer.l10n_in_irp_standing)

    # -- privacy ----------------------------------------------------------------------

    def test_records_are_only_added(self):
        self.review(self.buyer)
        record = self.buyer.l10n_in_irp_taxpayer_id
        self.assertTrue(record.has_access("read"))
        for operation in ("write", "create", "unlink"):
            self.assertFalse(record.has_access(operation), operation)
        with self.assertRaisesRegex(UserError, "GST portal records cannot be"):
            record.sudo().unlink()
        with self.assertRaisesRegex(UserError, "GST portal records cannot be"):
            record.sudo().write({"status": "ACT"})

    def test_who_has_no_part_in_invoicing_sees_nothing(self):
        self.review(self.buyer)
        record = self.buyer.l10n_in_irp_taxpayer_id
        root = self.env(su=True)
        for login, groups in (
            ("gst_portal", "base.group_portal"),
            ("gst_employee", "base.group_user,base.group_partner_manager"),
        ):
            user = new_test_user(root, login, groups=groups)
            with self.subTest(login):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["legal_name"])
                partner = self.buyer.with_user(user)
                with self.assertRaises(AccessError):
                    partner.read(["l10n_in_irp_legal_name"])
                with self.assertRaises(AccessError):
                    partner.action_l10n_in_irp_get()
                with self.assertRaises(AccessError):
                    partner.l10n_in_irp_look_up({"vat": BUYER})
                fields = partner.fields_get()
                shown = [name for name in fields if name.startswith("l10n_in_irp_")]
                self.assertFalse(shown)

    def test_auditor_reads_and_does_not_ask(self):
        self.review(self.buyer)
        auditor = new_test_user(
            self.env(su=True),
            "gst_auditor",
            groups="account.group_account_readonly",
            company_id=self.default_company.id,
            company_ids=[Command.set(self.default_company.ids)],
        )
        partner = self.buyer.with_user(auditor)
        self.assertEqual(partner.l10n_in_irp_standing, "Active")
        with self.assertRaises(AccessError):
            partner.action_l10n_in_irp_get()

    def test_records_are_the_companys_own(self):
        self.review(self.buyer)
        record = self.buyer.l10n_in_irp_taxpayer_id
        stranger = new_test_user(
            self.env(su=True),
            "gst_stranger",
            groups="account.group_account_invoice",
            company_id=self.outside_in_company.id,
            company_ids=[Command.set(self.outside_in_company.ids)],
        )
        records = self.env["l10n_in.irp.taxpayer"].with_user(stranger)
        self.assertFalse(records.search([("id", "=", record.id)]))
        self.assertFalse(self.buyer.with_user(stranger).l10n_in_irp_standing)

    def test_review_is_for_the_person_who_opened_it(self):
        review = self.review(self.buyer)
        with self.assertRaises(AccessError):
            review.with_user(self.accountant).read(["gstin"])

    def test_log_names_no_taxpayer(self):
        self.enter(BUYER, "ACT", LegalName="Meera Joshi", AddrSt="Prabhat Road")
        self.review(self.buyer)
        logged = str(self.calls().read())
        self.assertIn("get_gstin", logged)
        for text in ("Meera", "MEERA", "Prabhat"):
            self.assertNotIn(text, logged)
