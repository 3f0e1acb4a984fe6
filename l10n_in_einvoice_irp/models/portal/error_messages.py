import re
from dataclasses import dataclass

from odoo import models
from odoo.exceptions import UserError

from ...irp.protocol import errors
from ...irp.reference import entry

GSTIN = re.compile(r"\b[0-9]{2}[0-9A-Z]{13}\b")


@dataclass(frozen=True)
class Message:
    """What happened, and what a person should do next.

    :ivar by_itself: what Odoo goes on to do with what stands in the queue.
    :ivar by_hand: what the person does instead who had asked with a click.
    """

    text: str
    advice: str = ""
    by_itself: str = ""
    by_hand: str = ""

    @property
    def queued_advice(self) -> str:
        return f"{self.by_itself} {self.advice}".strip()

    @property
    def full(self) -> str:
        return f"{self.text}\n{self.queued_advice}".strip()

    @property
    def clicked(self) -> str:
        """For a click, after which nothing goes on by itself."""
        return f"{self.text}\n{self.by_hand} {self.advice}".strip()


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

    def _reasons(self):
        """Reason of an `IrpTransportError` -> in words."""
        return {
            "dns": self.env._("its address is not known to the name server"),
            "connect": self.env._("no connection could be made"),
            "tls": self.env._("its certificate was not accepted (expired or wrong)"),
            "timeout": self.env._("it did not take the connection in time"),
            "read_timeout": self.env._("it did not answer the log-in in time"),
            "server_error": self.env._("it has a failure of its own"),
            "proxy": self.env._("the proxy of this server did not let it through"),
            "invalid_request": self.env._("its address or a header is malformed"),
            "reset": self.env._("the connection broke off"),
            "too_large": self.env._("its answer to the log-in is far too large"),
            "not_json": self.env._("what answered the log-in is no portal"),
            "unexpected_answer": self.env._("what answered the log-in is no portal"),
            "undecryptable": self.env._(
                "its answer to the log-in cannot be decrypted; is the public key in "
                "the IRP credential that of this portal?"
            ),
            "broken_off": self.env._("Odoo had a failure of its own"),
        }

    def _describe_not_sent(self, error):
        return Message(
            self.env._(
                "The portal could not be reached: %s. Nothing was sent.",
                self._reasons().get(error.reason, error.reason),
            ),
            self.env._(
                "If this goes on, check the portal address in the IRP credential and "
                "the server's internet connection."
            ),
            by_itself=self.env._("It is tried again by itself."),
            by_hand=self.env._("Try again in a few minutes."),
        )

    def _describe_unknown(self, error):
        return Message(
            self.env._("The portal's answer did not arrive, or could not be read."),
            by_itself=self.env._(
                "It may have carried out what it was asked. The portal is asked by "
                "itself what it holds; 'Refresh from the portal' asks at once. The "
                "calls of the registration tell more."
            ),
            by_hand=self.env._(
                "Try again in a few minutes. If this goes on, check the portal address "
                "in the IRP credential."
            ),
        )

    def _describe_unproven(self, error):
        return Message(
            self.env._("The portal's signature does not verify: %s", error),
            self.env._(
                "The answer was not accepted. Check that the signing keys in the IRP "
                "credential are those of this portal."
            ),
            by_itself=self.env._("It is asked again by itself."),
        )

    def _describe_busy(self, error):
        known = entry(error.code)
        by_itself = self.env._("It is tried again by itself.")
        by_hand = self.env._("Try again in a few minutes.")
        if known.message and known.remedy == "stop":
            # 3095, 3096: it does not ask for timeout, it has blocked the sender
            text = self.env._("The portal has blocked this sender: %s", error)
            return Message(text, known.hint, by_itself)
        text = self.env._("The portal asks to slow down: %s", error)
        return Message(text, by_itself=by_itself, by_hand=by_hand)

    def _describe_log_in(self, error):
        known = entry(error.code)
        return Message(
            self.env._(
                "The portal refused the log-in%(code)s: %(text)s",
                code=f" ({error.code})" if error.code else "",
                text=known.message or error,
            ),
            known.hint if known.message else self._advise_on_access(),
        )

    def _advise_on_access(self):
        """What to do when the portal turned the call away without a code (HTTP 401,
        403), before it looked at the user."""
        return self.env._(
            "Check the client id and the client secret in the IRP credential, and that "
            "the static IP address of this server is registered at the portal (or "
            "known to the GSP). Then press 'Test connection'."
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
                "database for tests must not use the same user either."
            ),
            by_itself=self.env._("Odoo tries again in a quarter of an hour."),
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
        lines = [f"{fault.code}: {fault.message}" for fault in self._faults(error)]
        if not error.code:
            return Message("\n".join(lines).lstrip(": "), self._ask_for_help())
        advice = entry(error.code).hint
        if self._was_synchronised(error):
            advice = self.env._(
                "Odoo has had the portal read the GSTIN anew from the GST common "
                "portal already, once; that did not help. %s",
                advice,
            )
        return Message("\n".join(lines), advice)

    @staticmethod
    def _faults(error):
        return error.violations or (errors.PortalError(error.code, str(error)),)

    def _was_synchronised(self, error):
        """Whether it is of a registration that was refused for GSTINs alone; then
        `irp.operations.registration` has tried a Sync."""
        return error.endpoint == "generate_irn" and all(
            entry(fault.code, "IRN").remedy == "sync_gstin"
            for fault in self._faults(error)
        )

    def _ask_for_help(self):
        return self.env._("Show this message to the person who looks after Odoo.")

    def _user_error(self, record, error):
        """The message of an `IrpError` as what Odoo shows for a click."""
        message = self._describe(error)
        return UserError(
            self.env._(
                "%(record)s\n%(message)s",
                record=record.display_name,
                message=message.clicked,
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
            "advice": message.queued_advice or False,
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
        details = document.move_id._get_l10n_in_seller_buyer_party()
        parties = {
            name: details[f"{name}_details"]
            for name in ("buyer", "ship_to", "seller", "dispatch")
        }
        target = entry(error.code).target
        if target not in parties:
            return self.env["account.move"]
        return self._named_party(error, parties) or parties[target]

    def _named_party(self, error, parties):
        """The party whose GSTIN the portal's text names; None if it names none."""
        texts = " ".join(fault.message.upper() for fault in self._faults(error))
        named = set(GSTIN.findall(texts))
        bearers = (one for one in parties.values() if (one.vat or "").upper() in named)
        return next(bearers, None)

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
