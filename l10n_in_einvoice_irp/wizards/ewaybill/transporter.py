from odoo import fields, models
from odoo.exceptions import UserError

from ...irp import IrpNotFound
from ...irp.document import state_text
from ...models.movement.requests import KINDS, TRANSPORTER
from ...models.portal.error_messages import ErrorMessages

ACTIVE = "ACT"


class L10nInIrpEwaybillChange(models.TransientModel):
    """Shows whose a transporter ID is before the e-way bill is handed over: a wrong one
    may be that of another transporter."""

    _inherit = "l10n_in.irp.ewaybill.change"

    transporter_note = fields.Text(string="On the Portal", readonly=True)
    checked_transporter = fields.Char(
        readonly=True, help="The transporter ID that the note is about."
    )
    is_unknown_transporter = fields.Boolean(readonly=True)

    def action_check_transporter(self):
        """Look the transporter ID up on the portal, and show whose it is.

        :raises UserError: the portal would refuse the change, offers no such look-up,
            or does not respond.
        """
        self.ensure_one()
        bill, number = self.ewaybill_id, self._entered_transporter()
        if refusal := bill._change_refusal(TRANSPORTER, self):
            raise UserError(refusal)
        answered = bill.company_id._l10n_in_irp_ask_ewb(
            "transporter",
            bill.environment,
            bill._portal_address() or "",
            number=number,
        )
        is_unknown = isinstance(answered.error, IrpNotFound)
        if answered.error and not is_unknown:
            raise ErrorMessages(self.env).user_error(bill, answered.error)
        self.write(
            {
                "checked_transporter": number,
                "is_unknown_transporter": is_unknown,
                "transporter_note": self._unknown_note(answered.error)
                if is_unknown
                else self._found_note(answered.found),
            }
        )
        return self._show()

    def action_send(self):
        # EXTENDS: nothing goes to a transporter that the portal does not know
        is_refused = self.is_unknown_transporter and self.kind == TRANSPORTER
        if is_refused and self.checked_transporter == self._entered_transporter():
            raise UserError(self.transporter_note)
        return super().action_send()

    def _entered_transporter(self):
        """Return the transporter ID as it is sent."""
        request = KINDS[TRANSPORTER].build(self, self.ewaybill_id.number)
        return request.transporter_id

    def _unknown_note(self, error):
        return ErrorMessages(self.env).describe(error).clicked

    def _found_note(self, party):
        """Return whose an ID is.

        :param party: `irp.protocol.ewaybill.Party`.
        """
        name = party.trade_name or party.legal_name
        whose = ", ".join(filter(None, (name, state_text(party.state))))
        notes = [whose or self.env._("The portal knows %s.", party.number)]
        if party.status not in ("", ACTIVE):
            notes.append(
                self.env._(
                    "The portal does not show it as active (status %s). Ask the "
                    "transporter before you send this.",
                    party.status,
                )
            )
        return "\n".join(notes)
