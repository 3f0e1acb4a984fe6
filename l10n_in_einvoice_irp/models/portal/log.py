from odoo import api, fields, models
from odoo.exceptions import UserError

from ..clock import utc
from ..guarded import GuardedModel
from ..res_company import IRP_ENVIRONMENTS


class L10nInIrpLog(GuardedModel, models.Model):
    """One row per call to a portal. Rows are only ever added.

    The exact bytes of a request that changes something are attached to its row; the
    signed answer is attached to the invoice.
    """

    _name = "l10n_in.irp.log"
    _description = "API Log Entry"
    _is_filled_by_code = True
    _order = "id desc"
    _rec_name = "endpoint"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    document_id = fields.Many2one(
        "l10n_in.irp.document",
        string="e-Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    number = fields.Char(string="Document No.", readonly=True)
    gstin = fields.Char(string="GSTIN", readonly=True)
    environment = fields.Selection(selection=IRP_ENVIRONMENTS, readonly=True)
    endpoint = fields.Char(string="Service", readonly=True)
    url = fields.Char(string="URL", readonly=True)
    called_at = fields.Datetime(string="Called On", readonly=True)
    milliseconds = fields.Integer(string="Time (ms)", readonly=True)
    http_status = fields.Integer(string="HTTP Status", readonly=True)
    code = fields.Char(string="Error Code", readonly=True)
    outcome = fields.Char(readonly=True)
    asked_gstin = fields.Char(
        string="GSTIN Looked Up",
        readonly=True,
        help="The GSTIN that the call was about, where it looked one up.",
    )
    request_hash = fields.Char(
        string="SHA-256 of Request", readonly=True, index="btree_not_null"
    )
    request_attachment_id = fields.Many2one(
        "ir.attachment",
        string="Request",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Data sent, before encryption. Attempts with the same content share it.",
    )
    user_id = fields.Many2one("res.users", readonly=True)

    # the budget of GSTIN look-ups is counted from it, and the next GSTIN found
    _gstin_lookups = models.Index(
        "(gstin, called_at) INCLUDE (asked_gstin) WHERE asked_gstin IS NOT NULL"
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("API Log entries cannot be deleted."))

    def write(self, vals):
        # PostgreSQL clears the foreign key to a discarded document.
        if vals:
            raise UserError(self.env._("API Log entries cannot be changed."))
        return super().write(vals)

    # ------------------------------------------------------------------
    # Adding
    # ------------------------------------------------------------------

    @api.model
    def _record(self, company, environment, connection, records=None):
        """Add a row for each call that a connection has made since the last time.

        :param connection: None if none was opened, and so no call made.
        :param records: of the model whose records the calls were made for, if any.
        """
        if connection:
            self._add(self._rows(company, environment, connection, records))

    @api.model
    def _rows(self, company, environment, connection, model=None):
        """Return a connection's calls since the last time, as (values, request).

        :param model: recordset of the model of the calls' records. Calls
            without a record have a number below 0.
        """
        common = {
            "company_id": company.id,
            "environment": environment,
            "gstin": connection.account.gstin,
            "user_id": self.env.uid,
        }
        calls = connection.recorder.take()
        about = self._about(model, {id_ for id_, _call in calls if id_ > 0})
        return [
            ({**common, **self._call_values(call), **about.get(id_, {})}, call.body)
            for id_, call in calls
        ]

    @staticmethod
    def _call_values(call):
        return {
            "endpoint": call.endpoint,
            "url": call.url,
            "called_at": utc(call.started_at),
            "milliseconds": int(call.milliseconds),
            "http_status": call.http_status,
            "code": call.code,
            "outcome": call.outcome,
            "asked_gstin": call.asked_gstin or False,
            "request_hash": call.request_hash,
        }

    @staticmethod
    def _about(model, ids):
        """Return record id -> values that name the registration of its calls."""
        if model is None:
            return {}
        # read together: one by one, each would take a query
        return {
            record.id: {"document_id": document.id, "number": document.number}
            for record in model.browse(ids)
            for document in [record._registration()]
        }

    @api.model
    def _add(self, rows):
        """Add rows of `_rows`, with their requests as attachments."""
        stored = self._stored_requests(rows)
        news = {
            self._request_key(values): (values, body)
            for values, body in rows
            if body and self._request_key(values) not in stored
        }
        attachments = self.env["ir.attachment"].sudo()
        attachments = attachments.create(
            [self._request_values(values, body) for values, body in news.values()]
        )
        stored |= dict(zip(news, attachments, strict=True))
        self.sudo().create(
            [
                {
                    **values,
                    "request_attachment_id": stored[self._request_key(values)].id,
                }
                if body
                else values
                for values, body in rows
            ]
        )

    @staticmethod
    def _request_key(values):
        names = ("company_id", "document_id", "request_hash")
        return tuple(values.get(name) or False for name in names)

    def _stored_requests(self, rows):
        """Return the requests sent before: key as of `_request_key` -> attachment.

        A company's rows share an attachment with no other company's.
        """
        hashes = [values["request_hash"] for values, body in rows if body]
        if not hashes:
            return {}
        earlier = self.sudo().search(
            [
                ("request_hash", "in", hashes),
                ("request_attachment_id", "!=", False),
            ]
        )
        return {
            (
                row.company_id.id,
                row.document_id.id,
                row.request_hash,
            ): row.request_attachment_id
            for row in earlier
        }

    @staticmethod
    def _request_values(values, body):
        number = (values.get("number") or values["gstin"]).replace("/", "_")
        prefix = "" if values["environment"] == "production" else "TEST-"
        return {
            "name": f"{prefix}{number}_{values['endpoint']}.json",
            "raw": body,
            "mimetype": "application/json",
            "res_model": "l10n_in.irp.log",
            "company_id": values["company_id"],
        }
