from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.portal.step_list import step_list
from .guide import DEMO, PRODUCTION

STEPS = [("done", "Done"), ("todo", "To Do"), ("skipped", "Not Needed")]
COMPANY_DATA = ("is_gst_registered", "vat", "street", "city", "state_id", "zip")


class L10nInIrpGuide(models.TransientModel):
    """The state of each step, read from what is there."""

    _inherit = "l10n_in.irp.guide"

    company_state = fields.Selection(STEPS, compute="_compute_company_state")
    company_report = fields.Html(compute="_compute_company_state", sanitize=False)
    standing_report = fields.Html(compute="_compute_company_state", sanitize=False)

    credential_state = fields.Selection(STEPS, compute="_compute_portal_states")
    credential_report = fields.Html(compute="_compute_portal_states", sanitize=False)
    has_credential = fields.Boolean(compute="_compute_portal_states")
    keys_state = fields.Selection(STEPS, compute="_compute_portal_states")
    keys_report = fields.Html(compute="_compute_portal_states", sanitize=False)
    can_fetch_keys = fields.Boolean(compute="_compute_portal_states")
    test_state = fields.Selection(STEPS, compute="_compute_portal_states")
    test_report = fields.Html(compute="_compute_portal_states", sanitize=False)

    backlog_report = fields.Char(compute="_compute_backlog")
    has_backlog = fields.Boolean(compute="_compute_backlog")

    finish_state = fields.Selection(STEPS, compute="_compute_finish")
    finish_report = fields.Char(compute="_compute_finish")
    missing_report = fields.Html(compute="_compute_finish", sanitize=False)

    # ------------------------------------------------------------------
    # Company
    # ------------------------------------------------------------------

    @api.depends("company_id", *COMPANY_DATA)
    def _compute_company_state(self):
        for guide in self:
            company = guide.company_id
            rows = company._l10n_in_irp_company_steps()
            has_faults = any(row[0] == "failed" for row in rows)
            guide.company_state = "todo" if has_faults else "done"
            guide.company_report = step_list(self.env, rows)
            family = company._l10n_in_irp_family()
            guide.standing_report = len(family) > 1 and family._l10n_in_irp_standing()

    # ------------------------------------------------------------------
    # Credential, keys and connection
    # ------------------------------------------------------------------

    def _credential(self):
        """Return the credential of the chosen portal, empty in the demo."""
        self.ensure_one()
        credentials = self.env["l10n_in.irp.credential"]
        if self.target == DEMO:
            return credentials
        return credentials._find(self.company_id, self.target).with_env(self.env)

    def _needed_credential(self):
        """Return the credential of the chosen portal.

        :raises UserError: there is none.
        """
        if credential := self._credential():
            return credential
        company = self.company_id
        raise UserError(company._l10n_in_irp_no_credential_text(self.target))

    @api.depends("company_id", "target", "vat")
    def _compute_portal_states(self):
        for guide in self:
            credential = guide._credential().sudo()
            rows = guide._portal_rows(credential)
            for name, row in rows.items():
                guide[f"{name}_state"] = guide._step_state(row)
                guide[f"{name}_report"] = step_list(self.env, [row])
            guide.has_credential = bool(credential)
            guide.can_fetch_keys = bool(credential) and credential.can_fetch_keys
            if guide.is_admin and credential.test_report:
                guide.test_report = credential.test_report

    @staticmethod
    def _step_state(row):
        return {"done": "done", "skipped": "skipped"}.get(row[0], "todo")

    def _portal_rows(self, credential):
        """Return name of a step -> its row for `step_list`."""
        if self.target == DEMO:
            text = self.env._(
                "The demo portal is built in: it needs no credential, and nothing "
                "leaves this server."
            )
            return dict.fromkeys(("credential", "keys", "test"), ("skipped", "", text))
        if not credential:
            text = self.env._("Add the credential first.")
            return {
                "credential": self._no_credential_row(),
                **dict.fromkeys(("keys", "test"), ("not_reached", "", text)),
            }
        return {
            "credential": self._credential_row(credential),
            "keys": mark(*credential._signing_step()),
            "test": self._test_row(credential),
        }

    def _no_credential_row(self):
        text = self.env._(
            "No credential for %(gstin)s in this environment. The portal gives it to "
            "you under API Registration: API user, password, client ID, client "
            "secret and its public key.",
            gstin=self.company_id.vat or self.env._("(none)"),
        )
        return "failed", "", text

    def _credential_row(self, credential):
        if credential.blocked_message:
            return "failed", "", credential.blocked_message
        text = self.env._(
            "%(gstin)s at %(portal)s. Calls go to %(host)s.",
            gstin=credential.gstin,
            portal=credential.portal_id.name,
            host=credential.host,
        )
        return "done", "", text

    def _test_row(self, credential):
        is_done, text = credential._tested_step()
        if not credential.has_api:
            return "skipped", "", text
        return mark(is_done, text)

    # ------------------------------------------------------------------
    # Earlier invoices
    # ------------------------------------------------------------------

    def _backlog_domain(self):
        company = self.company_id
        return company._l10n_in_irp_backlog_domain(int(self.turnover or 0))

    @api.depends("company_id", "turnover", "exemption")
    def _compute_backlog(self):
        for guide in self:
            note = guide.company_id._l10n_in_irp_backlog_note(int(guide.turnover or 0))
            guide.has_backlog = bool(note)
            guide.backlog_report = note or self.env._(
                "No confirmed invoice needs an IRN and lacks it."
            )

    # ------------------------------------------------------------------
    # Finish
    # ------------------------------------------------------------------

    def _is_on(self):
        """Return whether the company registers with the chosen portal."""
        company = self.company_id
        is_there = company.l10n_in_irp_environment == self.target
        return company.l10n_in_irp_enabled and is_there

    def _missing(self):
        """Return what has to be done before registration can be switched on."""
        company = self.company_id._l10n_in_irp_company_steps()
        portal = self._portal_rows(self._credential().sudo())
        needed = ("credential", "test")
        if self.target == PRODUCTION:
            needed = ("credential", "keys", "test")
        rows = [*company, *(portal[name] for name in needed)]
        return [text for state, _title, text in rows if state == "failed"]

    @api.depends(
        *("company_state", "credential_state", "test_state", "target"),
        "company_id.l10n_in_irp_enabled",
        "company_id.l10n_in_irp_environment",
    )
    def _compute_finish(self):
        for guide in self:
            missing = [("failed", "", text) for text in guide._missing()]
            guide.missing_report = step_list(self.env, missing)
            guide.finish_state = "done" if guide._is_on() else "todo"
            guide.finish_report = guide._finish_text()

    def _finish_text(self):
        company = self.company_id
        if not company.l10n_in_irp_enabled:
            return self.env._("Registration is off: nothing is sent to any portal.")
        label = company._l10n_in_irp_label("l10n_in_irp_environment")
        if company.l10n_in_irp_environment == PRODUCTION:
            return self.env._("Registration is on: %s.", label)
        return self.env._(
            "Registration is on: %s. Invoices are marked as TEST INVOICE.", label
        )


def mark(is_done, text):
    """Return a step of a checklist as a row for `step_list`."""
    return "done" if is_done else "failed", "", text
