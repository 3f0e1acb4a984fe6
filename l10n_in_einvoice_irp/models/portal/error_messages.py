"""The client's errors, in words for an accountant.

The portal's text is shown unchanged, with its code; our advice stands beside it.
"""

from dataclasses import dataclass

from odoo.exceptions import UserError

from ...irp.protocol import errors
from ...irp.reference import IRP_TITLES, entry
from .error_codes.advice import hint
from .offers.wording import missing

SYNC = "sync_gstin"


@dataclass(frozen=True)
class Message:
    """An error's explanation, and the next step.

    :ivar automatic: what Odoo will do about a queued record.
    :ivar manual: what the user should do after a click.
    """

    text: str
    advice: str = ""
    automatic: str = ""
    manual: str = ""

    @property
    def queued_advice(self) -> str:
        return f"{self.automatic} {self.advice}".strip()

    @property
    def full(self) -> str:
        return f"{self.text}\n{self.queued_advice}".strip()

    @property
    def clicked(self) -> str:
        """Return the message after a click, which Odoo does not follow up."""
        return f"{self.text}\n{self.manual} {self.advice}".strip()


class ErrorMessages:
    """Describes errors in the language of an environment's user."""

    def __init__(self, env) -> None:
        self.env = env

    def describe(self, error) -> Message:
        """Return the message for an `IrpError`, by the most specific known class."""
        if error.gateway:
            return self._describe_gateway(error)
        for kind, describe in self._descriptions().items():
            if isinstance(error, kind):
                return describe(error)
        return Message(str(error), self.ask_for_help())

    def user_error(self, record, error) -> UserError:
        """Return the error to show after a click that ended in an `IrpError`."""
        return UserError(
            self.env._(
                "%(record)s\n%(message)s",
                record=record.display_name,
                message=self.describe(error).clicked,
            )
        )

    def ask_for_help(self) -> str:
        return self.env._("Show this message to your Odoo administrator.")

    def _descriptions(self):
        """Return class of error -> function that describes it; the first match
        counts."""
        return {
            errors.IrpNotSent: self._describe_not_sent,
            errors.IrpUnknownKey: self._describe_unproven,
            errors.IrpSignatureError: self._describe_unproven,
            errors.IrpOutcomeUnknown: self._describe_unknown,
            errors.IrpRateLimited: self._describe_busy,
            errors.IrpSharedUser: self._describe_shared_user,
            errors.IrpEwbLogInError: self._describe_ewb_log_in,
            errors.IrpAuthenticationError: self._describe_log_in,
            errors.IrpNotOffered: self._describe_not_offered,
            errors.IrpRejected: self._describe_refusal,
            errors.IrpProtocolError: self._describe_unknown,
        }

    # ------------------------------------------------------------------
    # Transport
    # ------------------------------------------------------------------

    def _reasons(self):
        """Return reason of an `IrpTransportError` -> text."""
        return {
            "dns": self.env._("its host name could not be resolved"),
            "connect": self.env._("the connection was refused or failed"),
            "tls": self.env._("its TLS certificate is expired or not valid"),
            "timeout": self.env._("the connection timed out"),
            "read_timeout": self.env._("the login timed out"),
            "server_error": self.env._("it reported an internal error"),
            "private": self.env._("its name leads into a private network"),
            "invalid_request": self.env._("its address or a header is malformed"),
            "reset": self.env._("the connection was lost"),
            "too_large": self.env._("its login response is too large"),
            "not_json": self.env._("the login response is not from the portal"),
            "unexpected_answer": self.env._(
                "the login response is not from the portal"
            ),
            "broken_off": self.env._("internal error in Odoo"),
        }

    def _proxy_reasons(self, error):
        """Return reason -> text where a proxy was in the way."""
        proxy = error.proxy or self.env._("of this server")
        return {
            "proxy": self.env._("proxy %s could not be reached", proxy),
            "proxy_log_in": self.env._("proxy %s refused its user or password", proxy),
            "proxy_refused": self.env._(
                "proxy %(proxy)s made no connection to the portal (HTTP %(status)s)",
                proxy=proxy,
                status=error.http_status,
            ),
        }

    def _describe_not_sent(self, error):
        if error.reason == "undecryptable":
            return self._describe_undecryptable(error)
        if error.reason == "busy":
            text = self.env._("All parallel calls of this GSTIN are in use.")
            return Message(text, manual=self.env._("Try again in a few minutes."))
        at_proxy = self._proxy_reasons(error).get(error.reason)
        return Message(
            self.env._(
                "The portal could not be reached: %s. Nothing was sent.",
                at_proxy or self._reasons().get(error.reason, error.reason),
            ),
            self._advise_on_proxy() if at_proxy else self._advise_on_connection(),
            automatic=self._retried(),
            manual=self.env._("Try again in a few minutes."),
        )

    def _describe_undecryptable(self, error):
        """Return the message for a log-in whose answer another key seals."""
        portal = error.wire.profile if error.wire else self.env._("the portal")
        return Message(
            self.env._(
                "The login response of %s cannot be decrypted. Nothing was sent.",
                portal,
            ),
            self.env._(
                "Check that Portal's Public Key in the IRP credential is the login key "
                "of %s for this environment, not its signing key or the key of another "
                "portal. Then click 'Test Connection'.",
                portal,
            ),
            automatic=self._retried(),
        )

    def _advise_on_connection(self):
        return self.env._(
            "If this continues, check the portal address in the IRP credential "
            "and the server's internet connection."
        )

    def _advise_on_proxy(self):
        return self.env._(
            "Check Outgoing Proxy and Proxy Password in the IRP credential. If it has "
            "no proxy, ask the administrator of the Odoo server to check the proxy in "
            "the server's environment."
        )

    def _describe_unknown(self, error):
        return Message(
            self.env._("The portal's response did not arrive or could not be read."),
            automatic=self.env._(
                "The portal may have processed the request. Odoo will query the "
                "portal automatically; click 'Refresh from IRP' to query it now. For "
                "details, see the API calls of the registration."
            ),
            manual=self.env._(
                "Try again in a few minutes. If this continues, check the portal "
                "address in the IRP credential."
            ),
        )

    def _describe_unproven(self, error):
        return Message(
            self.env._("The IRP's signature is not valid: %s", error),
            self.env._(
                "The response was not accepted. Check that the signing keys in the "
                "IRP credential are those of this portal."
            ),
            automatic=self.env._("Odoo will query the portal again automatically."),
        )

    def _describe_busy(self, error):
        known = entry(error.code)
        if known.group and known.remedy == "stop":
            # 3095, 3096: it does not ask to slow down, it has blocked the sender
            text = self.env._("The portal has blocked this sender: %s", error)
            return Message(text, hint(self.env, known), self._retried())
        return Message(
            self.env._("The portal limits the rate: %s", error),
            automatic=self._retried(),
            manual=self.env._("Try again in a few minutes."),
        )

    def _retried(self):
        return self.env._("It will be retried automatically.")

    # ------------------------------------------------------------------
    # Gateways
    # ------------------------------------------------------------------

    def _describe_gateway(self, error):
        """Return the message for a refusal by a GSP: its code is in no IRP's list."""
        gateway = error.gateway
        words = filter(None, (error.code, gateway.words))
        status = self.env._("HTTP %s", error.http_status)
        text = self.env._(
            "%(gateway)s refused the call before it reached the IRP: %(words)s.",
            gateway=gateway.name,
            words=(" ".join(words) or status).rstrip("."),
        )
        if isinstance(error, errors.IrpRateLimited):
            return Message(
                text,
                self.env._(
                    "If this continues, ask %s about the limits of your contract and "
                    "your credit there.",
                    gateway.name,
                ),
                automatic=self._retried(),
                manual=self.env._("Try again in a few minutes."),
            )
        return Message(f"{text}{self._unchanged_note(error)}", self._ask_gateway(error))

    def _unchanged_note(self, error):
        """Return that the e-way bill is as it was, if the call was about one."""
        if not isinstance(error, errors.IrpEwbLogInError):
            return ""
        return " " + self.env._("The e-way bill is unchanged.")

    def _ask_gateway(self, error):
        return self.env._(
            "Ask an administrator to check in the IRP credential what %(gateway)s gave "
            "you, and click 'Test Connection'. If it is still refused, ask "
            "%(gateway)s's support: the IRP and its helpdesk do not know of this call.",
            gateway=error.gateway.name,
        )

    # ------------------------------------------------------------------
    # Log-ins
    # ------------------------------------------------------------------

    def _describe_log_in(self, error):
        known = entry(error.code)
        return Message(
            self.env._(
                "The portal rejected the login%(code)s: %(text)s",
                code=f" ({error.code})" if error.code else "",
                text=known.message or error,
            ),
            hint(self.env, known) if known.message else self._advise_on_access(),
        )

    def _advise_on_access(self):
        """Return the next step when the portal rejected the call without a code (HTTP
        401, 403), before it checked the user."""
        return self.env._(
            "Check client ID and client secret in the IRP credential, and that the "
            "static IP address of this server, or of its Outgoing Proxy, is "
            "whitelisted on the portal (or with the GSP). Then click 'Test "
            "Connection'."
        )

    def _describe_shared_user(self, error):
        return Message(
            self.env._(
                "Another program logs in with the API user of this company (%s). The "
                "portal allows only one session, so each login ends the other's "
                "session.",
                error.message,
            ),
            self.env._(
                "Create a separate API user for Odoo on the portal, under API "
                "Registration, and enter it in the IRP credential. Test copies of "
                "this database must not use it either."
            ),
            automatic=self.env._("It will be retried automatically in 15 minutes."),
        )

    def _describe_ewb_log_in(self, error):
        known = entry(error.code, "EWBAPI")
        return Message(
            self.env._(
                "The e-way bill system rejected the login%(code)s: %(text)s",
                code=f" ({error.code})" if error.code else "",
                text=known.message or error,
            ),
            self.env._(
                "The e-way bill is unchanged. Ask an administrator to correct the "
                "e-Way Bill API User in the IRP credential and click 'Test "
                "Connection'; or cancel the e-way bill on ewaybillgst.gov.in and "
                "click 'Mark as Cancelled'."
            ),
        )

    # ------------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------------

    def _describe_not_offered(self, error):
        if error.holder:
            return self._describe_elsewhere(error)
        if not error.wire or error.wire.offers(error.endpoint):
            # an e-way bill, which is cancelled in a session of the other system
            return self._describe_no_ewb_user()
        return Message(*missing(self.env, error.wire, error.endpoint))

    def _describe_no_ewb_user(self):
        return Message(
            self.env._(
                "Not available in this environment: e-way bills are cancelled in the "
                "e-way bill system."
            ),
            self.env._(
                "Cancel it on ewaybillgst.gov.in, then click 'Mark as Cancelled'."
            ),
        )

    def _describe_elsewhere(self, error):
        return Message(
            self.env._(
                "%(portal)s does not answer about e-Invoices of %(holder)s.",
                portal=error.wire.name,
                holder=IRP_TITLES[error.holder],
            ),
            self.env._(
                "Download the signed JSON from the website of %s, and import it under "
                "e-Invoicing (India) / Import e-Invoice JSON.",
                IRP_TITLES[error.holder],
            ),
        )

    def _describe_refusal(self, error):
        lines = [f"{fault.code}: {fault.message}" for fault in faults(error)]
        if not error.code:
            return Message("\n".join(lines).lstrip(": "), self.ask_for_help())
        advice = self._advise_on_code(error)
        if entry(error.code).remedy == SYNC and not has_sync(error):
            advice = " ".join(missing(self.env, error.wire, SYNC))
        elif was_synchronised(error):
            advice = self.env._(
                "Odoo already synchronised the GSTIN with the GST common portal once,"
                " without success. %s",
                advice,
            )
        return Message("\n".join(lines), advice)

    def _advise_on_code(self, error):
        """Return what the list of codes advises; other codes are the portal's own."""
        known = entry(error.code)
        if known.group or not error.wire:
            return hint(self.env, known)
        return self.env._(
            "%(code)s is not in the published lists of codes. Read its message, and "
            "ask the support of %(portal)s before sending again.",
            code=error.code,
            portal=error.wire.name,
        )


def faults(error):
    """Return the faults of a refusal; each has ``code`` and ``message``."""
    return error.violations or (errors.PortalError(error.code, str(error)),)


def was_synchronised(error):
    """Return whether a registration was refused only for its GSTINs, so that
    `irp.operations.registration` has tried a Sync."""
    is_registration = error.endpoint == "generate_irn" and has_sync(error)
    return is_registration and all(
        entry(fault.code, "IRN").remedy == SYNC for fault in faults(error)
    )


def has_sync(error):
    """Return whether the portal that refused synchronises GSTINs."""
    return not error.wire or error.wire.offers(SYNC)
