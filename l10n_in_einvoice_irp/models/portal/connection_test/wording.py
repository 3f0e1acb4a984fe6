"""The steps of a connection test, in words for the administrator who runs it."""

from ....irp.reference import parse_address
from ..error_messages import ErrorMessages

EWB = "ewb_log_in"
# trying again cannot help
LASTING = ("private", "invalid_request")


def titles(env):
    """Return name of a step -> its title."""
    return {
        "name": env._("Name Resolution"),
        "connection": env._("Connection"),
        "tls": env._("TLS Certificate"),
        "auth_key": env._("Portal's Public Key"),
        "log_in": env._("Login"),
        "gstin": env._("GSTIN"),
        "signing_key": env._("Signing Key"),
        "clock": env._("Clock"),
        EWB: env._("e-Way Bill System"),
    }


class StepWording:
    """Says what a step has shown, and what to do if it failed.

    :param test: `irp.client.ConnectionTest`.
    :param clock_warning: what to do about a clock out of step, or "".
    """

    def __init__(self, credential, test, clock_warning="") -> None:
        self.env = credential.env
        self._credential = credential
        self._test = test
        self._clock_warning = clock_warning
        self._address = parse_address(credential.base_url)

    def text(self, step) -> str:
        """Return the text of an `irp.client.Step`."""
        if step.state == "not_reached":
            return ""
        if step.error:
            return self._error_text(step)
        found = getattr(self, f"_{step.name}_texts")()
        return found.get(step.reason or step.state, "")

    # ------------------------------------------------------------------
    # Failures
    # ------------------------------------------------------------------

    def _error_text(self, step):
        if step.name == "signing_key":
            return self._signing_fault(step)
        reason = getattr(step.error, "reason", "")
        described = ErrorMessages(self.env).describe(step.error)
        message = described.text if reason in LASTING else described.clicked
        if step.state == "unknown":
            return self.env._("The look-up failed: %s", message)
        advice = self._advice(step)
        return f"{message}\n{advice}".strip()

    def _advice(self, step):
        """Return the next step for a failure on the way to the portal."""
        reason = getattr(step.error, "reason", "")
        if reason == "dns":
            return self.env._(
                "Compare Portal Address in the IRP credential with the portal's "
                "documentation. If it is correct, the administrator of the server "
                "runs 'getent hosts %s' there and corrects its DNS.",
                self._address.host,
            )
        if reason in ("connect", "timeout"):
            return self.env._(
                "The firewall must let this server connect to %(host)s, port "
                "%(port)s. If the portal admits registered IP addresses only, "
                "register the server's fixed Indian IP address there, or enter an "
                "Outgoing Proxy that has one.",
                host=self._address.host,
                port=self._address.port,
            )
        if reason == "tls":
            return self.env._(
                "The administrator of the server updates its certificate authorities "
                "(package ca-certificates) and checks its date. A firewall that "
                "inspects TLS must make an exception for %s.",
                self._address.host,
            )
        if reason in LASTING:
            return self.env._(
                "Correct Portal Address in the IRP credential. If it is correct, this "
                "server's DNS must return the public address of %s.",
                self._address.host,
            )
        return ""

    def _signing_fault(self, step):
        faults = {
            "unknown_key": self.env._(
                "The last e-Invoice received is signed with a key that this "
                "credential lacks (%s). Add the portal's current signing key.",
                step.error.kid or self.env._("without key ID"),
            ),
            "invalid": self.env._(
                "The signature of the last e-Invoice received does not verify with "
                "these keys: %s. Compare the keys with those that the portal "
                "publishes.",
                step.error,
            ),
        }
        return faults[step.reason]

    # ------------------------------------------------------------------
    # Results: state or reason -> text
    # ------------------------------------------------------------------

    def _name_texts(self):
        return {
            "done": self.env._("%s was found.", self._address.host),
            "local": self.env._("The portal runs on this machine."),
            "proxy": self.env._("The proxy resolves the name."),
        }

    def _connection_texts(self):
        place = f"{self._address.host}:{self._address.port}"
        connected = self.env._("Connected to %s.", place)
        return {"done": f"{connected} {self._credential._proxy_note()}".strip()}

    def _tls_texts(self):
        return {
            "done": self.env._("The portal's certificate is valid."),
            "local": self.env._("A portal on this machine needs none."),
            "unknown": self.env._("Not seen: the portal did not answer in time."),
        }

    def _auth_key_texts(self):
        return {
            "done": self.env._("The portal could decrypt the login."),
            "unsealed": self.env._("This portal asks for no key."),
            "unknown": self.env._("Not certain: the login did not get that far."),
        }

    def _log_in_texts(self):
        return {
            "done": self.env._(
                "User %(user)s is logged in (%(time)s ms).",
                user=self._credential.username,
                time=self._test.milliseconds,
            ),
            "unknown": self.env._("The portal refused the login for this GSTIN."),
        }

    def _gstin_texts(self):
        gstin, found = self._credential.gstin, self._test.taxpayer
        return {
            "log_in": self.env._("The portal accepted the login for %s.", gstin),
            "active": self.env._(
                "%(gstin)s is active: %(name)s.",
                gstin=gstin,
                name=found and (found.legal_name or found.trade_name),
            ),
            "inactive": self.env._(
                "The portal shows %(gstin)s with status %(status)s. Check its status "
                "on the GST portal.",
                gstin=gstin,
                status=(found and found.status) or self.env._("(none)"),
            ),
            "other": self.env._(
                "This credential is for %(gstin)s, but neither %(company)s nor one of "
                "its branches has that GSTIN. Correct the one that is wrong.",
                gstin=gstin,
                company=self._credential.company_id.name,
            ),
        }

    def _signing_key_texts(self):
        return {
            "verified": self.env._(
                "The signature of the last e-Invoice received was verified."
            ),
            "valid": self.env._(
                "An RSA key for RS256 that is valid today. There is no signed "
                "e-Invoice yet to try it on: the first IRN will show whether it is "
                "the right one."
            ),
            "missing": self.env._(
                "There is none, so signatures cannot be checked. Click 'Add Signing "
                "Keys…' in the IRP credential. %s",
                self._credential._key_source("signing"),
            ),
            "expired": self.env._(
                "All signing keys have expired. Add the portal's current one to the "
                "IRP credential, and leave the old ones. %s",
                self._credential._key_source("signing"),
            ),
        }

    def _clock_texts(self):
        return {
            "done": self.env._("The server's clock agrees with the portal's."),
            "not_sent": self.env._("The portal does not send its time."),
            "out_of_step": self._clock_warning,
        }
