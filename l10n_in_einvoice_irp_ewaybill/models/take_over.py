import json
import re
from datetime import datetime, time

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.l10n_in_einvoice_irp.irp.operations import states
from odoo.addons.l10n_in_einvoice_irp.irp.reference import IST, read_portal_datetime
from odoo.addons.l10n_in_einvoice_irp.models.clock import indian_midnight, utc
from odoo.addons.l10n_in_einvoice_irp.models.consignment.ewaybill import ELSEWHERE
from odoo.addons.l10n_in_einvoice_irp.models.guarded import refuse
from odoo.addons.l10n_in_einvoice_irp.models.rights import check_manager, check_user

NUMBER = re.compile(r"[0-9]{12}")
GENERATED, CANCELLED = "generated", "cancel"
LINK = "l10n_in_irp_ewaybill_id"
# in the answers of the e-way bill system, and of the IRP
DATE_MEMBERS = ("ewayBillDate", "EwbDt")
EXPIRY_MEMBERS = ("validUpto", "EwbValidTill")
# an e-way bill is valid until 11:59 PM
LAST_MINUTE = time(23, 59)


class L10nInEwaybill(models.Model):
    """Taken over into e-Invoicing (India), where it can be changed and extended."""

    _inherit = "l10n.in.ewaybill"

    l10n_in_irp_ewaybill_id = fields.Many2one(
        "l10n_in.irp.ewaybill",
        string="Taken Over As",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'l10n_in_ewaybill'
        self._l10n_in_irp_check_link(name for vals in vals_list for name in vals)
        return super().create(vals_list)

    def write(self, vals):
        # EXTENDS 'l10n_in_ewaybill'
        self._l10n_in_irp_check_link(vals)
        return super().write(vals)

    def _l10n_in_irp_check_link(self, names):
        """Refuse a link that nobody has taken over: it would permit a second bill."""
        if LINK in names and not self.env.su:
            refuse(self.env, self, [LINK])

    def _l10n_in_irp_is_taken_over(self):
        """Return whether the same number is one of ours now: taken over, or fetched
        from the portal and linked with the same document."""
        return bool(self._l10n_in_irp_same())

    def _l10n_in_irp_same(self):
        """Return ours of the same number and document, as superuser; none without a
        number."""
        ours = self.sudo().l10n_in_irp_ewaybill_id | self._l10n_in_irp_ours()
        return ours.filtered(lambda one: one.number and one.number == self.name)[:1]

    # ------------------------------------------------------------------
    # Taking over
    # ------------------------------------------------------------------

    def action_l10n_in_irp_take_over(self):
        """Take over generated e-way bills, each checked with the portal, and open
        them.

        :raises UserError: one is not generated, or the portal does not have it.
        """
        check_user(self.env)
        self.check_access("write")
        ours = self.env["l10n_in.irp.ewaybill"]
        for bill in self:
            ours |= bill._l10n_in_irp_take_over()
        return ours._get_records_action(name=self.env._("e-Way Bill"))

    def _l10n_in_irp_take_over(self):
        same = self._l10n_in_irp_same()
        if same and same == self.sudo().l10n_in_irp_ewaybill_id:
            return same.sudo(False)
        if fault := self._l10n_in_irp_take_over_fault():
            raise UserError(fault)
        ours = (same or self._l10n_in_irp_fetched()).sudo(False)
        if not ours:
            ours = self._l10n_in_irp_take_from_portal()
        self._l10n_in_irp_link(ours.sudo())
        return ours

    def _l10n_in_irp_fetched(self):
        """Return ours of the same number that no document is linked with yet, as
        superuser.

        :raises UserError: another document is linked with it.
        """
        company = self.company_id
        found = self.env["l10n_in.irp.ewaybill"]._of_number(
            company, company.l10n_in_irp_environment, self.name
        )
        if found and found._has_source():
            raise UserError(
                self.env._(
                    "%(ewaybill)s is linked with %(document)s. Open it under "
                    "e-Invoicing (India) / e-Way Bills and click 'Remove Document', "
                    "then take it over.",
                    ewaybill=found.display_name,
                    document=found._document_name(),
                )
            )
        return found

    def _l10n_in_irp_take_from_portal(self):
        """Return ours as the portal has it, or as it is stored here without access."""
        company = self.company_id
        if missing := company._l10n_in_irp_ewb_missing("get_ewaybill"):
            return self._l10n_in_irp_take_unchecked(missing)
        return company._l10n_in_irp_fetch_ewb(self.name)

    def _l10n_in_irp_take_over_fault(self):
        """Return why it cannot be taken over; "" if it can."""
        if self.state != GENERATED or not NUMBER.fullmatch(self.name or ""):
            return self.env._(
                "%s is not a generated e-way bill. Only those with a number can be "
                "taken over.",
                self.document_number,
            )
        if not self.company_id.l10n_in_irp_enabled:
            return self.env._(
                "e-Invoicing is switched off for %s. An administrator switches it on "
                "in Settings.",
                self.company_id.name,
            )
        is_same = self._l10n_in_irp_is_taken_over()
        return "" if is_same else self._l10n_in_irp_own()

    def _l10n_in_irp_take_unchecked(self, missing):
        """Return ours with what Odoo's E-waybill has stored; on a manager's word,
        because without access nobody can ask the portal."""
        check_manager(self.env)
        ours = self.env["l10n_in.irp.ewaybill"].sudo()
        values = self.sudo()._l10n_in_irp_taken_values()
        ours = ours.create({**values, "is_taken_unchecked": True})
        ours._message_log(
            body=self.env._(
                "Taken over from Odoo's E-waybill without a check with the portal: %s",
                missing,
            )
        )
        return ours.sudo(False)

    def _l10n_in_irp_link(self, ours):
        """Link ours, as superuser, with the document of the goods, and with this."""
        bill = self.sudo()
        self._l10n_in_irp_drop_prepared()
        ours.write(self._l10n_in_irp_source_values())
        bill.l10n_in_irp_ewaybill_id = ours
        for attachment in bill._l10n_in_irp_files():
            values = {"res_model": ours._name, "res_id": ours.id, "res_field": False}
            attachment.copy(values)
        ours._notify()
        ours._cancel_at_odoo()
        bill._message_log(
            body=self.env._("Taken over into e-Invoicing: %s", ours.display_name)
        )

    def _l10n_in_irp_source_values(self):
        """Return the field values that name the document of the goods."""
        return {"move_id": self.sudo().account_move_id.id}

    def _l10n_in_irp_ours(self):
        """Return our e-way bills of the same document, as superuser."""
        return self.sudo().account_move_id.l10n_in_irp_ewaybill_ids

    def _l10n_in_irp_drop_prepared(self):
        """Delete what was prepared for the same document and never sent."""
        ours = self._l10n_in_irp_ours()
        ours.filtered(lambda one: one._is_unsent() and one.basis != ELSEWHERE).unlink()

    # ------------------------------------------------------------------
    # What was stored
    # ------------------------------------------------------------------

    def _l10n_in_irp_files(self):
        """Return request and answer as Odoo's E-waybill has stored them."""
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("mimetype", "=", "application/json"),
                ("res_field", "in", (False, "attachment_file")),
            ],
            order="id",
        )

    def _l10n_in_irp_stored_members(self):
        """Return the members of the stored request and answer, the newest first."""
        members = {}
        for attachment in self._l10n_in_irp_files():
            try:
                content = json.loads(attachment.raw)
            except ValueError:
                continue
            if isinstance(content, dict):
                members |= content | (content.get("data") or {})
        return members

    def _l10n_in_irp_taken_values(self):
        """Return the field values of ours."""
        company, stored = self.company_id, self._l10n_in_irp_stored_members()
        environment = company.l10n_in_irp_environment
        return {
            "basis": ELSEWHERE,
            "company_id": company.id,
            "environment": environment,
            "base_url": company._l10n_in_irp_address(environment),
            "state": states.REGISTERED,
            "with_irn": False,
            "number": self.name,
            **self._l10n_in_irp_taken_dates(stored),
            **self._l10n_in_irp_taken_transport(),
            **self._l10n_in_irp_taken_kind(),
            "total_value": stored.get("totInvValue") or 0,
            **self._l10n_in_irp_source_values(),
        }

    def _l10n_in_irp_taken_dates(self, stored):
        """Return both moments to the minute, if the answer has them; else of the
        days."""
        made, until = (
            next(
                filter(
                    None, (read_portal_datetime(stored.get(name)) for name in names)
                ),
                None,
            )
            for names in (DATE_MEMBERS, EXPIRY_MEMBERS)
        )
        day, last = self.ewaybill_date, self.ewaybill_expiry_date
        end = last and datetime.combine(last, LAST_MINUTE, IST)
        return {
            "ewb_date": utc(made) or (day and indian_midnight(day)),
            "valid_until": utc(until or end),
        }

    def _l10n_in_irp_taken_transport(self):
        return {
            "distance": self.distance,
            "trans_mode": self.mode,
            "vehicle_number": self.vehicle_no,
            "vehicle_type": self.vehicle_type,
            "transporter_id": self.transporter_id.id,
            "trans_doc_number": self.transportation_doc_no,
            "trans_doc_date": self.transportation_doc_date,
        }

    def _l10n_in_irp_taken_kind(self):
        ours = self.env["l10n_in.irp.ewaybill"]
        party = self._get_billing_partner().commercial_partner_id
        return {
            "supply_type": ours._known("supply_type", self.supply_type),
            "sub_supply_type": ours._known("sub_supply_type", self.sub_type_code),
            "doc_type": ours._known("doc_type", self.type_id.code),
            "doc_number": self.document_number,
            "doc_date": self.document_date,
            "party_name": party.name,
            "party_gstin": party.vat or "URP",
        }

    # ------------------------------------------------------------------
    # Cancelled in one place
    # ------------------------------------------------------------------

    def action_cancel_ewaybill(self):
        # EXTENDS 'l10n_in_ewaybill'
        self._l10n_in_irp_check_cancelled_here()
        return super().action_cancel_ewaybill()

    def _ewaybill_cancel(self):
        # EXTENDS 'l10n_in_ewaybill': the last check before the call
        self._l10n_in_irp_check_cancelled_here()
        return super()._ewaybill_cancel()

    def action_reset_to_pending(self):
        # EXTENDS 'l10n_in_ewaybill': what is generated next is another one
        result = super().action_reset_to_pending()
        self.sudo().l10n_in_irp_ewaybill_id = False
        return result

    def _l10n_in_irp_check_cancelled_here(self):
        """Refuse to cancel what was taken over, past ours.

        :raises UserError: it was taken over.
        """
        for bill in self:
            if bill._l10n_in_irp_is_taken_over():
                raise UserError(
                    self.env._(
                        "e-Way Bill %(number)s was taken over into e-Invoicing. Cancel "
                        "it with the e-Way Bill button of %(document)s.",
                        number=bill.name,
                        document=bill.document_number,
                    )
                )
