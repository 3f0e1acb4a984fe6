import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError

from ....irp import IrpAuthenticationError, IrpError
from ....irp.onboarding import (
    Hooks,
    Journal,
    Runner,
    Site,
    Stopped,
    asked,
    calls_asked_for,
    check_documents,
    make_report,
    masked,
    parties,
    services_of,
    title_of,
    write_report,
)
from ... import transactions
from ...clock import indian_time, indian_today, now_utc
from ..error_messages import ErrorMessages

DONE, NOT_AS_EXPECTED, UNFINISHED = 0, 1, 2


class Pace:
    """Waits until the next call is due, so that a minute has no more than allowed."""

    def __init__(self, per_minute, *, clock=time.monotonic, sleep=time.sleep):
        self.interval = 60 / per_minute
        self._clock, self._sleep = clock, sleep
        self._due = 0.0

    def __call__(self):
        now = self._clock()
        if self._due > now:
            self._sleep(self._due - now)
        self._due = max(now, self._due) + self.interval


class Taken:
    """The calls of a recorder, once more, for the log."""

    def __init__(self, rows):
        self._rows = rows

    def take(self):
        return self._rows


class L10nInIrpCredential(models.Model):
    """Makes the test report that a portal asks for before production."""

    _inherit = "l10n_in.irp.credential"

    @api.model
    def _for_test_report(self, company_name="", credential_id=0):
        """Return the sandbox credential of a company, or of all if there is but one.

        :raises UserError: there is none, or several; or it is not for the sandbox.
        """
        domain = [("id", "=", credential_id)] if credential_id else []
        if company_name:
            domain += [("company_id.name", "=ilike", company_name)]
        found = self.search(domain)
        usable = found.filtered(lambda one: one.environment == "sandbox")
        if len(usable) == 1:
            return usable
        raise UserError(self._report_choice_text(found, usable))

    def _report_choice_text(self, found, usable):
        if usable:
            lines = (
                f"{one.id}: {one.company_id.name}, {one.display_name}" for one in usable
            )
            return self.env._(
                "Choose one of these credentials with --credential:\n%s",
                "\n".join(lines),
            )
        if found:
            return self.env._(
                "%s is for Production. Test calls would register invoices that do not "
                "exist: make the report with a credential for the Sandbox.",
                ", ".join(found.mapped("display_name")),
            )
        return self.env._(
            "There is no IRP credential for the Sandbox. The demo portal runs on this "
            "machine only, so its calls prove nothing to NIC or IRIS. Add the sandbox "
            "credential in Invoicing or Accounting, e-Invoicing (India) / "
            "Configuration / IRP Credentials."
        )

    def _make_test_report(self, path, options, say):
        """Make the missing calls and write the report; return the exit status.

        :param path: of the workbook (.xlsx), or of a .csv file. The journal is beside.
        :param options: ``calls``, ``services``, ``buyers``, ``sez_buyers``,
            ``per_minute`` and ``prefix``; empty ones have a default.
        :param say: called with a line for the user.
        :raises UserError: nothing can be called; the text says what to do.
        """
        self.ensure_one()
        try:
            journal = Journal(Path(f"{path}.journal"))
        except (OSError, ValueError) as error:
            raise UserError(str(error)) from error
        try:
            return self._run_test_report(path, options, say, journal)
        except (OSError, ValueError) as error:
            raise UserError(str(error)) from error
        finally:
            journal.close()

    def _run_test_report(self, path, options, say, journal):
        connection = self.company_id._l10n_in_irp_connect(self.environment, self)
        site = self._test_site(connection, options, journal)
        services = self._tested_services(site, options["services"])
        self._use_ewb(connection, services)
        pace = Pace(self._test_pace(options["per_minute"]))
        hooks = Hooks(
            pace,
            time.sleep,
            lambda: self._logged(connection),
            lambda *numbers: self._say_progress(say, *numbers),
        )
        wanted = options["calls"] or calls_asked_for()
        runner = Runner(site, journal, hooks, services=services, wanted=wanted)
        say(self._test_start_text(site, services, wanted, pace))
        stopped = self._run_calls(runner, connection)
        self._write_test_report(path, site, journal, services, say)
        return self._say_end(say, runner, journal, stopped)

    def _use_ewb(self, connection, services):
        """Let the client cancel in a session of the e-way bill system, if there is a
        user of it; that is logged in once, before the first call.

        :raises UserError: the log-in failed; the text says what to do.
        """
        if not connection.ewb or "cancel_ewb" not in services:
            return
        connection.client.ewaybill_system = connection.ewb.client
        try:
            self.env["l10n_in.irp.session"]._ensure_valid(connection.ewb)
        except IrpError as error:
            if isinstance(error, IrpAuthenticationError):
                self._block(error)
            raise UserError(ErrorMessages(self.env).describe(error).clicked) from error
        finally:
            self._logged(connection)

    def _run_calls(self, runner, connection):
        """Return why the calls were stopped, "" if they were not."""
        try:
            runner.run()
        except Stopped as error:
            return str(error)
        finally:
            self._logged(connection)
            self.env["l10n_in.irp.session"]._store(connection)
            transactions.commit(self.env)
        return ""

    # ------------------------------------------------------------------
    # What is called
    # ------------------------------------------------------------------

    def _test_site(self, connection, options, journal):
        chosen = parties(self.gstin, options["buyers"], options["sez_buyers"])
        prefix = options["prefix"] or f"T{indian_time(now_utc()):%y%m%d%H%M}-"
        check_documents(chosen, prefix, indian_today())
        journal.start(
            {
                "gstin": self.gstin,
                "environment": self.environment,
                "base_url": self.base_url,
                "prefix": prefix,
            }
        )
        return Site(
            connection.client,
            self._environment(),
            connection.account,
            chosen,
            journal.run["prefix"],
        )

    def _tested_services(self, site, names):
        offered = services_of(site.environment, has_ewb_user=self._has_ewb_user())
        unknown = [name for name in names if name not in offered]
        if unknown:
            raise UserError(
                self.env._(
                    "%(portal)s does not offer: %(unknown)s. It offers: %(offered)s.",
                    portal=site.environment.wire.profile,
                    unknown=", ".join(unknown),
                    offered=", ".join(offered),
                )
            )
        return [name for name in offered if not names or name in names]

    def _test_pace(self, per_minute):
        limits = [per_minute or asked()["calls_per_minute"], self.calls_per_minute]
        return min(filter(None, limits))

    def _logged(self, connection):
        """Return the calls since the last time, after they are in the log."""
        rows = connection.recorder.take()
        if rows:
            company, environment = self.company_id, self.environment
            taken = replace(connection, recorder=Taken(rows))
            self.env["l10n_in.irp.log"]._record(company, environment, taken)
            transactions.commit(self.env)
        return [call for _id, call in rows]

    # ------------------------------------------------------------------
    # What is reported
    # ------------------------------------------------------------------

    def _write_test_report(self, path, site, journal, services, say):
        endpoints = site.environment.wire.endpoints
        methods = {name: one.method for name, one in endpoints.items()}
        facts = {
            "Test Report": "e-Invoice API",
            # most users are; an ERP or an operator changes it
            "User Type": "Taxpayer",
            "Company": self.company_id.name,
            "GSTIN": self.gstin,
            "API User": self.username,
            "Client ID": masked(self.client_id or ""),
            "Portal": site.environment.wire.profile,
            "Environment": site.environment.title,
            "Host": self.base_url,
            "Contact (Name, Designation, Email, Phone)": "",
        }
        report = make_report(journal.entries, facts, services, methods)
        for file in write_report(report, Path(path)):
            say(self.env._("Written: %s", file))

    def _test_start_text(self, site, services, wanted, pace):
        calls = len(services) * wanted * 2
        return self.env._(
            "%(portal)s at %(host)s: %(services)s services, %(wanted)s good and "
            "%(wanted)s bad calls each. This takes at least %(time)s (h:mm:ss).",
            portal=site.environment.wire.profile,
            host=self.base_url,
            services=len(services),
            wanted=wanted,
            time=timedelta(seconds=round(calls * pace.interval)),
        )

    def _say_progress(self, say, service, purpose, made, wanted):
        if made == wanted or made % 10 == 0:
            say(f"{title_of(service)}: {made} of {wanted} {purpose}")

    def _say_end(self, say, runner, journal, stopped):
        if stopped:
            say(self.env._("Stopped: %s", stopped))
            say(self.env._("Run the same command again to continue."))
            return UNFINISHED
        for problem in runner.problems:
            say(problem)
        surprises = [
            entry for entry in journal.entries if entry.counts and not entry.as_expected
        ]
        if surprises:
            say(
                self.env._(
                    "%s calls were refused with another code than expected: see the "
                    "column As Expected.",
                    len(surprises),
                )
            )
        return NOT_AS_EXPECTED if runner.problems or surprises else DONE
