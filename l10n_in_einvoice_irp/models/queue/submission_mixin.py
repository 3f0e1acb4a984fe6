from odoo import fields, models
from odoo.exceptions import UserError

from ...irp import ENVIRONMENTS
from ...irp.operations import policy, states
from ..res_company import IRP_ENVIRONMENTS

UNSENT_STATES = states.UNSENT
DROPPED_STATES = states.DISCARDABLE
SETTLED_STATES = states.AT_PORTAL
UNCLEAR_STATES = states.NEEDS_SETTLEMENT
CANCEL_STATES = states.CANCELLATION_OPEN
RESUMED_STATES = states.RESUMED
QUEUED_STATES = states.QUEUED


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """Something that is asked of the portal and must neither be lost nor asked twice.

    `l10n_in.irp.queue` moves such records through their life; a model says how by the
    methods under "What the queue asks". Only code writes them, as superuser.
    """

    _name = "l10n_in.irp.submission.mixin"
    _description = "Exchange with the IRP"

    environment = fields.Selection(
        selection=IRP_ENVIRONMENTS, required=True, readonly=True
    )
    base_url = fields.Char(
        string="Portal",
        readonly=True,
        copy=False,
        help="Where it was sent: what is asked about it later goes to the same portal.",
    )
    attempt = fields.Integer(string="Attempts", readonly=True, copy=False)
    sent_at = fields.Datetime(string="Last sent", readonly=True, copy=False)
    worker = fields.Integer(
        readonly=True,
        copy=False,
        help="The process that is dealing with it; 0: none.",
    )
    in_flight_until = fields.Datetime(
        string="In doubt until",
        readonly=True,
        copy=False,
        help="A call whose answer is missing may be in work at the portal until then: "
        "not to be found there before proves nothing.",
    )
    unanswered_since = fields.Datetime(
        string="Answer Missing Since",
        readonly=True,
        copy=False,
        help="Since when the outcome of the last call has been unknown.",
    )
    next_attempt_at = fields.Datetime(
        string="Next attempt on",
        readonly=True,
        copy=False,
        help="When the scheduled action tries again. Empty: a person has to act first.",
    )
    cancel_date = fields.Datetime(string="Cancelled on", readonly=True, copy=False)
    cancel_remark = fields.Char(string="Cancel remark", readonly=True, copy=False)
    cancel_asked_at = fields.Datetime(
        string="Cancellation asked for on",
        readonly=True,
        copy=False,
        help="What is known where the portal does not tell when it cancelled.",
    )
    cancel_sent = fields.Boolean(
        string="Cancellation sent",
        readonly=True,
        copy=False,
        help="The portal may have carried out the cancellation.",
    )
    error_code = fields.Char(string="Error code", readonly=True, copy=False)
    error = fields.Char(string="Last error", readonly=True, copy=False)
    advice = fields.Char(readonly=True, copy=False)
    error_model = fields.Char(
        string="Model of the record to correct", readonly=True, copy=False
    )
    error_res_id = fields.Many2oneReference(
        model_field="error_model",
        string="Record to correct",
        readonly=True,
        copy=False,
    )

    # ------------------------------------------------------------------
    # What the queue asks
    # ------------------------------------------------------------------

    def _prepare_calls(self):
        """Build and check what is sent first; nothing is written.

        :return: record id -> (values to write, whether it may be sent).
        """
        raise NotImplementedError

    def _step(self):
        """What is to be done: (function of `irp.operations.registration`, order)."""
        raise NotImplementedError

    def _result_values(self, outcome):
        """The field values of what the portal answered."""
        raise NotImplementedError

    def _keep_beside(self, outcome):
        """Write what an answer tells of other records; committed with the outcome."""

    def _follow_up(self):
        """What is done once the outcomes are safe; its failure loses nothing."""

    def _registration(self):
        """The registration that a call is logged under."""
        raise NotImplementedError

    def _settled_at(self):
        """When a call whose answer is missing now can no longer be in work."""
        return fields.Datetime.now() + ENVIRONMENTS[self.environment].in_flight_timeout

    def _doubt(self):
        """How much longer a call that was sent before may be in work."""
        now = fields.Datetime.now()
        return max((self.in_flight_until or now) - now, policy.NO_TIME)

    def _age(self):
        """Return how long the answer has been missing."""
        now = fields.Datetime.now()
        return now - (self.unanswered_since or now)

    def _portal_address(self):
        """The portal that holds it; empty while none was asked."""
        return self.base_url if self.state != "to_register" else False

    # ------------------------------------------------------------------
    # Shared
    # ------------------------------------------------------------------

    def _state_label(self):
        self.ensure_one()
        labels = self._fields["status"]._description_selection(self.env)
        return dict(labels)[self.status]

    def _requeue(self):
        """Take records up again as soon as possible; settled ones are left alone."""
        now = fields.Datetime.now()
        for record in self.sudo():
            if record.state in RESUMED_STATES:
                record.state = RESUMED_STATES[record.state]
            is_due = record.next_attempt_at and record.next_attempt_at <= now
            if record.state in QUEUED_STATES and not is_due:
                record.next_attempt_at = now
        self.env["l10n_in.irp.queue"]._wake()

    def _begin_cancel(self, values):
        """Mark a registered record for cancellation and ask the portal now.

        :param values: reason, remark and what else the model keeps of the wish.
        """
        self.ensure_one()
        if self.state != "registered":
            raise UserError(
                self.env._(
                    "%(record)s is in state '%(state)s' and cannot be cancelled.",
                    record=self.display_name,
                    state=self._state_label(),
                )
            )
        now = fields.Datetime.now()
        self.write(
            {
                "state": "cancelling",
                "cancel_asked_at": now,
                "cancel_user_id": self.env.uid,
                "cancel_sent": False,
                "cancel_notice": False,
                "unanswered_since": False,
                "attempt": 0,
                "next_attempt_at": now,
                **values,
            }
        )
        self.env["l10n_in.irp.queue"]._process(self)

    def action_process(self):
        """Register or look up now, on a person's request."""
        self.move_id.check_access("write")
        self._requeue()
        self.env["l10n_in.irp.queue"]._process(self)

    def _error_action(self):
        """The action that opens the record whose data was refused."""
        self.ensure_one()
        record = self.env[self.error_model].browse(self.error_res_id)
        return self.env["l10n_in.irp.validator"]._open(record)

    def action_open_error_record(self):
        """Open the record whose data the portal or the checks refused."""
        return self._error_action()
