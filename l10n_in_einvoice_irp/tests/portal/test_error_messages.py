from odoo.exceptions import UserError
from odoo.tests import tagged

from ...irp import PortalError
from ...irp.protocol import errors
from ...irp.reference import PROFILES, entry
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
        error = errors.IrpNotSent("", reason="undecryptable")
        error.wire = PROFILES["iris"].wire
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

    def test_button_that_the_portal_has_not_is_not_named(self):
        error = self.refusal("3028", BUYER)
        for code, words in (("iris", "einvoice6.gst.gov.in"), ("nic1", "already")):
            error.wire = PROFILES[code].wire
            advice = self.describe(error).advice
            self.assertIn(words, advice)
            is_named = "Sync with GST Common Portal" in advice
            self.assertEqual(is_named, code == "nic1")
        error.wire = PROFILES["iris"].wire
        self.assertNotIn("already synchronised", self.describe(error).advice)

    def test_code_of_no_list_is_asked_about_where_it_came_from(self):
        error = errors.IrpRejected("odd", code="7777")
        self.assertIn("published lists", self.describe(error).advice)
        for code, name in (("whitebooks", "WhiteBooks GSP"), ("iris", "IRIS IRP")):
            error.wire = PROFILES[code].wire
            self.assertIn(f"support of {name}", self.describe(error).advice)

    # -- gateways ---------------------------------------------------------------------

    def refused_by(self, kind, code="", words="no key", status=200):
        error = kind("refused", code=code, http_status=status, endpoint="get_irn")
        error.gateway = errors.Gateway("Clear GSP", words)
        return error

    def test_gateway_is_named_and_asked(self):
        for kind in (
            errors.IrpAuthenticationError,
            errors.IrpRateLimited,
            errors.IrpEwbLogInError,
        ):
            # in NIC's list these codes mean something else
            for code in ("", "GSP018", "1005", "2150", "3095", "238"):
                with self.subTest(kind.__name__, code=code):
                    message = self.describe(self.refused_by(kind, code))
                    said = f"it reached the IRP: {code} no key".replace(":  ", ": ")
                    self.assertIn("Clear GSP refused the call before", message.text)
                    self.assertIn(f"{said}.", message.text)
                    self.assertIn("ask Clear GSP", message.full)
                    self.assertNotIn("e-Invoice helpdesk", message.full)
                    self.assertNotIn("The portal rejected", message.full)
                    known = entry(code).hint if entry(code).message else ""
                    self.assertFalse(known and known in message.full)

    def test_gateway_without_words_shows_the_status(self):
        error = self.refused_by(errors.IrpAuthenticationError, words="", status=401)
        self.assertIn("IRP: HTTP 401.", self.describe(error).text)

    def test_ewaybill_is_unchanged_where_its_gateway_refuses(self):
        message = self.describe(self.refused_by(errors.IrpEwbLogInError))
        self.assertIn("e-way bill is unchanged", message.text)

    # -- services that are not offered ------------------------------------------------

    def not_offered(self, code, service, holder=""):
        error = errors.IrpNotOffered("x", endpoint=service)
        error.wire, error.holder = PROFILES[code].wire, holder
        return self.describe(error)

    def test_missing_service_is_named_with_what_remains(self):
        for code, service, words in (
            ("ey", "get_gstin", ("EY IRP does not offer GSTIN", "Search Taxpayer")),
            ("ey", "get_ewb", ("look-ups of e-way bills", "ewaybillgst.gov.in")),
            ("iris", "get_rejected_irns", ("rejected IRNs", "einvoice6.gst.gov.in")),
            ("whitebooks", "cancel_ewb", ("WhiteBooks GSP", "'Mark as Cancelled'")),
            # it needs a user of the e-way bill system
            ("nic1", "cancel_ewb", ("e-way bill system", "'Mark as Cancelled'")),
        ):
            with self.subTest(code, service=service):
                message = self.not_offered(code, service)
                for one in words:
                    self.assertIn(one, message.full)

    def test_document_of_another_irp_is_imported(self):
        message = self.not_offered("whitebooks", "get_irn_by_document", "IRIS")
        self.assertIn("WhiteBooks GSP does not answer about", message.text)
        self.assertIn("IRIS IRP", message.text)
        self.assertIn("signed JSON", message.advice)

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
