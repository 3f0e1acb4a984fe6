from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools.translate import code_translations

from ...irp.protocol import errors
from ...irp.reference import entry, listed_codes
from ...models.portal.error_messages import ErrorMessages
from ...models.validation.finding import TranslatableText
from ..common import IrpCommon

ADDON = "l10n_in_einvoice_irp"
HINDI = {
    "The HSN/SAC code is not in the GST tariff.": "HSN/SAC कोड GST टैरिफ में नहीं है।",
    entry("2176").advice: "प्रोडक्ट और लाइन पर HSN/SAC कोड सुधारें।",
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestErrorCodes(IrpCommon):
    """The list of the portals' codes, as a plain accountant searches it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Code = cls.env["l10n_in.irp.error.code"]

    def codes_of(self, words):
        return self.Code.search([("words", "ilike", words)]).mapped("code")

    def in_hindi(self, env):
        """Return an environment in Hindi, with `HINDI` as its translations."""
        self.env["res.lang"].sudo()._activate_lang("hi_IN")
        loaded = {**code_translations.python_translations, (ADDON, "hi_IN"): HINDI}
        self.startPatcher(
            patch.object(code_translations, "python_translations", loaded)
        )
        return env(context={**env.context, "lang": "hi_IN"})

    def test_every_code_is_there_with_cause_and_remedy(self):
        found = self.Code.search([])
        self.assertEqual(len(found), len(listed_codes()))
        self.assertTrue(all(one.cause and one.advice and one.system for one in found))
        self.assertEqual(len(self.Code.search([("is_common", "=", True)])), 100)

    def test_code_of_a_message_finds_its_line(self):
        [found] = self.Code.search([("words", "ilike", "2150")])
        self.assertEqual(found.portal_text, "Duplicate IRN")
        self.assertEqual(found.display_name, "2150: Duplicate IRN")
        self.assertEqual(found.cause, entry("2150").cause)

    def test_words_are_found_in_any_order_in_every_text(self):
        self.assertIn("3039", self.codes_of("state pin"))
        self.assertIn("2192", self.codes_of("totamt"), "the portal's own text")
        self.assertIn("GSP019", self.codes_of("taxpro credit"))
        self.assertFalse(self.codes_of("state pin nonsense"))

    def test_code_with_an_underscore_is_found_as_the_portal_sends_it(self):
        self.assertIn("3109", self.codes_of("3109"))

    def test_systems_are_told_apart(self):
        grouped = dict(self.Code._read_group([], ["system"], ["__count"]))
        self.assertEqual(set(grouped), {"VITAL", "IRN", "EWB", "EWBAPI", "GSP"})

    def test_codes_of_the_ewaybill_system_name_what_other_lists_say(self):
        [found] = self.Code.search([("words", "ilike", "oxygen")])
        self.assertEqual((found.code, found.system), ("727", "EWBAPI"))
        self.assertIn("Transport by ship", found.cause)
        self.assertIn("2021", found.disagreement)
        [agreed] = self.Code.search([("code", "=", "382")])
        self.assertFalse(agreed.disagreement)

    def test_list_is_searched_with_two_queries(self):
        search = ([("words", "ilike", "gstin")], ["cause", "advice"])
        self.assertGreater(len(self.Code.search_fetch(*search)), 20)
        self.Code.invalidate_model()
        with self.assertQueryCount(2):
            self.Code.search_fetch(*search)

    def test_clerks_without_invoicing_see_nothing(self):
        clerk = new_test_user(self.env(su=True), "codes", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.Code.with_user(clerk).search([])

    def test_list_is_read_and_searched_in_the_readers_language(self):
        hindi = self.Code.with_env(self.in_hindi(self.env))
        [found] = hindi.search([("words", "ilike", "टैरिफ HSN")])
        self.assertEqual(found.code, "2176")
        self.assertEqual(found.cause, HINDI[entry("2176").cause])
        english = found.with_context(lang="en_US")
        self.assertEqual(english.cause, entry("2176").cause)

    def test_messages_and_findings_use_the_same_translations(self):
        hindi = self.in_hindi(self.env)
        expected = " ".join(HINDI.values())
        refused = errors.IrpRejected("HSN code(s)-1 is invalid", code="2176")
        self.assertEqual(ErrorMessages(hindi).describe(refused).advice, expected)
        self.assertEqual(TranslatableText.of_code("2176").render(hindi), expected)
        step = TranslatableText.next_step("2176")
        self.assertEqual(step.render(hindi), HINDI[step.template])
