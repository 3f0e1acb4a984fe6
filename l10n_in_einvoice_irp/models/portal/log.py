import json
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...irp.reference import SERVICES
from .. import transactions
from ..clock import utc
from ..evidence import permits
from ..evidence.base import EvidenceModel
from ..evidence.ir_attachment import SHA256, digest
from ..res_company import IRP_ENVIRONMENTS

_logger = logging.getLogger(__name__)

# What a seal covers; never to be changed, or earlier seals would be broken. The link to
# the registration is not: PostgreSQL clears it when a document is discarded.
SEALED_FIELDS = (
    *("company_id", "number", "gstin", "environment", "endpoint", "url", "called_at"),
    *("milliseconds", "http_status", "code", "outcome", "asked_gstin"),
    *("request_hash", "request_attachment_id", "user_id", "create_date"),
)


OUTCOMES = [
    ("ok", "Success"),
    ("error", "Error"),
    ("transport", "No Response"),
    ("not_sent", "Not Sent"),
    ("unknown", "Response Lost"),
    ("authentication", "Login Refused"),
    ("token_refused", "Token Refused"),
    ("shared_user", "API User Shared"),
    ("ewb_log_in", "e-Way Bill Login Refused"),
    ("rate_limited", "Too Many Calls"),
    ("rejected", "Rejected"),
    ("duplicate", "Duplicate IRN"),
    ("too_late", "Too Late"),
    ("already_cancelled", "Already Cancelled"),
    ("not_found", "Not Found"),
    ("ewb_exists", "e-Way Bill Exists"),
    ("not_offered", "Not Offered"),
    ("signature", "Signature Invalid"),
    ("unknown_key", "Signing Key Missing"),
    ("protocol", "Response Not Understood"),
    ("crashed", "Stopped by an Error in Odoo"),
]


class L10nInIrpLog(EvidenceModel, models.Model):
    """One row per call to a portal. Rows are only ever added; those of calls that
    changed nothing are deleted when their time is over (`l10n_in.irp.seal`).

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
    number = fields.Char(string="Document No.", readonly=True, index="trigram")
    gstin = fields.Char(string="GSTIN", readonly=True)
    environment = fields.Selection(selection=IRP_ENVIRONMENTS, readonly=True)
    # a row is stored whatever its words are: their lists may grow
    endpoint = fields.Selection(
        selection=[
            (name, one.title.partition(",")[0]) for name, one in SERVICES.items()
        ],
        string="Service",
        readonly=True,
        validate=False,
    )
    url = fields.Char(string="URL", readonly=True)
    called_at = fields.Datetime(string="Called On", readonly=True)
    milliseconds = fields.Integer(string="Time (ms)", readonly=True, aggregator="avg")
    http_status = fields.Integer(string="HTTP Status", readonly=True)
    code = fields.Char(string="Error Code", readonly=True)
    outcome = fields.Selection(
        selection=[
            *OUTCOMES,
            *((f"gateway_{name}", f"GSP: {label}") for name, label in OUTCOMES[1:]),
        ],
        readonly=True,
        validate=False,
    )
    asked_gstin = fields.Char(
        string="GSTIN Looked Up",
        readonly=True,
        help="The GSTIN that the call was about, where it looked one up.",
    )
    request_hash = fields.Char(string="SHA-256 of Request", readonly=True)
    request_attachment_id = fields.Many2one(
        "ir.attachment",
        string="Request",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Data sent, before encryption. Attempts with the same content share it.",
    )
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    seal_id = fields.Many2one(
        "l10n_in.irp.seal",
        string="Evidence Seal",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    _unsealed = models.Index("(id) WHERE seal_id IS NULL")
    _called = models.Index("(called_at)")
    # few calls are refused
    _coded = models.Index("(id) WHERE code != ''")
    # the budget of GSTIN look-ups is counted from it, and the next GSTIN found
    _gstin_lookups = models.Index(
        "(gstin, called_at) INCLUDE (asked_gstin) WHERE asked_gstin IS NOT NULL"
    )

    # ------------------------------------------------------------------
    # Refusing changes
    # ------------------------------------------------------------------

    @api.ondelete(at_uninstall=True)
    def _unlink_except_pruned(self):
        if not permits.is_permitted(self):
            raise UserError(self.env._("API Log entries cannot be deleted."))

    def write(self, vals):
        # PostgreSQL clears the foreign key to a discarded document.
        self._check_permit(vals)
        return super().write(vals)

    def _check_permit(self, vals):
        if vals and not permits.is_permitted(self, vals):
            raise UserError(self.env._("API Log entries cannot be changed."))

    def _l10n_in_irp_digests(self, *, reads=False):
        """Return ID -> SHA-256 of what a seal covers of each row.

        :param reads: of no account, as rows have no content outside the database.
        """
        return {
            row.pop("id"): digest(json.dumps(row, default=str, sort_keys=True).encode())
            for row in self.read(SEALED_FIELDS, load=None)
        }

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
            record.id: {
                "document_id": record._registration().id,
                "number": record._document_number_sent(),
            }
            for record in model.browse(ids)
        }

    @api.model
    def _commit_rows(self, rows):
        """Add and commit rows of `_rows`; one that cannot be stored costs no other."""
        try:
            transactions.commit_with_retry(self.env, lambda: self._add(rows))
        except psycopg2.OperationalError:
            raise
        except Exception:
            _logger.exception("%s rows of the log could not be stored", len(rows))
            for row in rows if len(rows) > 1 else ():
                self._commit_rows([row])

    @api.model
    def _add(self, rows):
        """Add rows of `_rows`, with their requests as attachments."""
        requests = self._stored_requests(rows)
        news = {
            self._request_key(values): self._request_values(values, body)
            for values, body in rows
            if body and self._request_key(values) not in requests
        }
        made = self.env["ir.attachment"].sudo().create(list(news.values()))
        requests |= dict(zip(news, made, strict=True))
        self.sudo().create(
            [
                {
                    **values,
                    "request_attachment_id": requests[self._request_key(values)].id,
                }
                if body
                else values
                for values, body in rows
            ]
        )

    @staticmethod
    def _request_key(values):
        return values["company_id"], values["request_hash"]

    def _stored_requests(self, rows):
        """Return the requests stored before: key as of `_request_key` -> attachment.

        A company's rows share an attachment with no other company's.
        """
        hashes = [values["request_hash"] for values, body in rows if body]
        if not hashes:
            return {}
        domain = [(SHA256, "in", hashes), ("res_model", "=", self._name)]
        earlier = self.env["ir.attachment"].sudo().search(domain)
        return {(one.company_id.id, one[SHA256]): one for one in earlier}

    @api.model
    def _request_values(self, values, body):
        """Return the values of a request's attachment.

        It belongs to no record, so that it stays when a document is discarded.
        """
        number = (values.get("number") or values["gstin"]).replace("/", "_")
        prefix = "" if values["environment"] == "production" else "TEST-"
        return {
            "name": f"{prefix}{number}_{values['endpoint']}.json",
            "raw": body,
            SHA256: True,
            "mimetype": "application/json",
            "res_model": self._name,
            "company_id": values["company_id"],
        }
