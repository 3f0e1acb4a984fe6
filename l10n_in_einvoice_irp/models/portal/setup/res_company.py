from markupsafe import Markup

from odoo import models

from ....irp.reference import gstin_fault, pin_exists, pin_in_state

INDIA = "IN"


class ResCompany(models.Model):
    """Checks a company's data for e-Invoicing, and lists where each GSTIN stands."""

    _inherit = "res.company"

    # ------------------------------------------------------------------
    # The company's own data
    # ------------------------------------------------------------------

    def _l10n_in_irp_company_steps(self):
        """Return what the company's data need: rows for `step_list`."""
        self.ensure_one()
        if self.account_fiscal_country_id.code != INDIA:
            return [("failed", "", self._l10n_in_irp_foreign_text())]
        return [
            self._l10n_in_irp_registered_row(),
            *self._l10n_in_irp_gstin_rows(),
            self._l10n_in_irp_state_row(),
            self._l10n_in_irp_address_row(),
        ]

    def _l10n_in_irp_foreign_text(self):
        return self.env._(
            "%s is not an Indian company. Choose India as Country of the company and "
            "as Fiscal Country in the Accounting settings, or select another company.",
            self.name,
        )

    def _l10n_in_irp_registered_row(self):
        if self.l10n_in_is_gst_registered:
            return "done", "", self.env._("Registered under GST.")
        return (
            "failed",
            "",
            self.env._(
                "Tick 'Registered Under GST' in the settings, under Indian Integration."
            ),
        )

    def _l10n_in_irp_gstin_rows(self):
        """Return the rows of the GSTIN; NIC's trial GSTINs have no check digit."""
        gstin = self.vat or ""
        fault = gstin_fault(gstin)
        texts = {
            "": self.env._("GSTIN %s has a valid check digit.", gstin),
            "check_digit": self.env._(
                "GSTIN %s: the last character does not match the others. Only trial "
                "GSTINs of a sandbox look like this. Check it for a typo.",
                gstin,
            ),
            "state": self.env._(
                "GSTIN %s: the first two digits are no GST state code.", gstin
            ),
        }
        wrong = self.env._(
            "Enter the GSTIN as Tax ID of the company: 15 characters, such as "
            "27AAACB1234C1ZV. At present: %s.",
            gstin or self.env._("(none)"),
        )
        state = {"": "done", "check_digit": "unknown"}.get(fault, "failed")
        return [(state, "", texts.get(fault, wrong))]

    def _l10n_in_irp_state_row(self):
        state, gstin = self.state_id, self.vat or ""
        if not state.l10n_in_tin:
            text = self.env._("Choose the State of the company.")
            return "failed", "", text
        if gstin[:2] != state.l10n_in_tin:
            text = self.env._(
                "The company is in %(state)s (%(code)s), but its GSTIN begins with "
                "%(digits)s. Correct the one that is wrong.",
                state=state.name,
                code=state.l10n_in_tin,
                digits=gstin[:2] or self.env._("(none)"),
            )
            return "failed", "", text
        text = self.env._(
            "State %(state)s (%(code)s) matches the GSTIN.",
            state=state.name,
            code=state.l10n_in_tin,
        )
        return "done", "", text

    def _l10n_in_irp_address_row(self):
        missing = [
            self._fields[name].get_description(self.env)["string"]
            for name in ("street", "city", "zip")
            if not self[name]
        ]
        if missing:
            text = self.env._("Complete the address: %s.", ", ".join(missing))
            return "failed", "", text
        pin = self.zip.replace(" ", "")
        is_pin = len(pin) == 6 and pin.isascii() and pin.isdecimal()
        if not (is_pin and pin_exists(int(pin))):
            text = self.env._(
                "%s is not a PIN Code: enter six digits in the ZIP field.", self.zip
            )
            return "failed", "", text
        if not pin_in_state(int(pin), self.state_id.l10n_in_tin or ""):
            text = self.env._(
                "PIN Code %(pin)s is not in %(state)s.",
                pin=pin,
                state=self.state_id.name,
            )
            return "failed", "", text
        return "done", "", self.env._("The address is complete.")

    # ------------------------------------------------------------------
    # All GSTINs
    # ------------------------------------------------------------------

    def _l10n_in_irp_standing(self):
        """Return a list of the companies' GSTINs, as HTML: where each is registered,
        and which credentials it has."""
        items = [company._l10n_in_irp_standing_item() for company in self.sudo()]
        return Markup('<ul class="list-unstyled mb-0">%s</ul>') % Markup().join(items)

    def _l10n_in_irp_standing_item(self):
        self.ensure_one()
        environment = self._l10n_in_irp_label("l10n_in_irp_environment")
        off = self.env._("Registration Off")
        return Markup(
            '<li class="mb-2"><b>%s</b> %s <span class="badge text-bg-secondary">%s'
            '</span><br/><span class="text-muted">%s</span></li>'
        ) % (
            self.name,
            self.vat or self.env._("(no GSTIN)"),
            environment if self.l10n_in_irp_enabled else off,
            self._l10n_in_irp_credentials_text(),
        )

    def _l10n_in_irp_credentials_text(self):
        """Return in which environments the GSTIN has a credential that works."""
        credentials = self.env["l10n_in.irp.credential"]
        texts = []
        for environment in ("sandbox", "production"):
            if not (found := credentials._find(self, environment)):
                continue
            label = found.portal_id.name
            state = self._l10n_in_irp_tested_label(found)
            names = dict(found._fields["environment"]._description_selection(self.env))
            texts.append(f"{names[environment]}: {label}, {state}")
        return "; ".join(texts) or self.env._("No IRP credential")

    def _l10n_in_irp_tested_label(self, credential):
        if credential.blocked_message:
            return self.env._("login refused")
        if not credential.has_api:
            return self.env._("signing keys only")
        if credential.tested_at:
            return self.env._("connection tested")
        return self.env._("not tested")

    def _l10n_in_irp_family(self):
        """Return the Indian companies that the user works with, this one first."""
        self.ensure_one()
        companies = self | self.env.user.company_ids
        return companies.filtered(
            lambda one: one.account_fiscal_country_id.code == INDIA
        )
