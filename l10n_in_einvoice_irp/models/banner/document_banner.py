import re

from odoo import fields, models
from odoo.tools import format_datetime

from ...irp.operations import states
from ..rights import USER

# code of a refusal -> the fields of the party that may be wrong
REFUSED_FIELDS = {
    **dict.fromkeys(("3028", "3029", "3074", "3076"), ("vat",)),
    **dict.fromkeys(("2258", "2265"), ("state_id", "vat")),
    **dict.fromkeys(("2244", "2272", "2274", "2276"), ("zip",)),
    **dict.fromkeys(("3038", "3040"), ("zip",)),
    **dict.fromkeys(("3039", "3041"), ("zip", "state_id")),
    "2200": ("state_id",),
}
HSN_CODES = ("2176",)


class L10nInIrpDocument(models.Model):
    """The one button of a registration's banner: the credential for an administrator,
    the correction of what the portal refused, or sending it again."""

    _inherit = "l10n_in.irp.document"

    def _alert(self):
        # EXTENDS 'l10n_in.irp.document': what happens next, and by when
        alert = super()._alert()
        if alert:
            notes = (self._corrected_note(), self._next_note(), self._limit_note())
            alert["message"] = "\n".join(filter(None, (alert["message"], *notes)))
        return alert

    def _corrected_note(self):
        if not self._is_corrected():
            return ""
        record = self._error_record() or self.move_id
        return self.env._(
            "%s has been changed since then. Click 'Generate IRN' to send the invoice "
            "again.",
            record.display_name,
        )

    def _next_note(self):
        """Return when Odoo tries again; "" if it is being processed, or never."""
        is_called = self._is_queued() and not self._is_exported()
        moment = is_called and self.next_attempt_at
        if not moment or moment <= fields.Datetime.now():
            return ""
        return self.env._("Next attempt: %s.", format_datetime(self.env, moment))

    def _limit_note(self):
        """Return until when the IRP accepts the invoice, if it is not there yet."""
        if not self._is_unsent():
            return ""
        return self.move_id.l10n_in_irp_countdown or ""

    def _is_corrected(self):
        """Return whether what the portal refused has been changed since."""
        if self.state != states.REJECTED or not self.sent_at:
            return False
        if self.error_code in HSN_CODES:
            return bool(self._refused_hsns()) and not self._refused_lines()
        record = self._error_record()
        # payments and the like change an invoice, too
        is_other = bool(record) and record != self.move_id
        return is_other and record.sudo().write_date > self.sent_at

    def _alert_button(self):
        return (
            self._credential_button()
            or self._refusal_button()
            or super()._alert_button()
        )

    # ------------------------------------------------------------------
    # What the portal refused
    # ------------------------------------------------------------------

    def _refusal_button(self):
        """Return the button for what the portal refused; {} if it refused nothing, or
        the user may not correct it."""
        move = self.move_id.sudo(False)
        is_refused = self.state == states.REJECTED and self.sent_at
        can_write = self.env.user.has_group(USER) and move.has_access("write")
        if not is_refused or not can_write:
            return {}
        if self._is_corrected():
            return self._server_action_button(self.env._("Generate IRN"), "register")
        if not self._refused_places():
            return {}
        return self._server_action_button(self.env._("Correct Now"), "repair")

    def _refused_places(self):
        """Return pairs of a record and its field that the portal refused, as far as its
        code says so."""
        if self.state != states.REJECTED or not self.sent_at:
            return []
        if self.error_code in HSN_CODES:
            return [(line, "l10n_in_hsn_code") for line in self._refused_lines()]
        record = self._error_record()
        if not record or record._name != "res.partner":
            return []
        fields = REFUSED_FIELDS.get(self.error_code, ())
        return [(record, field_name) for field_name in fields]

    def _refused_lines(self):
        """Return the invoice lines whose HSN/SAC code the portal's text names."""
        named = self._refused_hsns()
        lines = self.move_id.sudo(False).invoice_line_ids
        return lines.filtered(lambda line: line._l10n_in_irp_hsn() in named)

    def _refused_hsns(self):
        """Return the HSN/SAC codes in the portal's text."""
        return set(re.findall(r"\b\d{4,8}\b", self.error or "")) - {self.error_code}

    # ------------------------------------------------------------------
    # The credential
    # ------------------------------------------------------------------

    def _credential_button(self):
        """Return the button to the missing or blocked credential; {} if there is no
        such fault, or the user administers none."""
        # the user's rights count, not the superuser's
        credentials = self.env["l10n_in.irp.credential"].sudo(False)
        # what goes through the portal's website needs no credential
        is_called = self._is_queued() and not self._is_exported()
        if not is_called or self.environment == "demo":
            return {}
        if not credentials.has_access("create"):
            return {}
        found = credentials._find(self.company_id, self.environment)
        if not found:
            return self._add_credential_button()
        if not found.blocked_message:
            return {}
        action = found._get_records_action(name=self.env._("IRP Credential"))
        return {"action_text": self.env._("Open IRP Credential"), "action": action}

    def _add_credential_button(self):
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("IRP Credential"),
            "res_model": "l10n_in.irp.credential",
            "views": [(False, "form")],
            "context": {
                "default_company_id": self.company_id.id,
                "default_environment": self.environment,
            },
        }
        return {"action_text": self.env._("Add IRP Credential"), "action": action}
