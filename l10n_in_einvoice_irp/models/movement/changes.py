from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...irp.operations import states
from ...irp.rules.ewaybill import (
    Cancel,
    cancellation_violations,
    extension_window,
)
from ..clock import aware, now_utc, utc
from ..rights import check_user
from .entered import ENTERED
from .requests import (
    CONSOLIDATION,
    EXTENSION,
    KINDS,
    REJECTION,
    SHEET_KINDS,
    TRANSPORTER,
)
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
        here = [("number", "in", numbers), *self._beside()]
        return {bill.number: bill._standing() for bill in self.search(here)}

    def _planned_for(self, kind):
        """Return when a change is sent, aware: now, or when its window opens."""
        now = now_utc()
        if kind != EXTENSION or not self.valid_until:
            return now
        first, _last = extension_window(aware(self.valid_until))
        return max(now, first)

    def _change_refusal(self, kind, entered):
        """Return what the portal would refuse of a change, with its codes; "" if it
        would take it.

        :raises UserError: the company cannot make such a change at all.
        """
        self._check_may_change(kind)
        self._check_beside(self._changed_with(kind, entered) - self)
        request = KINDS[kind].build(entered, self.number)
        faults = self._step_violations(kind, request, self._planned_for(kind))
        texts = [violation_text(self.env, fault) for fault in faults]
        return "\n".join([self.display_name, *texts]) if faults else ""

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

    def _check_beside(self, others):
        """Refuse e-way bills that cannot be changed in one call with this one.

        :raises AccessError: the user may not change one of them.
        :raises UserError: one is of another company or portal, or under way.
        """
        for bill in others:
            bill._check_may_write()
            bill._check_none_open()
        here = Domain(self._beside())
        if foreign := others - others.filtered_domain(here):
            raise UserError(
                self.env._(
                    "%(ewaybill)s is not an e-way bill of %(company)s at the same "
                    "portal. Select only e-way bills of one company.",
                    ewaybill=foreign[0].display_name,
                    company=self.company_id.name,
                )
            )

    def _beside(self):
        """Return the terms of a domain: of the same company, at the same portal."""
        return [
            ("company_id", "=", self.company_id.id),
            ("environment", "=", self.environment),
        ]

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
        waiting = self._waiting_steps()
        if unclear := waiting.filtered(lambda step: step.state == states.UNCLEAR):
            raise UserError(unclear[0]._unclear_advice(states.UNCLEAR))
        if waiting:
            raise UserError(
                self.env._(
                    "%(change)s still awaits the portal's response. Click 'Refresh "
                    "from Portal' on the e-way bill, then try again. If it was not "
                    "sent yet, you can discard it under Movement.",
                    change=waiting[0].display_name,
                )
            )

    def _waiting_steps(self):
        """Return the changes whose call is due, or was made without an answer; also
        consolidations with other e-way bills, which change each of them."""
        steps = self.step_ids | self.step_ids.browse(self._consolidations().ids)
        return steps.filtered(
            lambda step: (
                step.state in OPEN
                or (step.state == states.TO_REGISTER and not step._is_planned())
            )
        )

    def _consolidations(self):
        """Return the consolidations of these e-way bills that are not over."""
        is_open = Domain("state", "in", [*OPEN, states.TO_REGISTER])
        return self._sheet_steps(is_open)

    def _sheet_steps(self, domain=Domain.TRUE):
        """Return the consolidations of these e-way bills, whichever they are entered
        at, as superuser."""
        own = Domain("kind", "in", SHEET_KINDS) & Domain("bill_ids", "in", self.ids)
        return self.env["l10n_in.irp.ewaybill.step"].sudo().search(own & domain)

    # ------------------------------------------------------------------
    # One at a time
    # ------------------------------------------------------------------

    def _changed_with(self, kind, entered):
        """Return the e-way bills that a change of these changes at the portal."""
        return self | entered.bill_ids if kind in SHEET_KINDS else self

    def _take_turn(self):
        """Let nobody else request a change or the cancellation of these e-way bills
        until the next commit; read again what others have committed.

        A request that began before the commit of another one does not see it. Writing
        the rows makes PostgreSQL end such a request, and Odoo starts it again. In one
        order, so that two bulk changes do not wait for each other.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                WITH locked AS (
                    SELECT id FROM l10n_in_irp_ewaybill
                     WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
                )
                UPDATE l10n_in_irp_ewaybill AS bill SET write_date = bill.write_date
                  FROM locked WHERE bill.id = locked.id RETURNING bill.id
                """,
                self.ids,
            )
        )
        self.invalidate_recordset()
        (self.sudo().step_ids | self._sheet_steps()).invalidate_recordset()

    def _enter_once(self, kind, entered, key, seen):
        """Store a change of these e-way bills as `_enter_changes`; return what the
        same request has stored before.

        :param key: names the request: a second click, or a repeated transaction, has
            the same.
        :param seen: id of the last step that the person has seen; 0 if there was none.
        :raises UserError: somebody has entered another change since; or as
            `_enter_changes`.
        """
        self._changed_with(kind, entered)._take_turn()
        steps = self.sudo().step_ids.filtered(
            lambda step: (step.request_key, step.kind) == (key, kind)
        )
        # what the portal has refused may be corrected and sent again
        if set(steps.mapped("state")) <= {states.REJECTED}:
            self._check_unchanged(seen)
            steps = self._enter_changes(kind, entered, key)
        return steps

    def _check_unchanged(self, seen):
        """Refuse what was entered without knowing of the latest change.

        :raises UserError: there is a later step than `seen`.
        """
        later = self.step_ids.filtered(
            lambda step: step.id > seen and step.state != states.REJECTED
        )
        if later:
            raise UserError(
                self.env._(
                    "%(change)s was entered after you opened this window "
                    "(%(state)s, %(user)s). Close the window and check Movement on the "
                    "e-way bill; enter another change only if it is still needed.",
                    change=later[0].display_name,
                    state=later[0]._status_label(),
                    user=later[0].sudo().create_uid.name,
                )
            )

    def _enter_changes(self, kind, entered, key=""):
        """Store the same change of these e-way bills: of all, or of none. Nothing is
        sent.

        :param entered: a record with the fields of `EnteredMovement`.
        :param key: see `_enter_once`.
        :return: the steps.
        :raises UserError: see `_change_refusal`; for all that are at fault.
        """
        refusals = [
            text for bill in self if (text := bill._change_refusal(kind, entered))
        ]
        if refusals:
            raise UserError("\n\n".join(refusals))
        if kind == EXTENSION:
            self.sudo().step_ids.filtered(
                lambda step: step.kind == kind and step._is_planned()
            ).unlink()
        values = [bill._step_values(kind, entered, key) for bill in self]
        return self.env["l10n_in.irp.ewaybill.step"].sudo().create(values)

    def _step_values(self, kind, entered, key=""):
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
            # whole seconds, as Odoo stores and compares them: now is not later
            "next_attempt_at": utc(self._planned_for(kind)).replace(microsecond=0),
            "request_key": key or False,
        }

    # ------------------------------------------------------------------
    # Cancelled
    # ------------------------------------------------------------------

    def _mark_to_cancel(self, values):
        # EXTENDS 'l10n_in.irp.submission.mixin': not what the portal would refuse
        if self.state == states.REGISTERED:
            self._check_cancellation(values)
        return super()._mark_to_cancel(values)

    def _check_cancellation(self, values):
        """Refuse a cancellation that the portal would refuse.

        :param values: see `_mark_to_cancel`.
        :raises UserError: with the portal's codes.
        """
        since = self._cancel_since()
        faults = cancellation_violations(
            Cancel(self.number, values["cancel_reason"], values["cancel_remark"]),
            self._standing(),
            self._sent_as(),
            now_utc(),
            since=since and aware(since) or None,
        )
        texts = [violation_text(self.env, fault) for fault in faults]
        if texts:
            raise UserError("\n".join([self.display_name, *texts]))

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
        """Reject an e-way bill that another party has made; a second click finds the
        rejection that the first has entered, and sends nothing."""
        self.ensure_one()
        check_user(self.env)
        self._check_may_write()
        entered = self.env["l10n_in.irp.ewaybill.step"].new()
        seen = max(self.sudo().step_ids.ids, default=0)
        key = f"{self._name},{self.id}"
        self._enter_once(REJECTION, entered, key, seen)._send_entered()
        return True
