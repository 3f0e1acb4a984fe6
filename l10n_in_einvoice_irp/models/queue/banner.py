from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...irp.operations import states
from ..rights import MANAGER

# states that need action
ALARMING_STATES = (states.REJECTED, states.CONFLICT, *states.NEEDS_SETTLEMENT)
INVALID = "invalid"
"""The status of a rejected record that the checks stopped before it was sent."""
MUTED = "muted"
TONES = {
    states.DRAFT: "info",
    states.TO_REGISTER: "info",
    states.UNKNOWN: "warning",
    "exported": "warning",
    INVALID: "danger",
    **dict.fromkeys(ALARMING_STATES, "danger"),
    states.REGISTERED: "success",
    states.CANCELLING: "info",
    states.CANCELLED: MUTED,
}
"""The colour of each status on every screen, as names of Bootstrap's contexts."""
# status -> the states in which a record has it, if not in the one of the same name
STATES_OF = {
    states.UNKNOWN: {states.UNKNOWN, states.SENDING},
    "exported": {states.UNKNOWN},
    states.REJECTED: {states.REJECTED},
    INVALID: {states.REJECTED},
}
PROOFS = [
    ("verified", "Signature Verified"),
    ("unchecked", "Signature Not Checked"),
    ("by_hand", "Settled by Hand"),
]


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """The status and banner of registrations and e-way bills."""

    _inherit = "l10n_in.irp.submission.mixin"

    status = fields.Selection(
        selection="_selection_status",
        compute="_compute_status",
        search="_search_status",
    )
    proof = fields.Selection(
        selection=PROOFS,
        string="Proof of Registration",
        compute="_compute_proof",
        search="_search_proof",
        help="What shows that it is registered: the portal's answer and signature, or "
        "the word of a manager.",
    )
    status_tone = fields.Char(string="Colour of Status", compute="_compute_status_tone")
    test_note = fields.Char(string="Test", compute="_compute_test_note")

    @api.model
    def _selection_status(self):
        """Return the states with their labels, and the statuses of invoices not
        submitted."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        # for users the same as a missing answer
        del labels[states.SENDING]
        labels[states.REJECTED] = self.env._("Rejected by IRP")
        return [*labels.items(), (INVALID, self.env._("Failed Validation"))]

    @api.depends("state", "sent_at")
    def _compute_status(self):
        for record in self:
            is_invalid = record.state == states.REJECTED and not record.sent_at
            is_sent = record.state == states.SENDING
            status = states.UNKNOWN if is_sent else record.state
            record.status = INVALID if is_invalid else status

    def _search_status(self, operator, value):
        exact = search_by_sql("status", operator, value)
        if operator != "in" or not all(value):
            return exact
        found = states_of(value)
        bound = Domain("state", "in", found)
        is_exact = set().union(*map(statuses_of, found)) <= set(value)
        return bound if is_exact else bound & exact

    def _search_proof(self, operator, value):
        if operator != "in" or not all(value):
            return search_by_sql("proof", operator, value)
        by_hand = Domain("settled_as", "!=", False)
        found = by_hand if "by_hand" in value else Domain.FALSE
        found |= ~by_hand & self._signature_domain(value)
        return Domain("state", "in", states.AT_PORTAL) & found

    @api.model
    def _signature_domain(self, proofs):
        """Return the domain of records with one of these proofs by signature."""
        return Domain.FALSE

    def _field_to_sql(self, alias, field_expr, query=None):
        # EXTENDS 'base': lists are filtered and grouped by what they show
        if field_expr == "status":
            return self._status_sql(alias, query)
        if field_expr == "proof":
            return self._proof_sql(alias, query)
        return super()._field_to_sql(alias, field_expr, query)

    def _status_sql(self, alias, query):
        """Return the expression in SQL that `_compute_status` evaluates."""
        state = self._field_to_sql(alias, "state", query)
        return SQL(
            "(CASE WHEN %(state)s = %(sending)s THEN %(unknown)s"
            " WHEN %(state)s = %(rejected)s AND %(sent_at)s IS NULL THEN %(invalid)s"
            " ELSE %(state)s END)",
            state=state,
            sending=states.SENDING,
            unknown=states.UNKNOWN,
            rejected=states.REJECTED,
            sent_at=self._field_to_sql(alias, "sent_at", query),
            invalid=INVALID,
        )

    @api.depends("state", "settled_as")
    def _compute_proof(self):
        for record in self:
            record.proof = record._proof() if record._is_at_portal() else False

    def _proof(self):
        """Return which of `PROOFS` a record at the portal has; False for none."""
        return "by_hand" if self.settled_as else False

    def _proof_sql(self, alias, query):
        """Return the expression in SQL that `_compute_proof` evaluates."""
        return SQL(
            "(CASE WHEN %s NOT IN %s THEN NULL WHEN %s IS NOT NULL THEN 'by_hand'"
            " ELSE %s END)",
            self._field_to_sql(alias, "state", query),
            states.AT_PORTAL,
            self._field_to_sql(alias, "settled_as", query),
            self._signature_sql(alias, query),
        )

    def _signature_sql(self, alias, query):
        """Return the expression of the proof by signature; NULL without signatures."""
        return SQL("NULL::varchar")

    @api.depends("status", "test_note", "settled_as")
    def _compute_status_tone(self):
        for record in self:
            record.status_tone = record._status_tone()

    def _status_tone(self):
        """Return a value of `TONES`: a test is grey, and only what the portal has
        proven to be registered is green."""
        is_sent = self.state == states.SENDING
        tone = "info" if is_sent else TONES.get(self.status, MUTED)
        if tone != "danger" and self.test_note:
            return MUTED
        is_doubtful = tone == "success" and not self._is_proven()
        return "warning" if is_doubtful else tone

    def _is_proven(self):
        """Return whether the portal's answer, and no person's word, says its state."""
        return not self.settled_as

    @api.depends("state", "environment")
    def _compute_test_note(self):
        for record in self:
            record.test_note = record._test_note()

    def _status_label(self):
        self.ensure_one()
        return dict(self._selection_status())[self.status]

    def _is_test(self):
        """Return whether a portal other than the production IRP registered it."""
        return self.environment != "production" and self._is_at_portal()

    def _test_note(self):
        """Return the warning on everything that shows a test registration, or ""."""
        return self._test_mark() if self and self._is_test() else ""

    def _test_mark(self):
        return self.env._("TEST INVOICE – not registered with the IRP")

    def _file_prefix(self):
        """Return how the names of its files begin: those of a test say so."""
        return "" if self.environment == "production" else "TEST-"

    def _environment_label(self):
        """Return the name of its environment."""
        labels = dict(self._fields["environment"]._description_selection(self.env))
        return labels[self.environment]

    def _alert_level(self):
        """Return the level of the banner, in the terms of `account`'s alerts."""
        is_open = self._is_cancel_undone() and not self._is_too_late()
        if is_open or self.state in ALARMING_STATES:
            return "danger"
        return "warning" if self.error or self.notice else "info"

    def _alert_button(self):
        """Return the button of the banner: the user's next step."""
        if self.can_be_settled and not self._is_settled_by_hand():
            if self.env.user.has_group(MANAGER):
                return self._server_action_button(
                    self.env._("Settle by Hand"), "settle"
                )
            return {}
        if self._is_cancel_undone():
            return self._undone_button()
        faulty = self._error_record()
        if not faulty or not faulty.has_access("read"):
            return {}
        text = self.env._("Open Record to Correct")
        return {"action_text": text, "action": self._error_action()}

    def _undone_button(self):
        """Return the button for a cancellation that was not carried out."""
        if self._is_too_late() or not self._may_cancel():
            return {}
        return self._server_action_button(self.env._("Cancel Again"), "cancel")

    def _server_action_button(self, text, work):
        """Return a button that runs our server action on the invoice or e-way bill."""
        thread = self._thread()
        prefix = "ewaybill" if thread == self else "move"
        return server_action_button(thread, text, f"{prefix}_{work}")

    def _error_record(self):
        """Return the record to correct, with the rights of the user, or None."""
        if not self.error_res_id:
            return None
        record = self.env[self.error_model].browse(self.error_res_id)
        return record.sudo(False).exists()


