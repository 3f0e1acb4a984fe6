from odoo.tests import tagged

from ...sandbox.services.elsewhere import hold_elsewhere
from .failover import IRIS, NIC, FailoverCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestHolder(FailoverCommon):
    """NIC refuses what another IRP has registered (2295), and names that IRP."""

    def setUp(self):
        super().setUp()
        # another program of the company registers at IRIS
        self.other = self.connect(IRIS)

    def register_at_iris(self, move):
        request = self.env["l10n_in.irp.payload"]._build(move)
        context = {"l10n_in_irp_wrap_transport": self.network}
        company = self.company.with_context(**context)
        address = self.address[IRIS]
        connection = company._l10n_in_irp_connect("sandbox", base_url=address)
        return connection.client.generate_irn(request)

    def hold(self, code, move, irp):
        """Let a portal know a document as another IRP's."""
        details = self.env["l10n_in.irp.payload"]._build(move)["DocDtls"]
        hold_elsewhere(
            self.portals[code],
            gstin=self.company.vat,
            document_type=details["Typ"],
            number=details["No"],
            date=details["Dt"],
            irp=irp,
        )

    def test_with_access_it_is_found_there(self):
        move = self.make_invoice()
        found = self.register_at_iris(move)
        self.hold(NIC, move, "IRIS")
        self.run_until(10)
        document = self.document(move)
        self.assertEqual(document.state, "registered", document.error)
        self.assertEqual((document.irp, document.irn), ("IRIS", found.irn))
        self.assertTrue(document.adopted)
        self.assertEqual(document.base_url, self.address[IRIS])
        self.assertEqual(document.signature_state, "verified")

    def test_it_is_cancelled_there(self):
        move = self.make_invoice()
        self.register_at_iris(move)
        self.hold(NIC, move, "IRIS")
        self.run_until(10)
        self.become_manager()
        wrap = {"l10n_in_irp_wrap_transport": self.network}
        self.document(move).with_context(**wrap)._request_cancel("3", "Wrong", False)
        self.assertEqual(move.l10n_in_irp_state, "cancelled", move.l10n_in_irp_error)
        [registration] = self.portals[IRIS].registrations()
        self.assertEqual(registration.status, "CNL")

    def test_without_access_the_holder_is_named(self):
        self.other.unlink()
        move = self.make_invoice()
        self.hold(NIC, move, "IRIS")
        self.run_until(10)
        document = self.document(move)
        self.assertEqual((document.state, document.irp), ("conflict", "IRIS"))
        self.assertIn("IRIS", document.advice)
        self.assertIn("no IRP credential", document.advice)
        self.assertEqual(self.network.count(self.address[NIC], "/Invoice"), 1)

    def test_an_irp_that_sends_us_on_is_the_last_one_asked(self):
        for holder in ("", "EY"):
            with self.subTest(holder):
                self.network.urls.clear()
                move = self.make_invoice()
                self.hold(NIC, move, "IRIS")
                if holder:
                    self.hold(IRIS, move, holder)
                self.run_until(60)
                document = self.document(move)
                self.assertEqual(document.state, "conflict")
                self.assertIn("Do not issue the invoice again", document.advice)
                self.assertLessEqual(len(self.network.urls), 6)

    def test_a_holder_that_is_down_is_waited_for(self):
        move = self.make_invoice()
        self.register_at_iris(move)
        self.hold(NIC, move, "IRIS")
        self.cut_off(IRIS)
        self.run_until(60)
        document = self.document(move)
        self.assertEqual((document.state, document.irp), ("unknown", "IRIS"))
        self.restore(IRIS)
        self.run_until(120, since=100)
        self.assertEqual(document.state, "registered", document.error)
        self.assertEqual(document.base_url, self.address[IRIS])

    def test_an_ewaybill_follows_its_irn(self):
        move = self.make_invoice(self.partner_b, self.igst_sale_18)
        self.register_at_iris(move)
        self.hold(NIC, move, "IRIS")
        self.run_until(10)
        action = move.action_l10n_in_irp_ewaybill()
        ewaybill = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(ewaybill.sudo()._portal_address(), self.address[IRIS])
        _step, request = ewaybill.sudo()._operation()
        self.assertEqual(request.irp, "IRIS")

    def test_an_imported_registration_is_cancelled_where_its_number_says(self):
        move = self.make_invoice()
        found = self.register_at_iris(move)
        document = self.document(move)
        self.forge(
            document,
            state="registered",
            irn=found.irn,
            ack_number=found.ack_number,
            base_url=False,
        )
        self.assertEqual(document._portal_address(), self.address[IRIS])
