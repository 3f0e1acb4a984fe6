from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...irp.reference import has_gstin_form
from ...irp.reference.ewaybill import CODES
from ...models.clock import indian_today
from ...models.elsewhere.fetching import (
    ASSIGNED,
    NEWLY_ASSIGNED,
    OTHERS,
    OWN,
    REJECTED,
    Generators,
)
from ...models.rights import check_user
from ...models.taxpayer.gstin_entry import entered_gstin
from ..targets import CheckedDialog

NUMBER, DOCUMENT, DAYS = "number", "document", "days"
MOST_DAYS = 7


class L10nInIrpEwaybillFetch(CheckedDialog, models.TransientModel):
    """Fetches e-way bills that were made elsewhere, by number, document or date."""

    _name = "l10n_in.irp.ewaybill.fetch"
    _description = "Fetch e-Way Bills"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    by = fields.Selection(
        selection=[
            (DAYS, "Date"),
            (NUMBER, "e-Way Bill No."),
            (DOCUMENT, "Document"),
        ],
        string="Fetch By",
        required=True,
        default=DAYS,
    )
    number = fields.Char(string="e-Way Bill No.")
    doc_type = fields.Selection(
        selection=list(CODES["document_types"].items()),
        string="Document Type",
        default="INV",
    )
    doc_number = fields.Char(string="Document No.")
    date_from = fields.Date(
        string="From", default=lambda self: indian_today() - timedelta(days=1)
    )
    date_to = fields.Date(string="To", default=lambda self: indian_today())
    of_others = fields.Boolean(
        string="Made by Suppliers and Buyers",
        default=True,
        help="With your GSTIN as a party. Reject those that are not yours within 72 "
        "hours.",
    )
    of_own = fields.Boolean(
        string="Made by Us", help="For example on ewaybillgst.gov.in."
    )
    of_assigned = fields.Boolean(
        string="Assigned to Us as Transporter",
        help="Made in this period, whenever they were assigned to us.",
    )
    of_newly_assigned = fields.Boolean(
        string="Assigned to Us in This Period",
        help="As transporter, whenever they were made.",
    )
    of_rejected = fields.Boolean(string="Ours, Rejected by Others", default=True)
    state_id = fields.Many2one(
        "res.country.state",
        string="Of Generators In",
        domain=[("country_id.code", "=", "IN")],
        help="Only for e-way bills assigned to us. Empty: of our state.",
    )
    generator_gstin = fields.Char(
        string="Of Generator (GSTIN)",
        help="Only for e-way bills assigned to us as transporter, by the day on which "
        "they were made. Empty: of all generators in the state.",
    )
    missing = fields.Char(string="Not Available", compute="_compute_missing")

    @api.depends("company_id")
    def _compute_missing(self):
        for wizard in self:
            company = wizard.company_id
            wizard.missing = company._l10n_in_irp_ewb_missing("get_ewaybill")

    @api.onchange("generator_gstin")
    def _onchange_generator_gstin(self):
        number, warning = entered_gstin(self.env, self.generator_gstin)
        if number != self.generator_gstin:
            self.generator_gstin = number
        return {"warning": warning} if warning else None

    def action_fetch(self):
        """Fetch them and show what was found."""
        self.ensure_one()
        check_user(self.env)
        company = self.company_id
        if self.by == NUMBER:
            number = "".join((self.number or "").split())
            if not (len(number) == 12 and number.isascii() and number.isdecimal()):
                raise UserError(
                    self.env._("Enter the e-way bill number: it has 12 digits.")
                )
            found = company._l10n_in_irp_fetch_ewb(number)
        elif self.by == DOCUMENT:
            if not (self.doc_type and (self.doc_number or "").strip()):
                raise UserError(self.env._("Enter document type and number."))
            found = company._l10n_in_irp_fetch_ewb_of_document(
                self.doc_type, self.doc_number.strip()
            )
        else:
            fetched = company._l10n_in_irp_fetch_ewbs(
                self._kinds(), self._days(), self._generators()
            )
            return self._show(fetched.bills, fetched.texts)
        return self._show(found)

    def _kinds(self):
        chosen = {
            OTHERS: self.of_others,
            OWN: self.of_own,
            ASSIGNED: self.of_assigned,
            NEWLY_ASSIGNED: self.of_newly_assigned,
            REJECTED: self.of_rejected,
        }
        kinds = [kind for kind, is_chosen in chosen.items() if is_chosen]
        if not kinds:
            raise UserError(self.env._("Choose at least one kind of e-way bill."))
        return kinds

    def _generators(self):
        gstin, _warning = entered_gstin(self.env, self.generator_gstin)
        gstin = (gstin or "") if self.of_assigned else ""
        if gstin and not has_gstin_form(gstin):
            raise UserError(
                self.env._(
                    "'Of Generator (GSTIN)': %s is not a GSTIN, which has 15 "
                    "characters. Correct it, or leave it empty.",
                    gstin,
                )
            )
        return Generators(self.state_id.l10n_in_tin or "", gstin)

    def _days(self):
        first, last = self.date_from, self.date_to
        if not (first and last) or not 0 <= (last - first).days < MOST_DAYS:
            raise UserError(
                self.env._(
                    "Enter a period of 1 to %s days: the e-way bill system is asked "
                    "for each day.",
                    MOST_DAYS,
                )
            )
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def _show(self, found, left_out=()):
        """Return the list of what was found, or that there was nothing.

        :param left_out: texts on what could not be fetched, shown before.
        """
        if not found:
            texts = left_out or [self.env._("The portal has no such e-way bills.")]
            closing = {"type": "ir.actions.act_window_close"}
            return self._message(texts, closing, is_warning=bool(left_out))
        name = self.env._("Fetched e-Way Bills")
        action = found._get_records_action(name=name)
        return self._message(left_out, action, is_warning=True) if left_out else action

    def _message(self, texts, following, *, is_warning):
        """Return a message, and the action that follows it."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if is_warning else "info",
                # a person reads the numbers
                "sticky": is_warning,
                "message": "\n".join(texts),
                "next": following,
            },
        }
