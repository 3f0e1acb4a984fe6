from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...irp.operations import states
from ...models.banner.repairable import repair_of
from ...models.rights import check_user
from ..cancel_window import RELOAD
from ..targets import CheckedDialog

MASTER_FIELDS = {"hsn": "l10n_in_hsn_code", "uqc": "l10n_in_code"}


class L10nInIrpRepair(CheckedDialog, models.TransientModel):
    """Corrects the faults of an invoice in one dialog, and registers what waited.

    All is written with the rights of the user.
    """

    _name = "l10n_in.irp.repair"
    _description = "e-Invoice Correction"
    _rec_name = "move_id"

    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    line_ids = fields.One2many("l10n_in.irp.repair.line", "repair_id")
    move_state = fields.Selection(string="Status", related="move_id.state")
    others = fields.Text(
        readonly=True, help="Faults that are corrected elsewhere, with their place."
    )
    has_text = fields.Boolean(compute="_compute_columns")
    has_uqc = fields.Boolean(compute="_compute_columns")
    has_state = fields.Boolean(compute="_compute_columns")
    has_master = fields.Boolean(compute="_compute_columns")
    has_note = fields.Boolean(compute="_compute_columns")
    waiting = fields.Integer(
        compute="_compute_waiting",
        help="Other invoices that wait for the same records.",
    )

    @api.depends("line_ids.kind", "line_ids.scope", "line_ids.note")
    def _compute_columns(self):
        for repair in self:
            kinds = set(repair.line_ids.mapped("kind"))
            scopes = set(repair.line_ids.mapped("scope"))
            repair.has_text = bool(kinds - {"uqc", "state"})
            repair.has_uqc = "uqc" in kinds
            repair.has_state = "state" in kinds
            repair.has_master = bool({"both", "alike"} & scopes)
            repair.has_note = any(repair.line_ids.mapped("note"))

    @api.depends("move_id", "line_ids.also_master")
    def _compute_waiting(self):
        for repair in self:
            repair.waiting = len(repair._waiting_moves())

    # ------------------------------------------------------------------
    # Opened with what is wrong now
    # ------------------------------------------------------------------

    @api.model
    def _open(self, move):
        """Return the dialog for the faults of an invoice.

        :raises UserError: there is nothing that the dialog can correct.
        """
        check_user(self.env)
        move.check_access("write")
        self._check_is_open(move)
        faults = self._faults(move)
        rows = self._rows(move, faults)
        if not rows:
            raise UserError(self._nothing_text(move, faults))
        repair = self.create(
            {
                "move_id": move.id,
                "line_ids": [Command.create(row) for row in rows],
                "others": "\n".join(one.text for one in faults if not repair_of(one)),
            }
        )
        return {
            **repair._get_records_action(
                name=self.env._("Correct %s", move.display_name), target="new"
            ),
            "context": {"dialog_size": "extra-large"},
        }

    def _check_is_open(self, move):
        """Refuse once the IRN exists, or may exist."""
        document = move._l10n_in_irp_present()
        if document and (not document._is_discardable() or document._is_in_progress()):
            raise UserError(
                self.env._(
                    "%(invoice)s has the status '%(status)s' and can no longer be "
                    "changed.",
                    invoice=move.display_name,
                    status=move._l10n_in_irp_state_label(),
                )
            )

    def _nothing_text(self, move, faults):
        if not faults:
            return self.env._(
                "%s has no faults. Click 'Generate IRN' to register it.",
                move.display_name,
            )
        return "\n".join(f"{one.text} {one.advice}" for one in faults)

    # ------------------------------------------------------------------
    # Saved
    # ------------------------------------------------------------------

    def action_apply(self):
        """Write the values, then queue this invoice and those that waited for the same
        data.

        :raises UserError: a value would be refused by the portal.
        """
        self.ensure_one()
        check_user(self.env)
        self.move_id.check_access("write")
        self._check_is_open(self.move_id)
        self._check_values()
        waiting = self._waiting_moves()
        for line in self.line_ids.filtered(lambda one: one._is_open()):
            self._write_line(line, waiting)
        return self._done(waiting)

    def _check_values(self):
        if any(not line._is_known() for line in self.line_ids):
            raise UserError(self.env._("This field cannot be corrected here."))
        problems = [
            f"{line.record_name}, {line.field_label}: {line.problem}"
            for line in self.line_ids
            if line.problem
        ]
        if problems:
            raise UserError("\n".join(problems))

    def _write_line(self, line, waiting):
        if line.res_model == "account.move.line":
            self._write_on_invoice(line, waiting)
        elif line._is_changed():
            line._record().write({line.field_name: line._value()})

    def _write_on_invoice(self, line, waiting):
        if line._record().move_id != self.move_id:
            raise UserError(self.env._("This line is not on the invoice."))
        if line._is_general() and line.scope != "alike":
            line._master().write({MASTER_FIELDS[line.kind]: line._value()})
            if line.kind == "uqc":
                # the lines take it from their unit
                return
        moves = self.move_id | waiting if line._is_general() else self.move_id
        line._lines_alike(moves).write({line.field_name: line._value()})

    # ------------------------------------------------------------------
    # What waited for it
    # ------------------------------------------------------------------

    def _waiting_moves(self):
        """Return the other invoices of the company that failed for the data which the
        lines correct: the queue checks them again.

        What the portal itself refused is sent again only for the refused record:
        repeated bad requests block the sender.
        """
        move = self.move_id
        if not move or not self.line_ids:
            return move.browse()
        failed = Domain("company_id", "=", move.company_id.id)
        failed &= Domain("environment", "=", move.company_id.l10n_in_irp_environment)
        failed &= Domain("state", "=", states.REJECTED)
        failed &= Domain("move_id", "!=", move.id)
        documents = self.env["l10n_in.irp.document"].search(
            failed & Domain.OR(self._waiting_domains())
        )
        return documents.move_id.filtered("l10n_in_irp_can_register")

    def _waiting_domains(self):
        unsent = Domain("sent_at", "=", False)
        domains = [Domain.FALSE]
        for line in self.line_ids.filtered(lambda one: one._is_open()):
            record = line._record()
            if record._name == "res.partner":
                domains.append(self._refused_for(record))
                domains.append(unsent & self._with_partner(record))
            elif line._is_general():
                path = "product_uom_id" if line.kind == "uqc" else "product_id"
                path = f"move_id.invoice_line_ids.{path}"
                domains.append(unsent & Domain(path, "=", line._master().id))
        return domains

    @staticmethod
    def _refused_for(record):
        return Domain("error_model", "=", record._name) & Domain(
            "error_res_id", "=", record.id
        )

    def _with_partner(self, partner):
        """Return the domain of registrations with a partner, or all of the company's
        if it is the seller's address."""
        if partner == self.move_id.company_id.partner_id:
            return Domain.TRUE
        names = ("partner_id", "partner_shipping_id", "commercial_partner_id")
        return Domain.OR(Domain(f"move_id.{name}", "=", partner.id) for name in names)

    def _done(self, waiting):
        """Queue the invoices, and return the notification that says how many."""
        move = self.move_id
        left = self.env["l10n_in.irp.validator"]._faults(move)
        ready = move.filtered("l10n_in_irp_can_register") if not left else move.browse()
        (ready | waiting)._l10n_in_irp_enqueue()
        texts = [self._own_text(move, left, ready), self._waiting_text(waiting)]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "sticky": bool(left),
                "message": " ".join(filter(None, texts)),
                "next": RELOAD,
            },
        }

    def _own_text(self, move, left, ready):
        if left:
            return self.env._(
                "Saved. Still to correct on %(invoice)s: %(faults)s",
                invoice=move.display_name,
                faults="; ".join(one.text for one in left),
            )
        if ready:
            return self.env._("%s is being registered.", move.display_name)
        return self.env._("%s can be registered once confirmed.", move.display_name)

    def _waiting_text(self, waiting):
        if not waiting:
            return ""
        if len(waiting) == 1:
            return self.env._("%s waited for it and is retried.", waiting.display_name)
        return self.env._(
            "%s other invoices waited for it and are retried.", len(waiting)
        )
