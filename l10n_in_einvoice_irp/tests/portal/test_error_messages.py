from odoo.exceptions import UserError
from odoo.tests import tagged

from ...irp import PortalError
from ...irp.protocol import errors
from ...models.portal.error_messages import ErrorMessages
from ..taxpayer.common import BUYER, OTHER, THIRD, GstinCommon, ScriptedTransport

REASONS = (
    "dns",
    "connect",
    "proxy",
    "proxy_log_in",
    "proxy_refused",
    "tls",
    "timeout",
    "invalid_request",
    "read_timeout",
    "reset",
    "too_large",
    "server_error",
    "not_json",
    "undecryptable",
    "unexpected_answer",
)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestErrorMessages(GstinCommon):
    """The client's errors as an accountant reads them."""

    def describe(self, error):
        return ErrorMessages(self.env).describe(error)

    def test_every_reason_is_reported_in_words(self):
        for reason in REASONS:
            with self.subTest(reason):
                text = self.describe(errors.IrpNotSent("", reason=reason)).text
                self.assertNotIn(f": {reason}.", text)
                self.assertNotIn("_", text)

    def test_log_in_answered_under_another_key_names_the_portal(self):
        error = errors.IrpNotSent("", reason="undecryptable", portal="IRIS IRP (IRP 6)")
        message = self.describe(error)
        self.assertIn("login response of IRIS IRP", message.text)
        self.assertIn("Portal's Public Key", message.advice)
        self.assertIn("login key of IRIS IRP", message.advice)

    def test_access_refused_without_a_code(self):
        """HTTP 401, 403: the portal did not even look at the user."""
        for status in (401, 403):
            error = errors.IrpAuthenticationError("refused", http_status=status)
            advice = self.describe(error).advice
            self.assertIn("client secret", advice)
            self.assertIn("static IP address", advice)
            self.assertIn("Test Connection", advice)
            self.assertNotIn("helpdesk", advice)

    def test_refusal_without_a_code_has_no_advice_about_codes(self):
        message = self.describe(errors.IrpRejected("refused without a reason"))
        self.assertNotIn("published lists", message.advice)
        self.assertEqual(message.text, "refused without a reason")

    def test_blocked_sender_is_not_advised_to_slow_down(self):
        for code in ("3095", "3096"):
            message = self.describe(errors.IrpRateLimited("disabled", code=code))
            self.assertNotIn("limits the rate", message.full)
            self.assertIn("correct the invoices in error", message.advice)
        message = self.describe(errors.IrpRateLimited("too many", code="3109"))
        self.assertIn("limits the rate", message.text)

    def test_automatic_is_said_of_the_queue_alone(self):
        known = (
            errors.IrpNotSent("", reason="dns"),
            errors.IrpRateLimited("", code="3109"),
            errors.IrpOutcomeUnknown("", reason="reset"),
            errors.IrpSharedUser("another"),
            errors.IrpSignatureError("wrong"),
        )
        for error in known:
            with self.subTest(type(error).__name__):
                message = self.describe(error)
                text = " ".join(message.full.split())
                self.assertIn("automatically", text)
                self.assertNotIn("automatically", message.clicked)

    # -- refused GSTINs ---------------------------------------------------------------

    def refusal(self, code, gstin, endpoint="generate_irn"):
        fault = PortalError(code, f"GSTIN -{gstin} is invalid.")
        return errors.IrpRejected(
            fault.message, code=code, violations=(fault,), endpoint=endpoint
        )

    def test_button_that_helps_is_named(self):
        for code in ("3028", "3029", "3075", "3076", "3078"):
            advice = self.describe(self.refusal(code, BUYER, "get_gstin")).advice
            self.assertIn("'Sync with GST Common Portal'", advice)
            self.assertIn("GST Portal tab", advice)
            self.assertNotIn("already", advice)

    def test_sync_that_was_tried_is_reported(self):
        self.assertIn("already", self.describe(self.refusal("3028", BUYER)).advice)
        other = PortalError("2265", "state of recipient")
        error = self.refusal("3028", BUYER)
        error.violations += (other,)
        self.assertNotIn("already", self.describe(error).advice)

    def test_party_that_the_message_names_is_opened(self):
        depot = self.make_partner("Depot", OTHER)
        move = self.make_invoice(self.buyer, partner_shipping_id=depot.id)
        move._l10n_in_irp_enqueue()
        document = move.l10n_in_irp_document_id
        seller = self.default_company.partner_id
        for gstin, partner in (
            (BUYER, self.buyer),
            (OTHER, depot),
            (seller.vat, seller),
            # no party's: by the code, as before
            (THIRD, self.buyer),
        ):
            with self.subTest(gstin):
                found = document._record_to_correct(self.refusal("3029", gstin))
                self.assertEqual(found, partner)

    # -- clicks -----------------------------------------------------------------------

    def test_look_up_by_click_says_what_next(self):
        for code, text in (
            ("3109", "Try again in a few minutes"),
            ("3096", "correct the invoices in error"),
        ):
            fault = {"kind": "refuse", "endpoint": "get_gstin", "code": code}
            transport = ScriptedTransport(self.portal(), fault)
            with self.subTest(code), self.assertRaisesRegex(UserError, text) as raised:
                self.review(self.buyer, transport=transport)
            self.assertNotIn("automatically", str(raised.exception))
