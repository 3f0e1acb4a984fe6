from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...irp.operations import states
from .submission_mixin import submission_models

# what may still be looked up or cancelled at the portal
HELD = (*states.OPEN_AT_PORTAL, states.REGISTERED)
# what decides where a credential calls
PLACE = ("environment", "portal_id")


class L10nInIrpCredential(models.Model):
    """Resumes records that waited for a usable credential, and stays at the portal at
    which it has registered."""

    _inherit = "l10n_in.irp.credential"

    # ------------------------------------------------------------------
    # Another portal
    # ------------------------------------------------------------------

    @api.onchange("environment", "portal_id")
    def _onchange_environment(self):
        # EXTENDS 'l10n_in.irp.credential'
        result = super()._onchange_environment()
        if text := self._stranded_text():
            title = self.env._("Create Another Credential Instead")
            return {"warning": {"title": title, "message": text}}
        return result

    def write(self, vals):
        # EXTENDS 'l10n_in.irp.credential'
        if moved := {name: vals[name] for name in PLACE if name in vals}:
            for credential in self:
                changed = self.new(moved, origin=credential)
                if text := changed._stranded_text():
                    raise ValidationError(text)
        if not vals.get("active", True):
            self._check_not_needed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed(self):
        self._check_not_needed()

    def _check_not_needed(self):
        """Refuse to take away what the registrations of a portal are cancelled with.

        Trials in the sandbox do not need it.

        :raises ValidationError: e-Invoices or e-way bills are registered with it.
        """
        for credential in self.filtered(lambda one: one.environment != "sandbox"):
            if count := credential._count_held():
                raise ValidationError(
                    self.env._(
                        "GSTIN %(gstin)s: %(count)s e-Invoices or e-way bills at "
                        "%(address)s are registered, or their result is open. Odoo "
                        "looks them up, cancels them and checks their signatures with "
                        "this credential only, so it cannot be deleted or archived. "
                        "If another portal registers now, click 'Make Main' on its "
                        "credential: this one then serves the earlier invoices only.",
                        gstin=credential.gstin,
                        count=count,
                        address=credential.host,
                    )
                )

    def _stranded_text(self):
        """Return that a change of portal or environment would leave registrations that
        nobody can reach; "" if it leaves none.

        Trials in the sandbox do not hold back production.
        """
        stored = self._origin
        if not stored or self._reaches(stored.environment, stored.base_url):
            return ""
        if not (count := stored._count_held()):
            return ""
        labels = dict(self._fields["environment"]._description_selection(self.env))
        return self.env._(
            "GSTIN %(gstin)s: %(count)s e-Invoices or e-way bills at %(address)s "
            "(%(environment)s) are registered, or their result is open. Odoo looks "
            "them up, cancels them and checks their signatures with this credential "
            "only, so its portal and environment cannot change. Discard the change, "
            "create another IRP credential for %(portal)s, then click 'Make Main' "
            "there: new invoices go to it, and this one serves the earlier ones.",
            gstin=stored.gstin,
            count=count,
            address=stored.host,
            environment=labels[stored.environment],
            portal=self.portal_id.name,
        )

    def _reaches(self, environment, base_url):
        """Return whether it may still call where it has registered."""
        if self.environment != environment:
            return environment == "sandbox"
        try:
            self._check_target(base_url)
        except ValueError:
            return False
        return True

    def _count_held(self):
        """Return how many records are registered at its address, or open there."""
        domain = Domain("company_id", "child_of", self.company_id.id)
        domain &= Domain("environment", "=", self.environment)
        domain &= Domain("base_url", "=", self.base_url) & Domain("state", "in", HELD)
        return sum(
            model.search_count(domain & Domain(model._gstin_field, "=", self.gstin))
            for model in submission_models(self.env)
            if not model._is_part
        )

    # ------------------------------------------------------------------
    # Waiting records
    # ------------------------------------------------------------------

    def _resume_waiting(self):
        result = super()._resume_waiting()
        for credential in self:
            domain = Domain("company_id", "child_of", credential.company_id.id)
            domain &= Domain("environment", "=", credential.environment)
            domain &= Domain("state", "in", states.QUEUED)
            # the second: without a call, until the key of the secrets is back
            waiting = Domain("next_attempt_at", "=", False) | Domain("attempt", "=", 0)
            domain &= waiting
            for model in submission_models(self.env):
                own = Domain(model._gstin_field, "=", credential.gstin)
                model.search(domain & own)._requeue()
        return result
