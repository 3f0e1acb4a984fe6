from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models import transactions
from ..models.portal.error_messages import ErrorMessages
from ..models.registration.comparison import KINDS
from ..models.rights import check_user
from .bulk.bulk import CANCEL, FETCH, REGISTER
from .targets import CheckedDialog

# kind -> what can be done about it here; the others are settled on the invoice
FETCHED = ("not_in_odoo",)
CONFIRMED = ("cancelled_at_portal",)
UNREGISTERED = ("unregistered",)
CANCELLABLE = ("differs",)


class L10nInIrpCompareLine(CheckedDialog, models.TransientModel):
    """One difference between Odoo and the portal."""

    _name = "l10n_in.irp.compare.line"
    _description = "Reconciliation with IRP: Difference"
    _order = "doc_date, number, id"
    _rec_name = "number"

    compare_id = fields.Many2one(
        "l10n_in.irp.compare",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        selection=KINDS, string="Difference", required=True, readonly=True
    )
    number = fields.Char(string="Document No.", readonly=True)
    doc_type = fields.Char(string="Type", readonly=True)
    doc_date = fields.Date(string="Date", readonly=True)
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="move_id.partner_id", string="Buyer")
    # as the list of invoices has it, now
    status = fields.Selection(
        related="move_id.l10n_in_irp_status", string="e-Invoice Status"
    )
    irn = fields.Char(string="IRN in Odoo", readonly=True)
    portal_irn = fields.Char(string="IRN with IRP", readonly=True)
    detail = fields.Text(readonly=True)
    fault = fields.Char(readonly=True, help="Common to differences of one cause.")
    next_step = fields.Char(compute="_compute_next_step")
    outcome = fields.Text(
        readonly=True, help="What became of the last action on this line."
    )

    @api.depends("kind")
    def _compute_next_step(self):
        steps = {
            "not_at_portal": self.env._(
                "Search for the IRN on the portal's website, and ask the e-Invoice "
                "helpdesk."
            ),
            "not_in_odoo": self.env._("Fetch from IRP."),
            "cancelled_at_portal": self.env._("Fetch from IRP."),
            "cancelled_in_odoo": self.env._(
                "Cancel the IRN on the portal within 24 hours of its Ack. Date."
            ),
            "differs": self.env._("Compare the invoice with the signed JSON."),
            "unregistered": self.env._("Generate IRN."),
            "unanswered": self.env._("Reconcile again later."),
        }
        for line in self:
            line.next_step = steps.get(line.kind, "")

    def action_open(self):
        """Open the invoice."""
        self.ensure_one()
        return self.move_id._get_records_action(name=self.number)

    def action_register(self):
        """Register the selected invoices that are not registered."""
        check_user(self.env)
        lines = self._only(
            UNREGISTERED, self.env._("Select invoices that are not registered.")
        )
        if len(lines) > 1:
            return self._in_queue(REGISTER, lines)
        lines._record_outcome(lines.move_id.action_l10n_in_irp_register)
        return True

    def action_cancel(self):
        """Cancel the IRNs of the selected invoices that differ from the portal's."""
        check_user(self.env)
        lines = self._only(
            CANCELLABLE,
            self.env._("Select lines with 'Content Mismatch' to cancel their IRN."),
        )
        return self._in_queue(CANCEL, lines)

    def _in_queue(self, work, lines):
        """Return the action that shows a bulk operation on the lines' invoices."""
        return self.env["l10n_in.irp.bulk"]._open(work, lines.move_id)

    def action_fetch(self):
        """Take over from the portal what Odoo lacks: registrations that it has, and
        cancellations, of the selected lines."""
        check_user(self.env)
        lines = self._only(
            FETCHED + CONFIRMED,
            self.env._(
                "Select lines that the IRP has and Odoo lacks: 'With IRP, Not "
                "Registered in Odoo' or 'Cancelled with IRP Only'."
            ),
        )
        to_adopt = lines.filtered(lambda line: line.kind in FETCHED)
        is_many = len(to_adopt) > 1
        for line in lines - to_adopt if is_many else lines:
            line._record_outcome(line._fetch)
        return self._in_queue(FETCH, to_adopt) if is_many else True

    def _fetch(self):
        move = self.move_id.with_company(self.move_id.company_id)
        if self.kind in CONFIRMED:
            move.l10n_in_irp_document_id._confirm_claim()
        else:
            result, _request = move._l10n_in_irp_fetch()
            if result.error:
                raise ErrorMessages(self.env).user_error(self.move_id, result.error)

    def _only(self, kinds, otherwise):
        """Return the lines of some kinds.

        :param otherwise: the error's text if there are none.
        """
        lines = self.filtered(lambda line: line.kind in kinds)
        if not lines:
            raise UserError(otherwise)
        lines.move_id.check_access("write")
        return lines

    def _record_outcome(self, work):
        """Do the work about these lines, and record what became of each.

        The work commits what the portal answers. What fails changes nothing, and does
        not hinder the lines after it.
        """
        transactions.commit(self.env)
        try:
            work()
        except UserError as error:
            if transactions.can_commit(self.env):
                self.env.cr.rollback()
            self.sudo().outcome = str(error)
        else:
            # the status follows what other environments have written
            self.env.invalidate_all()
            for line in self.sudo():
                line.outcome = line._status_label()
        transactions.commit(self.env)

    def _status_label(self):
        labels = dict(self._fields["status"]._description_selection(self.env))
        return labels.get(self.status, "")