def server_action_button(record, text, name):
    """Return a button for a banner, which runs one of our server actions on a record.

    :param name: the end of the action's XML ID.
    """
    xmlid = f"l10n_in_einvoice_irp.action_l10n_in_irp_{name}"
    context = {
        "active_model": record._name,
        "active_id": record.id,
        "active_ids": record.ids,
    }
    action_id = record.env["ir.model.data"]._xmlid_to_res_id(xmlid)
    action = {"type": "ir.actions.server", "id": action_id, "context": context}
    return {"action_text": text, "action": action}


def states_of(statuses):
    """Return the states of records that may have one of these statuses."""
    return set().union(*(STATES_OF.get(status, {status}) for status in statuses))


def statuses_of(state):
    """Return the statuses that records in a state may have."""
    found = {status for status, states_ in STATES_OF.items() if state in states_}
    return found or {state}


def search_by_sql(name, operator, value, *, is_common=False):
    """Return the domain of a field that is not stored but has an expression in SQL.

    :param is_common: every other record meets it, rather than hardly any: a list then
        begins with the newest records, and reads no more than it shows.
    """

    def to_sql(model, alias, query):
        field = model._fields[name]
        found = field._condition_to_sql(name, operator, value, model, alias, query)
        # PostgreSQL expects as much of a condition that it knows nothing about
        return (
            SQL("CASE WHEN %s THEN TRUE ELSE FALSE END", found) if is_common else found
        )

    return Domain.custom(to_sql=to_sql)
