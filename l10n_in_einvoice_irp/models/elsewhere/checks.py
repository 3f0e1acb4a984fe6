from odoo import api, models
from odoo.fields import Domain

from ...irp.operations import states
from ...irp.rules.ewaybill import reject_until
from ..clock import aware, indian_time, now_utc, utc
from ..consignment.ewaybill import ELSEWHERE
from ..queue.cancellation import first_able
from ..rights import MANAGER

CHECK_ACTIVITY = "l10n_in_einvoice_irp.mail_activity_irp_ewb_check"


class L10nInIrpEwaybill(models.Model):
    """Has a person check what other parties have made with our GSTIN, while it can be
    rejected. Nothing is rejected unasked."""

    _inherit = "l10n_in.irp.ewaybill"

    @api.model
    def _to_check_domain(self, company):
        """Return the domain of e-way bills of other parties that no document is linked
        with, and that may be rejected now or, once Part B is entered, later."""
        return self._rejectable_domain(company) & self._no_source_domain()

    @api.model
    def _rejectable_domain(self, company):
        """Return the domain of e-way bills as `_is_to_check`, with a document or
        without."""
        now = now_utc()
        domain = Domain("company_id", "=", company.id)
        domain &= Domain("environment", "=", company.l10n_in_irp_environment)
        domain &= Domain("basis", "=", ELSEWHERE)
        domain &= Domain("state", "=", states.REGISTERED)
        domain &= Domain("is_rejected", "=", False)
        domain &= Domain("generator_gstin", "!=", company.vat)
        domain &= Domain("ewb_date", ">=", utc(now - (reject_until(now) - now)))
        own = Domain("supplier_gstin", "=", company.vat)
        return domain & (own | Domain("recipient_gstin", "=", company.vat))

    def _is_to_check(self):
        """Return whether another party has made it with our GSTIN, and the time for
        rejecting it is not over."""
        own = self.company_id.sudo().vat
        is_other = self.generator_gstin and self.generator_gstin != own
        is_party = own in (self.supplier_gstin, self.recipient_gstin)
        is_open = self.state == states.REGISTERED and not self.is_rejected
        made = self.ewb_date and aware(self.ewb_date)
        is_timely = made and now_utc() <= reject_until(made)
        return bool(self.basis == ELSEWHERE and is_other and is_party) and bool(
            is_open and is_timely
        )

    @api.model
    def _remind_to_check(self, company):
        """Give the person responsible an activity for each that has none; return how
        many wait for the check."""
        bills = self.sudo().search(self._to_check_domain(company))
        # one that was marked as done is not given again
        ever = bills.with_context(active_test=False)
        given = ever.activity_search([CHECK_ACTIVITY]).mapped("res_id")
        user = self._checking_user_of(company)
        for bill in bills:
            if bill.id not in given:
                bill._give_check(user)
        return len(bills)

    def _give_check(self, user):
        end = reject_until(aware(self.ewb_date))
        # listed for the user; a mail for each would be many
        local = self.with_context(
            lang=user.lang or self.env.lang, mail_activity_quick_update=True
        )
        values = {
            "number": self.number,
            "party": self.party_name or self.generator_gstin,
            "document": self.doc_number or "",
            "end": local._shown_time(utc(end)),
        }
        local.activity_schedule(
            CHECK_ACTIVITY,
            date_deadline=indian_time(utc(end)).date(),
            summary=local.env._(
                "Check e-Way Bill %(number)s of %(party)s until %(end)s", **values
            ),
            note=local.env._(
                "%(party)s has made it for document %(document)s, with your GSTIN. No "
                "document in Odoo has this number and party. If the goods are yours, "
                "enter the vendor bill. If not, click 'Reject e-Way Bill' until "
                "%(end)s; after that it counts as accepted.",
                **values,
            ),
            user_id=user.id,
        )

    @api.model
    def _checking_user_of(self, company):
        """Return who checks e-way bills of others: the person chosen in the settings,
        or a manager; the first who can open them."""
        example = self.new({"company_id": company.id})
        managers = self.env.ref(MANAGER).sudo().all_user_ids
        chosen = company.sudo().l10n_in_irp_ewb_user_id
        return first_able(chosen, example) or first_able(managers, example)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("is_rejected"):
            ended = self.filtered(lambda bill: bill.basis == ELSEWHERE)
            ended._apart(ended._end_check)
        return result

    def _end_check(self):
        """Remove the activity of what needs no check any more."""
        self.sudo().activity_unlink([CHECK_ACTIVITY])

    @api.model
    def _end_checks(self, company):
        """Remove the activities of what was linked, rejected or cancelled, and of what
        can no longer be rejected."""
        kind = self.env.ref(CHECK_ACTIVITY)
        activities = self.env["mail.activity"].sudo()
        opened = activities.search(
            [("res_model", "=", self._name), ("activity_type_id", "=", kind.id)]
        )
        bills = self.sudo().browse(opened.mapped("res_id")).exists()
        own = bills.filtered(lambda bill: bill.company_id == company)
        waiting = set(self.sudo().search(self._to_check_domain(company)).ids)
        opened.filtered(
            lambda one: one.res_id in own.ids and one.res_id not in waiting
        ).unlink()

    def _expiring(self):
        # EXTENDS 'l10n_in.irp.ewaybill': only who may extend it is reminded
        found = super()._expiring()
        return found.filtered(lambda bill: bill.basis != ELSEWHERE or bill.can_extend)

    def _reminded_user(self):
        # EXTENDS 'l10n_in.irp.ewaybill': nobody here has made it
        if self.basis != ELSEWHERE or self.move_id.invoice_user_id:
            return super()._reminded_user()
        return self._checking_user_of(self.company_id) or super()._reminded_user()

    def _reject_note(self, bill, own, now):
        # EXTENDS 'movement'
        note = super()._reject_note(bill, own, now)
        if note or not self._is_to_check() or bill.has_part_b is not False:
            return note
        return self.env._(
            "It cannot be rejected yet, as Part B is not entered. Click 'Refresh from "
            "Portal' later. After %s it counts as accepted.",
            self._shown_time(utc(reject_until(bill.generated_at))),
        )
