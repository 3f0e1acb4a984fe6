from odoo import fields, models
from odoo.exceptions import UserError

from ...irp.operations import policy, states
from ..evidence.base import EvidenceModel
from ..opening import open_to_correct
from ..res_company import IRP_ENVIRONMENTS


def submission_models(env):
    """Return an empty recordset, as superuser, of each model that the queue processes.

    Sorted, so that registrations come before the e-way bills that need their IRN.
    """
    mixin = "l10n_in.irp.submission.mixin"
    names = sorted(env.registry.descendants([mixin], "_inherit"))
    return [env[name].sudo() for name in names if not env[name]._abstract]


class L10nInIrpSubmissionMixin(EvidenceModel):
    """A request to the portal that must be neither lost nor made twice.

    The queue moves such records through their life; models define the methods under
    "Defined by each model". Only code writes them, as superuser.
    """

    _name = "l10n_in.irp.submission.mixin"
    _description = "Submission to IRP"
    # the field with the GSTIN of its calls
    _gstin_field = ""
    # whether it is a part of another submission, which is counted already
    _is_part = False

    # Almost all records are registered and over: small indexes find the others.
    # in the order of claims
    _queue = models.Index(
        "(company_id, environment, next_attempt_at, id)"
        " WHERE state IN ('to_register', 'unknown', 'cancelling')"
    )
    _working = models.Index("(worker) WHERE worker != 0")
    _unfinished = models.Index("(state) WHERE state != 'registered'")
    _notices = models.Index("(cancel_notice) WHERE cancel_notice IS NOT NULL")
    _by_hand = models.Index("(id) WHERE settled_as IS NOT NULL")

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
    error_code = fields.Char(readonly=True, copy=False)
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
    # Defined by each model
    # ------------------------------------------------------------------

    def _prepare_calls(self):
        """Build and check the records before they are sent; nothing is written.

        :return: record id -> (values to write, whether it may be sent).
        """
        raise NotImplementedError

    def _operation(self):
        """Return the next operation: (function of `irp.operations`, its request)."""
        raise NotImplementedError

    def _answer_values(self, result):
        """Return the field values of the portal's answer."""
        raise NotImplementedError

    def _store_related(self, result):
        """Write an answer to related records; committed with the result."""

    def _act_on_state(self):
        """Act on a stored state; a failure loses nothing."""
        self._follow_up_cancellation()
        self._follow_up_settlement()

    def _undone_advice(self):
        """Return what to do when `_act_on_state` has failed."""
        raise NotImplementedError

    def _registration(self):
        """Return the registration that a call is logged under."""
        raise NotImplementedError

    def _sent_as(self):
        """Return the GSTIN that it is sent under."""
        return self._registration().gstin

    def _document_number_sent(self):
        """Return the number of its document, for the log; False if there is none."""
        return self._registration().number

    def _check_may_write(self):
        """Refuse users who may not change what it is about.

        :raises AccessError: the user may not.
        """
        self.move_id.check_access("write")

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    def _is_unsent(self):
        """Return whether the portal has not seen it."""
        return states.is_unsent(self.state)

    def _is_discardable(self):
        """Return whether it may be deleted, as the portal does not hold it."""
        return states.is_discardable(self.state)

    def _is_queued(self):
        """Return whether the scheduled action processes it."""
        return states.is_queued(self.state)

    def _is_unanswered(self):
        """Return whether a call may have registered it, and its answer is missing."""
        return states.is_unanswered(self.state)

    def _is_at_portal(self):
        """Return whether the portal is known to hold it."""
        return states.is_at_portal(self.state)

    def _is_cancellation_open(self):
        """Return whether the outcome of its cancellation is not known."""
        return states.is_cancellation_open(self.state)

    def _needs_settlement(self):
        """Return whether only a person can settle it."""
        return states.needs_settlement(self.state)

    def _is_open_at_portal(self):
        """Return whether the portal may hold something unknown to Odoo."""
        return states.is_open_at_portal(self.state)

    # ------------------------------------------------------------------
    # What its portal offers
    # ------------------------------------------------------------------

    def _portal(self):
        """Return the `irp.reference.profiles.Environment` of the portal that holds
        it."""
        address = self._portal_address()
        return self.company_id._l10n_in_irp_portal(self.environment, address)

    def _portal_missing(self, service):
        """Return that the portal which holds it does not offer a service, and what
        remains; "" if it does."""
        company, address = self.company_id, self._portal_address()
        return company._l10n_in_irp_missing(service, self.environment, address)

    def _check_portal_offers(self, service):
        """Refuse a service that the portal which holds it does not offer.

        :raises UserError: it does not; the text says what remains.
        """
        if text := self._portal_missing(service):
            raise UserError(text)

    def _portal_website(self):
        """Return the e-Invoice portal that holds it, as a person finds it."""
        return self.company_id._l10n_in_irp_website(
            self.environment, self._portal_address()
        )

    # ------------------------------------------------------------------
    # Time and place
    # ------------------------------------------------------------------

    def _settled_at(self):
        """Return when the portal must have finished a call whose answer is missing
        now."""
        return fields.Datetime.now() + self._portal().in_flight_timeout

    def _in_flight(self):
        """Return how much longer the portal may be processing an earlier call."""
        now = fields.Datetime.now()
        return max((self.in_flight_until or now) - now, policy.NO_TIME)

    def _age(self):
        """Return how long the answer has been missing."""
        now = fields.Datetime.now()
        return now - (self.unanswered_since or now)

    def _look_up_window(self):
        """Return how long look-ups of a missing answer are retried at its portal."""
        if not self.unanswered_since:
            # none is missing: spare the search for the portal
            return policy.LONGEST_WINDOW
        return policy.look_up_window(self._portal().retrieval_days)

    # ------------------------------------------------------------------
    # Record to correct
    # ------------------------------------------------------------------

    def _error_action(self):
        """Return the action that opens the record whose data was refused."""
        self.ensure_one()
        record = self.env[self.error_model].browse(self.error_res_id)
        return open_to_correct(record)

    def action_open_error_record(self):
        """Open the record whose data the portal or the checks refused."""
        return self._error_action()
