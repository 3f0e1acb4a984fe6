from odoo import models
from odoo.exceptions import UserError

from ...irp.operations import states
from ...irp.rules.ewaybill import extension_window
from .. import wakeup
from ..clock import aware, now_utc, utc
from ..rights import check_user
from .entered import ENTERED
from .requests import CONSOLIDATION, EXTENSION, KINDS, REJECTION, TRANSPORTER
from .step import OPEN
from .step_sending import violation_text


class L10nInIrpEwaybill(models.Model):
    """Changes of an e-way bill at the portal, as users request them."""

    _inherit = "l10n_in.irp.ewaybill"

    def _step_violations(self, kind, request, now):
        """Return what the portal would refuse of a change, with its codes.

        :param request: `irp.rules.ewaybill.ActionRequest`.
        :param now: when it is sent; aware.
        """
        options, standing = {}, self._standing()
        if kind == CONSOLIDATION:
            standing = self._standings(request.bills)
        if kind == TRANSPORTER:
            options["check_digits"] = self.environment == "production"
        check = KINDS[kind].check
        return check(request, standing, self._sent_as(), now, **options)

    def _standings(self, numbers):
        """Return number -> standing of e-way bills of the same company."""
        here = [
            ("company_id", "=", self.company_id.id),
            ("environment", "=", self.environment),
            ("number", "in", numbers),
        ]
        return {bill.number: bill._standing() for bill in self.search(here)}

    def _planned_for(self, kind):
        """Return when a change is sent, aware: now, or when its window opens."""
        now = now_utc()
        if kind != EXTENSION or not self.valid_until:
            return now
        first, _last = extension_window(aware(self.valid_until))
        return max(now, first)

    def _check_change(self, kind, entered):
        """Refuse a change that the portal would refuse, before anything is stored.

        :param entered: a record with the fields of `EnteredMovement`.
        :raises UserError: with the portal's codes, or the text on what remains.
        """
        self._check_may_change(kind)
        request = KINDS[kind].build(entered, self.number)
        faults = self._step_violations(kind, request, self._planned_for(kind))
        if faults:
            texts = [violation_text(self.env, fault) for fault in faults]
            raise UserError("\n".join([self.display_name, *texts]))

    def _check_may_change(self, kind):
        """Refuse a dialog for what this company may not or cannot do.

        :raises UserError: with the reason.
        """
        check_user(self.env)
        self._check_may_write()
        self._check_has_number()
        self.company_id._l10n_in_irp_check_ewb(
            KINDS[kind].service, self.environment, self._portal_address() or ""
        )
        self._check_none_open()

    def _check_has_number(self):
        if not self._is_active_bill():
            raise UserError(
                self.env._(
                    "%(ewaybill)s has the status '%(state)s'. Only a generated e-way "
                    "bill can be changed on the portal.",
                    ewaybill=self.display_name,
                    state=self._status_label(),
                )
            )

    def _check_none_open(self):
        """Refuse a change while the outcome of another one is not known.

        :raises UserError: there is one.
        """
        if waiting := self._waiting_steps():
            raise UserError(
                self.env._(
                    "%(change)s still awaits the portal's response. Click 'Refresh "
                    "from Portal' on the e-way bill, then try again. If it was not "
                    "sent yet, you can discard it under Movement.",
                    change=waiting[0].display_name,
                )
            )

    def _waiting_steps(self):
        """Return the changes whose call is due, or was made without an answer."""
        return self.step_ids.filtered(
            lambda step: (
                step.state in OPEN
                or (step.state == states.TO_REGISTER and not step._is_planned())
            )
        )

    def _request_change(self, kind, entered):
        """Make a change at the portal now, or plan it for when its window opens.

        :param entered: a record with the fields of `EnteredMovement`.
        :return: the step.
        :raises UserError: see `_check_change`.
        """
        self.ensure_one()
        self._check_change(kind, entered)
        planned = self._planned_for(kind)
        is_later = planned > now_utc()
        if kind == EXTENSION:
            self.sudo().step_ids.filtered(
                lambda step: step.kind == kind and step._is_planned()
            ).unlink()
        values = self._step_values(kind, entered, utc(planned))
        step = self.env["l10n_in.irp.ewaybill.step"].sudo().create(values)
        if is_later:
            wakeup.schedule(self.env, utc(planned))
        else:
            step._process_now()
        return step

    def _step_values(self, kind, entered, planned):
        copied = {
            name: entered._fields[name].convert_to_write(entered[name], entered)
            for name in ENTERED
        }
        return {
            **copied,
            "ewaybill_id": self.id,
            "environment": self.environment,
            "base_url": self._portal_address() or self.base_url,
            "kind": kind,
            "state": states.TO_REGISTER,
            "next_attempt_at": planned,
        }

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_fetch(self):
        """Look up open changes, then fetch the e-way bill with its history."""
        self.ensure_one()
        check_user(self.env)
        self._check_may_write()
        if waiting := self._waiting_steps().sudo():
            waiting._requeue()
            waiting._process_now()
        self._fetch_bill()
        return True

    def action_reject(self):
        """Reject an e-way bill that another party has made."""
        self.ensure_one()
        self._request_change(REJECTION, self.env["l10n_in.irp.ewaybill.step"].new())
        return True
