import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...irp.operations import states
from ..evidence import permits
from ..evidence.ir_attachment import SHA256, digest

# only an answer of the portal, or a manager's word, leads to these states, and only
# that, or a cancellation that a user requests, leads out of them
PROVEN = (states.REGISTERED, states.CANCELLED)
# the next state after these may let it be sent again
GUARDED = (*states.AT_PORTAL, *states.UNANSWERED)


def compact(request):
    """Return a request as the client sends it, so that the log shares its file."""
    text = json.dumps(request, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """Preserves requests and the portal's answers.

    A request is stored once, as the attachment that the log's rows share.
    """

    _inherit = "l10n_in.irp.submission.mixin"
    # Fields that the portal's answers fill in: once a record was sent, only our code
    # changes them. Superuser mode is no proof of that, see `evidence.permits`.
    _evidence_fields = frozenset()
    # the service whose request it is
    _request_endpoint = ""

    request_attachment_id = fields.Many2one(
        "ir.attachment",
        string="Request File",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    request = fields.Text(
        compute="_compute_request",
        compute_sudo=True,
        groups="account.group_account_readonly,account.group_account_invoice",
    )
    request_hash = fields.Char(
        string="SHA-256 of Request", related=f"request_attachment_id.{SHA256}"
    )

    @api.depends("request_attachment_id")
    def _compute_request(self):
        for record in self:
            sent = record._sent_request()
            record.request = sent and json.dumps(sent, ensure_ascii=False)

    def _sent_request(self):
        """Return the stored request; False if there is none."""
        content = self.sudo().request_attachment_id._l10n_in_irp_content()
        return json.loads(content) if content else False

    # ------------------------------------------------------------------
    # Storing requests
    # ------------------------------------------------------------------

    @api.model
    def _store_requests(self, prepared):
        """Attach requests, all at once; one that is stored is stored no second time.

        :param prepared: record id -> field values, in which a "request" (bytes, or
            False) is replaced by its attachment.
        """
        news = {}
        for record in self.browse(prepared):
            values = prepared[record.id]
            if "request" not in values:
                continue
            body = values.pop("request")
            if not body:
                values["request_attachment_id"] = False
            elif record.sudo().request_hash != digest(body):
                news[record] = record._request_file(body)
        attachments = self.env["ir.attachment"].sudo().create(list(news.values()))
        for record, attachment in zip(news, attachments, strict=True):
            prepared[record.id]["request_attachment_id"] = attachment.id

    def _request_file(self, body):
        """Return the values of the attachment of a request."""
        about = {
            "number": self._document_number_sent(),
            "gstin": self._sent_as(),
            "endpoint": self._request_endpoint,
            "company_id": self.company_id.id,
            "environment": self.environment,
        }
        return self.env["l10n_in.irp.log"]._request_values(about, body)

    # ------------------------------------------------------------------
    # Refusing changes
    # ------------------------------------------------------------------

    def write(self, vals):
        if self._evidence_fields & vals.keys() or "state" in vals:
            self._check_evidence(vals)
        return super().write(vals)

    def _check_evidence(self, vals):
        """Refuse values that replace what was sent or answered.

        :raises UserError: it is not our code that writes.
        """
        names = self._evidence_fields & vals.keys()
        for record in self.filtered("id").sudo():
            changed = {n: vals[n] for n in names if record._is_overwritten(n, vals[n])}
            if record._is_unproven(vals.get("state", record.state)):
                changed["state"] = vals["state"]
            if changed and not permits.is_permitted(record, changed):
                raise UserError(
                    self.env._(
                        "%(record)s: only the portal's answers change %(fields)s. "
                        "What it has answered must be preserved by law and cannot be "
                        "changed.",
                        record=record.display_name,
                        fields=", ".join(
                            sorted(self._fields[n].string for n in changed)
                        ),
                    )
                )

    def _is_unproven(self, state):
        """Return whether a change to a state needs an answer of the portal, a
        manager's word or a request of our own: it claims a proof, drops one, or lets a
        record be sent again that a portal may hold."""
        if state == self.state:
            return False
        if state in PROVEN or self.state in PROVEN:
            return True
        return self.state in GUARDED and state in states.DISCARDABLE

    def _is_overwritten(self, name, value):
        """Return whether a value would replace another one of a record that was
        sent."""
        if self._is_unsent():
            return False
        field = self._fields[name]
        now = field.convert_to_cache(self[name], self)
        return bool(now) and now != field.convert_to_cache(value, self)
