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
    _description = "Submission to IRP"

    environment = fields.Selection(
        selection=IRP_ENVIRONMENTS, required=True, readonly=True
    )
    base_url = fields.Char(
        string="Portal",
        readonly=True,
        copy=False,
        help="Address it was sent to. Later calls go to the same portal.",
    )
    attempt = fields.Integer(string="Attempts", readonly=True, copy=False)
    sent_at = fields.Datetime(string="Last Sent", readonly=True, copy=False)
    worker = fields.Integer(
        readonly=True,
        copy=False,
        help="ID of the process handling it; 0 if none.",
    )
    in_flight_until = fields.Datetime(
        string="Response Possible Until",
        readonly=True,
        copy=False,
        help="The portal may still be processing a call without a response until "
        "then, so 'not found' proves nothing before.",
    )
    unanswered_since = fields.Datetime(
        string="Awaiting Response Since",
        readonly=True,
        copy=False,
        help="Since when the result of the last call has been unknown.",
    )
    next_attempt_at = fields.Datetime(
        string="Next Attempt On",
        readonly=True,
        copy=False,
        help="When the scheduled action tries again. If empty, user action is needed "
        "first.",
    )
    cancel_date = fields.Datetime(string="Cancelled On", readonly=True, copy=False)
    cancel_remark = fields.Char(string="Cancel Remarks", readonly=True, copy=False)
    cancel_asked_at = fields.Datetime(
        string="Cancellation Requested On",
        readonly=True,
        copy=False,
        help="Used if the portal does not return the cancellation date.",
    )
    cancel_sent = fields.Boolean(
        string="Cancellation Sent",
        readonly=True,
        copy=False,
        help="The portal may have cancelled it.",
    )
    error_code = fields.Char(string="Error Code", readonly=True, copy=False)
    error = fields.Char(string="Last Error", readonly=True, copy=False)
    advice = fields.Char(string="Remedy", readonly=True, copy=False)
    error_model = fields.Char(
        string="Model of Record to Correct", readonly=True, copy=False
    )
    error_res_id = fields.Many2oneReference(
        model_field="error_model",
        string="Record to Correct",
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
