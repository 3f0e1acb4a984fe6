from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...irp.rules import CANCEL_RULES, IRN_CANCEL_REASONS
from ...models.rights import check_user
from ..targets import CheckedDialog
from .bulk_line import DONE, FAILED, LEFT_OUT, WAITING, line_values

REGISTER, CANCEL, FETCH, PRINT = "register", "cancel", "fetch", "print"
WORKS = [
    (REGISTER, "Generate IRN"),
    (CANCEL, "Cancel IRN"),
    (FETCH, "Fetch from IRP"),
    (PRINT, "Print"),
]


class L10nInIrpBulk(CheckedDialog, models.TransientModel):
    """One operation on many invoices: which were left out, how far it is, what failed.

    The queue works, not the screen: closing it stops nothing. The results are read
    from the registrations, so they are also true after a restart.
    """

    _name = "l10n_in.irp.bulk"
    _description = "Bulk Operation"
    _order = "id desc"
    # the results can be opened again for some days
    _transient_max_hours = 72.0

    work = fields.Selection(
        selection=WORKS, string="Operation", required=True, readonly=True
    )
    move_ids = fields.Many2many(
        "account.move",
        "l10n_in_irp_bulk_move_rel",
        string="Invoices",
        readonly=True,
        help="The invoices that the operation can be carried out for.",
    )
    line_ids = fields.One2many(
        "l10n_in.irp.bulk.line", "bulk_id", string="Results", readonly=True
    )
    started_at = fields.Datetime(string="Started On", readonly=True)
    reason = fields.Selection(
        string="Cancel Reason", selection=list(IRN_CANCEL_REASONS.items()), default="2"
    )
    remark = fields.Char(
        string="Cancel Remarks",
        size=CANCEL_RULES["irn"].longest_remark,
        default=lambda self: IRN_CANCEL_REASONS["2"],
        help="1 to 100 characters, without quotes and backslashes.",
    )
    cancel_move = fields.Boolean(string="Also Cancel Invoices in Odoo", default=True)
    ready_count = fields.Integer(string="Invoices Ready", compute="_compute_progress")
    total = fields.Integer(string="Selected", compute="_compute_progress")
    done_count = fields.Integer(string="Done", compute="_compute_progress")
    waiting_count = fields.Integer(string="Waiting", compute="_compute_progress")
    failed_count = fields.Integer(string="To Correct", compute="_compute_progress")
    left_out_count = fields.Integer(string="Left Out", compute="_compute_progress")
    progress = fields.Integer(string="Progress (%)", compute="_compute_progress")
    is_running = fields.Boolean(string="Running", compute="_compute_progress")
    test_note = fields.Char(string="Test", compute="_compute_notes")
    deadline_note = fields.Char(string="Cancellable Until", compute="_compute_notes")

    @api.depends("work")
    def _compute_display_name(self):
        labels = dict(self._fields["work"]._description_selection(self.env))
        for bulk in self:
            bulk.display_name = self.env._(
                "%(work)s: %(count)s Invoices",
                work=labels.get(bulk.work, ""),
                count=bulk.total,
            )

    @api.depends("move_ids", "line_ids.move_count", "started_at")
    def _compute_progress(self):
        for bulk in self:
            outcomes = bulk._outcomes()
            counts = Counter(outcomes.values())
            left_out = bulk._lines_of(LEFT_OUT).move_ids
            described = bulk._lines_of(FAILED).move_ids
            failed = {move for move, what in outcomes.items() if what == FAILED}
            bulk.ready_count = len(outcomes)
            bulk.total = len(outcomes) + len(left_out)
            bulk.done_count = counts[DONE]
            bulk.waiting_count = counts[WAITING]
            bulk.failed_count = counts[FAILED]
            bulk.left_out_count = len(left_out)
            ended = counts[DONE] + counts[FAILED]
            bulk.progress = 100 * ended // (len(outcomes) or 1)
            is_open = counts[WAITING] or failed - set(described)
            bulk.is_running = bool(bulk.started_at and is_open)

    @api.depends("work", "move_ids")
    def _compute_notes(self):
        for bulk in self:
            is_cancelling = bulk.work == CANCEL
            bulk.deadline_note = is_cancelling and bulk._deadline_note()
            documents = bulk.move_ids.l10n_in_irp_document_id.sudo()
            bulk.test_note = next(
                (note for one in documents if (note := one._test_note())), ""
            )

    # ------------------------------------------------------------------
    # Beginning
    # ------------------------------------------------------------------

    @api.model
    def _open(self, work, moves):
        """Begin an operation on invoices, and return the action that shows it.

        :param work: a key of `WORKS`.
        :raises UserError: none is selected, or it cannot be carried out for any.
        """
        check_user(self.env)
        if not moves:
            raise UserError(self.env._("Select the invoices first."))
        moves.check_access("read" if work == PRINT else "write")
        return self._sort(work, moves)._begin()

    @api.model
    def _sort(self, work, moves):
        """Return a new operation: its ready invoices, and lines of those left out."""
        hindrances = self._hindrances(work, moves)
        ready = moves.filtered(lambda move: not hindrances.get(move))
        left_out = {}
        for move in moves - ready:
            left_out.setdefault(hindrances[move], []).append(move)
        rows = [
            line_values(LEFT_OUT, text, group, [{"text": text}])
            for text, group in left_out.items()
        ]
        return self.create(
            {
                "work": work,
                "move_ids": [Command.set(ready.ids)],
                "line_ids": [Command.create(row) for row in rows],
            }
        )

    @api.model
    def _hindrances(self, work, moves):
        """Return move -> why the operation is not carried out for it; "" if it is."""
        why = {
            REGISTER: self._why_not_register,
            CANCEL: self._why_not_cancel,
            FETCH: self._why_not_fetch,
            PRINT: self._why_not_print,
        }[work]
        return {move: why(move) for move in moves}

    def _begin(self):
        """Start, or ask for what is needed first; return the next screen's action."""
        begin = {
            REGISTER: self._begin_register,
            CANCEL: self._dialog,
            FETCH: self._begin_fetch,
            PRINT: self._begin_print,
        }
        return begin[self.work]()

    def _start(self, moves):
        """Start the work on ready invoices; they are queued with the next commit."""
        work = {
            REGISTER: self._queue_registrations,
            CANCEL: self._queue_cancellations,
            FETCH: self._queue_lookups,
        }
        if not self.started_at:
            self.sudo().started_at = fields.Datetime.now()
        work[self.work](moves)

    def _drop(self, refused):
        """List invoices as left out that turned out not to be ready.

        :param refused: move -> why.
        """
        if not refused:
            return
        alike = {}
        for move, why in refused.items():
            alike.setdefault(why, []).append(move)
        rows = [
            line_values(LEFT_OUT, text, group, [{"text": text}])
            for text, group in alike.items()
        ]
        gone = [Command.unlink(move.id) for move in refused]
        new = [Command.create(row) for row in rows]
        self.sudo().write({"move_ids": gone, "line_ids": new})

    # ------------------------------------------------------------------
    # Screens
    # ------------------------------------------------------------------

    def _show(self):
        """Return the action that shows progress and results."""
        view = self.env.ref("l10n_in_einvoice_irp.l10n_in_irp_bulk_view_form")
        return self._get_records_action(
            name=self.display_name, views=[(view.id, "form")]
        )

    def _dialog(self):
        """Return the action that asks before it starts."""
        view = self.env.ref("l10n_in_einvoice_irp.l10n_in_irp_bulk_view_dialog")
        return {
            **self._get_records_action(
                name=self.display_name, target="new", views=[(view.id, "form")]
            ),
            "context": {"dialog_size": "extra-large"},
        }
