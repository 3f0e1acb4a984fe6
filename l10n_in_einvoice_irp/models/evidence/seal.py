import hashlib
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...irp.reference import calls_until, evidence_until
from ..rights import check_manager
from . import permits, sealing, verification
from .base import EvidenceModel
from .ir_attachment import SEAL, SHA256, unpack

KINDS = [("evidence", "Evidence"), ("calls", "Other Calls")]
# records read at a time
CHUNK = 200


class L10nInIrpSeal(EvidenceModel, models.Model):
    """A company's records of one day, sealed so that a later change is found.

    A seal has the digest of each record and the hash of the seal before it, so that
    each seal vouches for all earlier ones. What has to be preserved by law and what may
    be deleted earlier have separate chains. Only the scheduled action makes seals:
    no worker waits for another to add to a chain.
    """

    _name = "l10n_in.irp.seal"
    _description = "Evidence Seal"
    _is_filled_by_code = True
    _order = "day desc, id desc"
    _rec_name = "day"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        selection=KINDS,
        string="Records",
        required=True,
        readonly=True,
        help="Evidence: what was sent, signed or changed at the portal. Other calls: "
        "look-ups, logins, health checks and calls that changed nothing.",
    )
    day = fields.Date(required=True, readonly=True, help="In Indian time.")
    count = fields.Integer(string="No. of Records", readonly=True)
    digests = fields.Binary(
        attachment=False,
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Model, ID and SHA-256 of each record, a line each, compressed.",
    )
    content_hash = fields.Char(string="SHA-256 of Records", readonly=True)
    previous_hash = fields.Char(string="Previous Seal", readonly=True)
    seal_hash = fields.Char(string="Seal", required=True, readonly=True)
    pruned_on = fields.Date(
        string="Deleted On",
        readonly=True,
        help="When its log entries were deleted, after the period for which they have "
        "to be preserved.",
    )
    preserve_until = fields.Date(compute="_compute_preserve_until")
    result = fields.Selection(
        selection=[("intact", "Intact"), ("broken", "Broken")],
        string="Last Check",
        readonly=True,
    )
    checked_at = fields.Datetime(string="Checked On", readonly=True)
    fault = fields.Text(string="Found", readonly=True)

    _unique_day = models.UniqueIndex("(company_id, kind, day)")

    @api.depends("day", "kind")
    def _compute_preserve_until(self):
        for seal in self:
            until = evidence_until if seal.kind == "evidence" else calls_until
            seal.preserve_until = seal.day and until(seal.day)

    # ------------------------------------------------------------------
    # Refusing changes
    # ------------------------------------------------------------------

    def write(self, vals):
        self._check_permit(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_except_never(self):
        self._check_permit(None)

    def _check_permit(self, vals):
        if not permits.is_permitted(self, vals):
            raise UserError(self.env._("Evidence seals cannot be changed or deleted."))

    # ------------------------------------------------------------------
    # Sealing
    # ------------------------------------------------------------------

    @api.model
    def _sources(self):
        """Return kind -> (model, domain of its records). For rooms above."""
        return {"evidence": [("ir.attachment", Domain(SHA256, "!=", False))]}

    @api.model
    def _cron_seal(self):
        """Seal the days that are over, then delete the log entries that may go."""
        env = self.sudo().env
        sealing.seal_days(env)
        sealing.prune(env)

    @api.model
    def _seal_field(self, name):
        """Return the field of a sealed record's seal."""
        return SEAL if name == "ir.attachment" else "seal_id"

    def _digests(self, name, ids, *, reads=False):
        """Yield ID and digest of each record that exists.

        :param reads: whether to read the contents of attachments.
        """
        for start in range(0, len(ids), CHUNK):
            part = self.env[name].browse(ids[start : start + CHUNK]).exists()
            yield from part._l10n_in_irp_digests(reads=reads).items()
            self.env.flush_all()
            part.invalidate_recordset()

    @api.model
    def _hash(self, values):
        """Return the hash of a seal, which covers that of the seal before it."""
        names = ("previous_hash", "company_id", "kind", "day", "count", "content_hash")
        text = "\n".join(str(values[name]) for name in names)
        return hashlib.sha256(text.encode()).hexdigest()

    def _digest_lines(self):
        """Return the lines of a seal, as text."""
        whole = self.sudo().with_context(bin_size=False)
        return unpack(whole.digests or b"").decode(errors="replace")

    # ------------------------------------------------------------------
    # Checking
    # ------------------------------------------------------------------

    @api.model
    def _faults(self, companies=None):
        """Return each `Fault` of the companies' chains, of all companies if None."""
        return list(verification.verify(self.env, companies))

    @api.model
    def _heads(self):
        """Return the last seal of each chain, to be noted outside Odoo."""
        seals = self.sudo().search([("day", "!=", False)], order="day, id")
        chains = seals.grouped(lambda seal: (seal.company_id.id, seal.kind))
        return self.sudo().union(*(chain[-1] for _key, chain in sorted(chains.items())))

    def action_verify(self):
        """Check the chains of the companies of these seals, and show the result."""
        check_manager(self.env)
        self.check_access("read")
        faults = defaultdict(list)
        for fault in self._faults(self.company_id):
            faults[fault.seal_id].append(fault.text)
        now = fields.Datetime.now()
        checked = self.search([("company_id", "in", self.company_id.ids)])
        for seal in checked.sudo():
            found = faults[seal.id]
            values = {
                "result": "broken" if found else "intact",
                "checked_at": now,
                "fault": "\n".join(found) or False,
            }
            with permits.permitted(seal, values):
                seal.write(values)
        return True
