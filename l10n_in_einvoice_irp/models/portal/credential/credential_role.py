from odoo import api, fields, models

from ....irp.reference import irp_at
from .portal import one_spelling

ROLES = [
    ("main", "Registers"),
    ("standby", "Takes Over"),
    ("former", "Only for What It Registered"),
]


class L10nInIrpCredential(models.Model):
    """Several portals of one GSTIN: which registers, which takes over, and which is
    only asked about what it has registered.

    Whatever a portal has been sent is asked, cancelled and verified there, with the
    credential of its address.
    """

    _inherit = "l10n_in.irp.credential"

    role = fields.Selection(
        selection=ROLES,
        required=True,
        compute="_compute_role",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        tracking=True,
        help="Registers: new invoices go to this portal.\n"
        "Takes Over: new invoices go here while the main portal is down for longer "
        "than the settings allow.\n"
        "Only for What It Registered: it is used to cancel and to look up what was "
        "registered there.",
    )

    _unique_main = models.UniqueIndex(
        "(company_id, gstin, environment) WHERE active AND role = 'main'",
        "Another credential registers for this company, GSTIN and environment. Save "
        "this one with the role 'Takes Over', then click 'Make Main' to let it "
        "register.",
    )
    _unique_address = models.UniqueIndex(
        "(company_id, gstin, environment, base_url) WHERE active",
        "There is already a credential for this company, GSTIN, environment and portal "
        "address.",
    )

    @api.depends("company_id", "gstin", "environment")
    def _compute_role(self):
        """Let the first credential register; a further one takes over."""
        taken = set()
        for credential in self:
            if credential._origin.role:
                credential.role = credential._origin.role
                continue
            key = (credential.company_id, credential.gstin, credential.environment)
            is_first = key not in taken and not credential._present_main()
            credential.role = "main" if is_first else "standby"
            taken.add(key)

    def _present_main(self):
        """Return the credential that registers for the same company, GSTIN and
        environment."""
        return self.sudo().search(
            [
                ("id", "!=", self._origin.id),
                ("company_id", "=", self.company_id.id),
                ("gstin", "=", self.gstin),
                ("environment", "=", self.environment),
                ("role", "=", "main"),
            ]
        )

    def action_make_main(self):
        """Let this portal register from now on; the present one only cancels and looks
        up what it has registered."""
        self.ensure_one()
        self.check_access("write")
        self._present_main().role = "former"
        # the index allows one main credential at any moment
        self.env.flush_all()
        self.write({"role": "main", "active": True})
        self._resume_waiting()
        return True

    # ------------------------------------------------------------------
    # Finding
    # ------------------------------------------------------------------

    @api.model
    def _of(self, company, environment):
        """Return the credentials of a company's GSTIN, and of its parents', those that
        register first.

        Branches that share a GSTIN share the API users too: a portal knows only one per
        GSTIN.
        """
        candidates = self.sudo().search(
            [
                ("company_id", "parent_of", company.id),
                ("gstin", "=", company.vat),
                ("environment", "=", environment),
            ]
        )
        order = [role for role, _label in ROLES]
        return candidates.sorted(
            lambda one: (order.index(one.role), one.company_id != company, one.id)
        )

    @api.model
    def _find(self, company, environment):
        """Return the credential that registers a company's invoices."""
        found = self._of(company, environment)
        return found.filtered(lambda one: one.role == "main")[:1]

    @api.model
    def _find_at(self, company, environment, base_url):
        """Return the credential to use at an address: its own, else the main one.

        :param base_url: an address that a record was sent to; "" for the main one.
        """
        url = one_spelling(base_url or "")
        found = self._of(company, environment)
        owners = found.filtered(lambda one: url and one.base_url == url)
        mains = found.filtered(lambda one: one.role == "main")
        return (owners or mains)[:1]

    @api.model
    def _standbys(self, company, environment):
        """Return the usable credentials that may take over, the first choice first."""
        return self._of(company, environment).filtered(
            lambda one: one.role == "standby" and one._is_usable()
        )

    @api.model
    def _find_holder(self, company, environment, irp):
        """Return the usable credential at an IRP, empty if there is none.

        :param irp: a code of `irp.reference.IRP_TITLES`; "" finds none.
        """
        if not irp:
            return self.browse()
        found = self._of(company, environment)
        return found.filtered(lambda one: one._irp() == irp and one._is_usable())[:1]

    def _is_usable(self):
        """Return whether calls may be made with it: with API access, and not refused
        at the log-in."""
        return self.has_api and not self.blocked_message

    def _irp(self):
        """Return the code of the IRP that registers what is sent here; "" if that is
        not known."""
        if not self.base_url:
            return ""
        return irp_at(self.base_url) or self._profile().wire.irp
