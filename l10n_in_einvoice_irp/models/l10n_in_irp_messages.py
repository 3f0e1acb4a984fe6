from dataclasses import dataclass

from odoo import models
from odoo.exceptions import UserError

from ..irp import errors
from ..irp.catalogue import entry


@dataclass(frozen=True)
class Message:
    """What happened, and what a person should do next."""

    text: str
    advice: str = ""

    @property
    def full(self) -> str:
        return f"{self.text}\n{self.advice}".strip()


class L10nInIrpMessages(models.AbstractModel):
    """Turns the client's errors into words for an accountant.

    The portal's own text is shown as it came, with its code; our advice stands
    beside it.
    """

    _name = "l10n_in.irp.messages"
    _description = "IRP messages"

    def _describe(self, error) -> Message:
        """The message for an `IrpError`: the most specific class that we know."""
        for kind, describe in self._descriptions().items():
            if isinstance(error, kind):
                return describe(error)
        return Message(str(error), self._ask_for_help())

    def _descriptions(self):
        """Class of error -> function that describes it; the first match counts."""
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

    def _describe_not_sent(self, error):
        reasons = {
            "dns": self.env._("its address is not known to the name server"),
            "connect": self.env._("no connection could be made"),
            "tls": self.env._("its certificate was not accepted (expired or wrong)"),
            "timeout": self.env._("it did not take the connection in time"),
            "read_timeout": self.env._("it did not answer the log-in in time"),
            "server_error": self.env._("it has a failure of its own"),
        }
        return Message(
            self.env._(
                "The portal could not be reached: %s. Nothing was sent.",
                reasons.get(error.reason, error.reason),
            ),
            self.env._(
                "It is tried again by itself. If this goes on, check the portal "
                "address in the IRP credential and the server's internet connection."
            ),
        )

    def _describe_unknown(self, error):
        return Message(
            self.env._(
                "The portal's answer did not arrive, or could not be read. It may have "
                "carried out what it was asked."
            ),
            self.env._(
                "The portal is asked by itself what it holds; 'Refresh from the "
                "portal' asks at once. The calls of the registration tell more."
            ),
        )

    def _describe_unproven(self, error):
        return Message(
            self.env._("The portal's signature does not verify: %s", error),
            self.env._(
                "The answer was not accepted. Check that the signing keys in the IRP "
                "credential are those of this portal; it is asked again by itself."
            ),
        )

    def _describe_busy(self, error):
        return Message(
            self.env._("The portal asks to slow down: %s", error),
            self.env._("It is tried again by itself."),
        )

    def _describe_log_in(self, error):
        known = entry(error.code)
        return Message(
            self.env._(
                "The portal refused the log-in%(code)s: %(text)s",
                code=f" ({error.code})" if error.code else "",
                text=known.message or error,
            ),
            known.hint
            or self.env._(
                "Correct the IRP credential (API user of this GSTIN, not the log-in of "
                "the web page) and press 'Test connection'."
            ),
        )

    def _describe_shared_user(self, error):
        return Message(
            self.env._(
                "Another program logs in with the API user of this company (%s). The "
                "portal lets only one of them in at a time, so that each throws the "
                "other out.",
                error.message,
            ),
            self.env._(
                "Create an API user for Odoo alone on the portal, under API "
                "Registration, and enter it in the IRP credential. A copy of this "
                "database for tests must not use the same user either. Odoo tries "
                "again in a quarter of an hour."
            ),
        )

    def _describe_ewb_log_in(self, error):
        known = entry(error.code, "EWBAPI")
        return Message(
            self.env._(
                "The e-way bill system refused the log-in%(code)s: %(text)s",
                code=f" ({error.code})" if error.code else "",
                text=known.message or error,
            ),
            self.env._(
                "The e-way bill is as it was. Ask an administrator to correct the "
                "e-way bill user in the IRP credential and to press 'Test connection'; "
                "or cancel it on the web page of the e-way bill system and press "
                "'Cancelled on the web page'."
            ),
        )

    def _describe_not_offered(self, error):
        return Message(
            self.env._(
                "This environment does not offer it: e-way bills are cancelled in the "
                "e-way bill system."
            ),
            self.env._(
                "Cancel it on the web page of the e-way bill system, then press "
                "'Cancelled on the web page'."
            ),
        )

    def _describe_refusal(self, error):
        lines = [
            f"{fault.code}: {fault.message}"
            for fault in error.violations
            or (errors.PortalError(error.code, str(error)),)
        ]
        return Message("\n".join(lines), entry(error.code).hint)

    def _ask_for_help(self):
        return self.env._("Show this message to the person who looks after Odoo.")

    def _user_error(self, record, error):
        """The message of an `IrpError` as what Odoo shows for a click."""
        message = self._describe(error)
        return UserError(
            self.env._(
                "%(record)s\n%(message)s",
                record=record.display_name,
                message=message.full,
            )
        )

    # ------------------------------------------------------------------
    # As values of a document
    # ------------------------------------------------------------------

    def _values(self, error, document):
        """The error fields of a document for an `IrpError`."""
        message = self._describe(error)
        record = self._record_of(error, document)
        return {
            "error_code": error.code or False,
            "error": message.text,
            "advice": message.advice or False,
            "error_model": record._name if record else False,
            "error_res_id": record.id if record else False,
        }

    def _record_of(self, error, document):
        """The record to open for an error: by the catalogue's target of its code."""
        if isinstance(error, errors.IrpAuthenticationError):
            return self.env["l10n_in.irp.credential"]._find(
                document.company_id, document.environment
            )
        if not isinstance(error, errors.IrpRejected):
            return self.env["account.move"]
        parties = document.move_id._get_l10n_in_seller_buyer_party()
        return {
            "seller": parties["seller_details"],
            "buyer": parties["buyer_details"],
            "ship_to": parties["ship_to_details"],
            "dispatch": parties["dispatch_details"],
        }.get(entry(error.code).target, self.env["account.move"])

    def _conflict_values(self, verdict):
        """The error fields of a document whose content the portal holds otherwise."""
        differences = "; ".join(
            f"{row.path}: {row.sent} ≠ {row.signed}" for row in verdict.differences[:10]
        )
        return {
            "error": self.env._(
                "The portal holds different content under this number (ours ≠ theirs): "
                "%s",
                differences or verdict.message,
            ),
            "advice": self.env._(
                "Find out who registered it. If the other registration is right, issue "
                "this invoice again under a number of its own."
            ),
        }
