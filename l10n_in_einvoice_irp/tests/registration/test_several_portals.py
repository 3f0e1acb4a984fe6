from datetime import date, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from ..queue.failover import IRIS, NIC, NOW, FailoverCommon

YESTERDAY = date(2026, 1, 14)
LISTS = "/rejectedirns"
REJECTED = "The GST system rejected the IRN"
HOUR = 60


class SeveralPortals(FailoverCommon):
    """NIC registers, and IRIS stands by."""

    def setUp(self):
        super().setUp()
        self.iris = self.connect(IRIS)

    def wrapped(self, record):
        return record.with_context(l10n_in_irp_wrap_transport=self.network)

    def register_at(self, code, move):
        """Register an invoice at a portal without Odoo, as it would be sent."""
        request = self.env["l10n_in.irp.payload"]._build(move)
        connection = self.wrapped(self.company)._l10n_in_irp_connect(
            "sandbox", base_url=self.address[code]
        )
        return connection.client.generate_irn(request)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestExportBesideSeveralPortals(SeveralPortals):
    """A file for the bulk upload goes to the website of the portal that registers."""

    def exported(self):
        move = self.make_invoice()
        files, left_out = self.env["l10n_in.irp.document"]._export(move)
        self.assertTrue(files, left_out)
        self.assertEqual(move.l10n_in_irp_status, "exported")
        return move

    def not_uploaded(self, move):
        self.become_manager()
        with freeze_time(NOW + timedelta(minutes=1)):
            move.with_env(self.env).action_l10n_in_irp_not_uploaded()

    def test_it_is_looked_up_where_it_was_uploaded(self):
        move = self.exported()
        self.register_at(NIC, move)
        self.iris.action_make_main()
        self.network.urls.clear()
        self.run_queue(2 * HOUR)
        self.assert_registered_once(move, at=NIC)
        self.assertFalse(self.network.count(self.address[IRIS]))

    def test_not_uploaded_goes_to_no_stand_by(self):
        move = self.exported()
        self.register_at(NIC, move)
        self.cut_off(NIC)
        self.not_uploaded(move)
        self.run_until(2 * HOUR, since=5)
        self.assertFalse(self.held(IRIS), "only a person says that NIC lacks it")
        self.restore(NIC)
        self.run_until(2 * HOUR + 30, since=2 * HOUR + 15)
        self.assert_registered_once(move, at=NIC)

    def test_not_uploaded_without_a_credential_then(self):
        move = self.exported()
        document = self.document(move)
        self.forge(document, base_url=False)
        self.cut_off(NIC)
        self.not_uploaded(move)
        self.run_until(2 * HOUR, since=5)
        self.assertEqual(document.state, "to_register")
        self.assertFalse(self.held(IRIS))

    def test_a_holder_named_before_is_none_of_the_upload(self):
        move = self.make_invoice()
        document = self.document(move)
        self.forge(document, irp="IRIS", settled_as="absent", base_url=False)
        self.env["l10n_in.irp.document"]._export(move)
        self.run_queue(2 * HOUR)
        self.assertEqual(move.l10n_in_irp_status, "exported", document.error)

    def test_a_waiting_upload_keeps_no_invoice_at_the_stand_by(self):
        upload = self.exported()
        self.run_queue(80)
        self.assertEqual(upload.l10n_in_irp_status, "exported")
        self.cut_off(NIC)
        with freeze_time(NOW + timedelta(minutes=85)):
            early = self.invoices(7)
        self.run_until(130, since=85)
        self.assert_registered_once(early, at=IRIS)
        self.restore(NIC)
        with freeze_time(NOW + timedelta(minutes=150)):
            late = self.invoices(3)
        self.run_until(165, since=150)
        self.assert_registered_once(late, at=NIC)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPortalWithoutApi(SeveralPortals):
    """IRIS's credential only holds its signing keys."""

    def setUp(self):
        super().setUp()
        self.iris.has_api = False

    def test_it_takes_nothing_over(self):
        self.assertFalse(self.company._l10n_in_irp_standby_addresses("sandbox"))
        self.assertFalse(self.company._l10n_in_irp_takeover_at("sandbox", NOW))

    def test_it_is_no_holder_to_ask(self):
        find = self.env["l10n_in.irp.credential"]._find_holder
        self.assertFalse(find(self.company, "sandbox", "IRIS"))
        self.iris.has_api = True
        self.assertEqual(find(self.company, "sandbox", "IRIS"), self.iris)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestRejectedAtSeveralPortals(SeveralPortals):
    """Each portal lists the rejected IRNs of what it has registered."""

    def registered(self):
        move = self.make_invoice()
        self.run_queue()
        self.assert_registered_once(move, at=NIC)
        self.portals[NIC].reject(move.l10n_in_irp_irn, YESTERDAY)
        return move

    def reconcile(self, minutes=5):
        with freeze_time(NOW + timedelta(minutes=minutes)):
            documents = self.env["l10n_in.irp.document"].sudo()
            self.wrapped(documents)._cron_reconcile()

    def reported(self, move):
        return move.activity_ids.mapped("summary").count(REJECTED)

    def until(self):
        return self.company.sudo().l10n_in_irp_rejected_until

    def test_former_portal_is_asked_for_what_it_registered(self):
        move = self.registered()
        self.iris.action_make_main()
        self.reconcile()
        self.assertEqual(self.reported(move), 1)
        self.assertEqual(self.until(), YESTERDAY)
        self.reconcile(10)
        self.assertEqual(self.reported(move), 1)

    def test_former_portal_without_new_registrations_is_not_asked(self):
        self.iris.action_make_main()
        self.reconcile()
        self.assertFalse(self.network.count(self.address[NIC], LISTS))

    def test_days_that_it_did_not_list_are_asked_for_again(self):
        move = self.registered()
        self.iris.action_make_main()
        self.cut_off(NIC)
        self.reconcile()
        self.assertFalse(self.until())
        self.restore(NIC)
        self.reconcile(30)
        self.assertEqual(self.reported(move), 1)
        self.assertEqual(self.until(), YESTERDAY)
