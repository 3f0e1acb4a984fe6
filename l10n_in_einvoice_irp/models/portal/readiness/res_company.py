from odoo import api, models
from odoo.exceptions import ValidationError

from ..secrets.vault import key_fault

PRODUCTION = "production"


class ResCompany(models.Model):
    """Checks a company before it registers in production."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base'
        companies = super().create(vals_list)
        in_production = companies.filtered(
            lambda company: company.l10n_in_irp_environment == PRODUCTION
        )
        in_production._l10n_in_irp_check_ready()
        return companies

    def write(self, vals):
        # EXTENDS 'base'
        switched = self.browse()
        if vals.get("l10n_in_irp_environment") == PRODUCTION:
            switched = self.filtered(
                lambda company: company.l10n_in_irp_environment != PRODUCTION
            )
        result = super().write(vals)
        switched._l10n_in_irp_check_ready()
        return result

    def _l10n_in_irp_check_ready(self):
        """Refuse production to users until its checklist is done.

        :raises ValidationError: it is not; the text says what to do.
        """
        if self.env.su:
            return
        for company in self:
            steps = company._l10n_in_irp_checklist()
            if open_steps := [text for is_done, text in steps if not is_done]:
                raise ValidationError(
                    self.env._(
                        "%(company)s cannot register in Production yet:\n%(steps)s",
                        company=company.name,
                        steps="\n".join(f"• {text}" for text in open_steps),
                    )
                )

    def _l10n_in_irp_checklist(self):
        """Return the steps before production: [(whether it is done, what is so or what
        to do)]."""
        self.ensure_one()
        credentials = self.env["l10n_in.irp.credential"]
        credential = credentials._find(self, PRODUCTION).sudo()
        steps = [self._l10n_in_irp_key_step()]
        steps.append(self._l10n_in_irp_credential_step(credential))
        if credential:
            steps.append(credential._tested_step())
            steps.append(credential._signing_step())
            steps.append(self._l10n_in_irp_clock_step(credential))
        return steps

    def _l10n_in_irp_key_step(self):
        fault = key_fault(self.env)
        return not fault, fault or self.env._("The server encrypts secrets.")

    def _l10n_in_irp_credential_step(self, credential):
        """Return the step of the credential, whose GSTIN has to be the company's."""
        gstin = self.vat or self.env._("(none)")
        if credential:
            return True, self.env._(
                "There is an IRP credential for the company's GSTIN %(gstin)s, at "
                "%(host)s.",
                gstin=gstin,
                host=credential.host,
            )
        domain = [
            ("company_id", "parent_of", self.id),
            ("environment", "=", PRODUCTION),
        ]
        other = credential.search(domain, limit=1)
        if other:
            return False, self.env._(
                "The IRP credential is for GSTIN %(other)s, but the company's Tax ID "
                "is %(gstin)s. Correct the one that is wrong.",
                other=other.gstin,
                gstin=gstin,
            )
        return False, self.env._(
            "There is no IRP credential for GSTIN %(gstin)s in Production. Add one "
            "in Invoicing or Accounting, e-Invoicing (India) / Configuration / IRP "
            "Credentials.",
            gstin=gstin,
        )

    def _l10n_in_irp_clock_step(self, credential):
        rows = self.env["l10n_in.irp.health"].sudo()
        row = rows.search(
            [
                ("environment", "=", credential.environment),
                ("base_url", "=", credential.base_url),
            ]
        )
        if warning := row._clock_warning():
            return False, warning
        if row.clock_state:
            return True, self.env._("The server's clock agrees with the portal's.")
        return True, self.env._(
            "The server's clock has not been compared with the portal's."
        )
