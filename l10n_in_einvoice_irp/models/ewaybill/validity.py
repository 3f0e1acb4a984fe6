from odoo import api, fields, models
from odoo.tools import format_datetime

from ...irp.operations import states
from ..clock import INDIA, indian_time
from ..queue.cancellation import first_able
from ..rights import MANAGER

EXPIRY_ACTIVITY = "l10n_in_einvoice_irp.mail_activity_ewb_expiry"


class L10nInIrpEwaybill(models.Model):
    """The validity of an e-way bill in Indian time, and the reminder before it ends."""

    _inherit = "l10n_in.irp.ewaybill"

    valid_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="Empty while only Part A is entered: goods must not move yet.",
    )
    valid_until_india = fields.Char(
        string="Valid Until (IST)",
        compute="_compute_valid_until_india",
        help="In Indian Standard Time.",
    )

    @api.depends("valid_until")
    @api.depends_context("tz")
    def _compute_valid_until_india(self):
        """Show Indian time to users in other time zones; empty for users in India."""
        for ewaybill in self:
            moment, shown = ewaybill.valid_until, False
            if moment:
                own = fields.Datetime.context_timestamp(ewaybill, moment)
                indian = indian_time(moment)
                if own.utcoffset() != indian.utcoffset():
                    shown = format_datetime(
                        self.env, moment, tz=INDIA, dt_format="medium"
                    )
            ewaybill.valid_until_india = shown

    def write(self, vals):
        # EXTENDS 'mail': a reminder is about one end of the validity
        before = {bill: bill.valid_until for bill in self if "valid_until" in vals}
        result = super().write(vals)
        moved = self.filtered(
            lambda bill: before.get(bill) and bill.valid_until != before[bill]
        )
        if moved:
            moved.sudo().activity_unlink([EXPIRY_ACTIVITY])
        return result

    @api.model
    def _cron_remind(self):
        """Remind users once of each end of a validity within a day."""
        for ewaybill in self._expiring():
            ewaybill.activity_schedule(
                EXPIRY_ACTIVITY,
                date_deadline=indian_time(ewaybill.valid_until).date(),
                summary=self.env._("e-Way Bill %s expires", ewaybill.number),
                note=ewaybill._expiry_note(),
                user_id=ewaybill._reminded_user().id,
            )

    def _reminded_user(self):
        """Return who is reminded: the first who can open it and act."""
        managers = self.env.ref(MANAGER).sudo().all_user_ids
        seller = self.move_id.invoice_user_id
        return first_able(seller | self.create_uid | managers, self)

    @api.model
    def _expiring(self):
        """Return the e-way bills without a reminder that expire within a day."""
        now = fields.Datetime.now()
        found = self.sudo().search(
            [
                ("state", "=", states.REGISTERED),
                ("valid_until", ">", now),
                ("valid_until", "<=", fields.Datetime.add(now, days=1)),
            ]
        )
        return found - found._reminded()

    def _reminded(self):
        """Return those with a reminder of the end of their validity, or one that was
        marked as done."""
        kind = self.env.ref(EXPIRY_ACTIVITY)
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        given = activities.search_fetch(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", kind.id),
            ],
            ["res_id", "date_deadline"],
        )
        last = {one.res_id: one.date_deadline for one in given.sorted("date_deadline")}
        return self.filtered(
            lambda bill: (
                bill.id in last
                and last[bill.id] >= indian_time(bill.valid_until).date()
            )
        )

    def _expiry_note(self):
        """Return what the reminder asks the user for. For extensions."""
        return ""
