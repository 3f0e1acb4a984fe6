from odoo import api, fields, models

from ..clock import indian_today, printed_date

URGENT_DAYS = 7
"""An invoice is urgent for as many days before its deadline."""
# the levels of `account`'s alerts, the most urgent last
LEVELS = ("info", "warning", "danger")


class AccountMove(models.Model):
    """How many days are left to register an invoice, on its form and banner."""

    _inherit = "account.move"

    l10n_in_irp_countdown = fields.Char(
        string="Time Left to Register",
        compute="_compute_l10n_in_irp_countdown",
        groups="base.group_user",
    )
    l10n_in_irp_days_left = fields.Integer(
        string="Days Left to Register",
        compute="_compute_l10n_in_irp_countdown",
        help="Negative after the last day on which the IRP accepts the invoice.",
        groups="base.group_user",
    )

    @api.depends("l10n_in_irp_deadline")
    def _compute_l10n_in_irp_countdown(self):
        today = indian_today()
        for move in self:
            deadline = move.l10n_in_irp_deadline
            days = (deadline - today).days if deadline else 0
            move.l10n_in_irp_days_left = days
            move.l10n_in_irp_countdown = deadline and move._l10n_in_irp_time_left(days)

    def _l10n_in_irp_time_left(self, days):
        """Return in words how long the invoice can be registered.

        :param days: until the deadline; negative after it.
        """
        until = printed_date(self.l10n_in_irp_deadline)
        if days < 0:
            return self.env._(
                "The reporting limit ended on %s: the IRP no longer accepts this "
                "invoice. Ask your tax adviser; usually a new invoice replaces it.",
                until,
            )
        if not days:
            return self.env._("Today, %s, is the last day to register.", until)
        if days == 1:
            return self.env._("1 day left to register, until %s.", until)
        return self.env._(
            "%(days)s days left to register, until %(date)s.", days=days, date=until
        )

    @api.depends("l10n_in_irp_countdown")
    def _compute_alerts(self):
        # EXTENDS 'account'
        result = super()._compute_alerts()
        if not self.env.su and not self.env.user._is_internal():
            return result
        for move in self:
            if move.l10n_in_irp_countdown:
                move.alerts = move._l10n_in_irp_with_countdown(move.alerts or {})
        return result

    def _l10n_in_irp_with_countdown(self, alerts):
        """Return the banners with the countdown: in that of the registration if it has
        one, which may name the day already."""
        note, days = self.l10n_in_irp_countdown, self.l10n_in_irp_days_left
        level = LEVELS[(days <= URGENT_DAYS) + (days < 0)]
        if not (alert := alerts.get("l10n_in_irp")):
            return {**alerts, "l10n_in_irp_deadline": {"level": level, "message": note}}
        level = max(level, alert["level"], key=LEVELS.index)
        message = alert["message"]
        if printed_date(self.l10n_in_irp_deadline) not in message:
            message = f"{message}\n{note}"
        return {**alerts, "l10n_in_irp": {**alert, "level": level, "message": message}}
