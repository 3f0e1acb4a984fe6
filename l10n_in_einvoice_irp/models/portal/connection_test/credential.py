from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....irp.client import run_connection_test
from ....irp.protocol import parse_proxy
from ....irp.reference import parse_address
from ... import transactions
from ..error_messages import ErrorMessages
from ..step_list import MARKS, state_labels, step_list
from .wording import EWB, StepWording, titles


class L10nInIrpCredential(models.Model):
    """The connection test of a credential, step by step."""

    _inherit = "l10n_in.irp.credential"

    test_steps = fields.Json(
        string="Steps of the Last Connection Test",
        readonly=True,
        copy=False,
        help="Lists of step, state and text, in the order in which they were tried.",
    )
    test_report = fields.Html(
        string="Last Connection Test", compute="_compute_test_report", sanitize=False
    )

    @api.depends("test_steps")
    @api.depends_context("lang")
    def _compute_test_report(self):
        names = titles(self.env)
        for credential in self:
            rows = [
                (state, names[name], text)
                for name, state, text in credential.test_steps or []
            ]
            credential.test_report = step_list(self.env, rows) or False

    # ------------------------------------------------------------------
    # Running it
    # ------------------------------------------------------------------

    def action_test_connection(self):
        """Log in with a new token, and report each step.

        :raises UserError: the login failed; the text says at which step, and what to
            do.
        """
        self.ensure_one()
        if fault := self._test_connection():
            raise UserError(
                self.env._(
                    "%(credential)s\n%(fault)s\n\n%(steps)s",
                    credential=self.display_name,
                    fault=fault,
                    steps=self._steps_overview(),
                )
            )
        return self._connection_report()

    def _test_connection(self):
        """Try the connection, and store each step and the calls made.

        :return: why the login failed, and what to do; "" if it succeeded.
        :raises UserError: no call may be made with this credential.
        """
        self.ensure_one()
        self.sudo().write({"blocked_message": False, "ewb_blocked_message": False})
        self._forget_sessions()
        # a new token is stored in a separate transaction, which would wait for this
        transactions.commit(self.env)
        connection = self.company_id._l10n_in_irp_connect(self.environment, self)
        test = self._run_steps(connection)
        ewb, ewb_fault = self._test_ewb(connection) if not test.error else ("", "")
        if not test.error:
            self.env["l10n_in.irp.session"]._store(connection)
        steps = self._described(test)
        if ewb or ewb_fault:
            steps.append([EWB, "failed" if ewb_fault else "done", ewb_fault or ewb])
        self.sudo().test_steps = steps
        self._log_calls(connection)
        transactions.commit(self.env)
        return ewb_fault or (
            test.error and ErrorMessages(self.env).describe(test.error).clicked
        )

    def _run_steps(self, connection):
        """Return the `irp.client.ConnectionTest` of a connection without a session."""
        test = run_connection_test(
            connection.client,
            connection.account,
            connection.base_url,
            connection.keys,
            clock_tolerance=self._clock_tolerance(),
            proxy=self._proxy_place(),
            sample=self._signed_sample(),
        )
        return replace(test, steps=tuple(map(self._of_this_company, test.steps)))

    def _of_this_company(self, step):
        """Return the step; that of a GSTIN which is no company's has failed."""
        is_foreign = step.name == "gstin" and not self._is_usable_gstin()
        if not is_foreign or step.error or step.state == "not_reached":
            return step
        return replace(step, state="failed", reason="other")

    def _described(self, test):
        """Return the steps of a test in words, and store its health check."""
        warning = ""
        if test.health:
            portal = self._profile().environments[self.environment]
            rows = self.env["l10n_in.irp.health"]
            row = rows._store(portal, self.base_url, test.health)
            warning = row._clock_warning()
        wording = StepWording(self, test, warning)
        return [[step.name, step.state, wording.text(step)] for step in test.steps]

    def _clock_tolerance(self):
        return self._profile().environments[self.environment].clock_tolerance

    def _proxy_place(self):
        """Return host and port of the proxy that the calls go through; "" if none."""
        if not self.proxy_url or parse_address(self.base_url).is_loopback:
            return ""
        return parse_proxy(self.proxy_url).place

    def _signed_sample(self):
        """Return something that the portal has signed, an `irp.client.SignedSample`,
        or None. For extensions: registrations are not known here."""
        return

    def _log_calls(self, connection):
        log = self.env["l10n_in.irp.log"]
        log._record(self.company_id, self.environment, connection)

    # ------------------------------------------------------------------
    # Reporting it
    # ------------------------------------------------------------------

    def _steps_overview(self):
        """Return one line for each step of the last test, without its text."""
        names, labels = titles(self.env), state_labels(self.env)
        return "\n".join(
            f"{MARKS[state][0]} {names[name]}: {labels[state]}"
            for name, state, _text in self.test_steps
        )

    def _test_faults(self):
        """Return title and text of the steps that did not pass in the last test."""
        names = titles(self.env)
        return [
            (names[name], text)
            for name, state, text in self.test_steps or []
            if state in ("failed", "unknown")
        ]

    def _connection_report(self):
        """Return the notification of a successful connection test."""
        message = self.env._(
            "Login successful for GSTIN %(gstin)s. Calls go to %(host)s.",
            gstin=self.gstin,
            host=self.host,
        )
        texts = {name: text for name, _state, text in self.test_steps}
        faults = [f"{title}: {text}" for title, text in self._test_faults()]
        parts = (message, self._proxy_note(), texts.get(EWB), self._not_offered_note())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if faults else "success",
                "title": self.env._("%s: connection successful", self.base_url),
                "message": " ".join(filter(None, [*parts, *faults])),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
