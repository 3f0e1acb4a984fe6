from dataclasses import replace

from odoo import models

from ....irp import IrpNotFound
from ....irp.operations import policy, states
from ....irp.reference import IRP_TITLES, irp_holding


class L10nInIrpDocument(models.Model):
    """The IRP that holds a document, if it is not the one that it was sent to.

    The IRPs know of each other's documents: one that is registered elsewhere is refused
    (2295), with the name of its holder. Where the company has access to the holder, the
    document is looked up, cancelled and put on e-way bills there.
    """

    _inherit = "l10n_in.irp.document"

    # ------------------------------------------------------------------
    # Its place
    # ------------------------------------------------------------------

    def _is_unplaced(self):
        return super()._is_unplaced() and not self._is_bound()

    def _is_bound(self):
        """Return whether only a manager's word says that no portal has it: it goes
        where it was sent or uploaded, whose own check for duplicates is certain."""
        is_by_word = self.settled_as == "absent"
        return is_by_word and self._credential_at().role in ("main", "standby")

    def _portal_address(self):
        address = super()._portal_address()
        is_asked = self._is_unanswered() or (
            self._is_cancellation_open() and self.cancel_sent
        )
        if self._is_unplaced() or (is_asked and address):
            return address
        return self._holder_credential().base_url or address

    def _holder_credential(self, irp=""):
        """Return the usable credential at the IRP that holds it: the one that it was
        sent with, if that is the IRP's; empty if there is none.

        :param irp: a code of `IRP_TITLES`; by default that of the answers.
        """
        by_number = not self.base_url and irp_holding("", self.ack_number or "")
        code = irp or self.irp or by_number
        credentials = self.env["l10n_in.irp.credential"]
        asked = self._credential_at() if code and self.base_url else credentials
        if asked and asked._irp() == code:
            return asked
        return credentials._find_holder(self.company_id, self.environment, code)

    def _sending_values(self, base_url, worker):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        values = super()._sending_values(base_url, worker)
        # sent again, it is in nobody's hands
        return values | ({"irp": False} if self.state == states.TO_REGISTER else {})

    # ------------------------------------------------------------------
    # Answers that name its holder
    # ------------------------------------------------------------------

    def _holder_values(self, result):
        """Return the field values of the IRP that later calls have to name."""
        if result.held_by in IRP_TITLES:
            return {"irp": result.held_by}
        is_ours = result.registration and not result.adopted
        return {"irp": False} if is_ours else {}

    def _is_sought_elsewhere(self):
        """Return whether it is looked up where another IRP has sent us: only such a
        document has a holder and no answer of it."""
        return bool(self.irp) and self._is_unanswered()

    def _redirected(self, result):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        target = self._next_holder(result)
        if not target:
            return result, self._held_values(result)
        is_cancel = self._is_cancellation_open()
        state = states.CANCELLING if is_cancel else states.UNKNOWN
        result = replace(
            result,
            state=state,
            wait=policy.NO_TIME,
            unsent=is_cancel and result.state == states.REGISTERED,
        )
        return result, {
            "base_url": target.base_url,
            "in_flight_until": False,
            "advice": self.env._(
                "Odoo looks it up with %s.", IRP_TITLES[result.held_by]
            ),
        }

    def _next_holder(self, result):
        """Return the credential at the IRP that a result names, where the document is
        to be looked up next; empty if there is none.

        One step only: an IRP that was named already sends us to no other one.
        """
        credentials = self.env["l10n_in.irp.credential"]
        if not result.held_by or self.irp or result.registration:
            return credentials
        is_unknown_here = self.state == states.CANCELLING and isinstance(
            result.error, IrpNotFound
        )
        if not (is_unknown_here or result.state == states.CONFLICT):
            return credentials
        target = self._holder_credential(result.held_by)
        return target if target.base_url != self.base_url else credentials

    def _held_values(self, result):
        """Return the error fields of a conflict with another IRP's registration."""
        is_held = result.state == states.CONFLICT and result.held_by in IRP_TITLES
        if not is_held or result.registration:
            return {}
        title = IRP_TITLES[result.held_by]
        if self._is_sought_elsewhere() or self._holder_credential(result.held_by):
            advice = self.env._(
                "Search for the invoice on the portal of %(irp)s. If it is there, "
                "download its signed JSON and import it under e-Invoicing (India) "
                "/ Import e-Invoice JSON. If it is not, ask the e-Invoice helpdesk "
                "which IRP has it. Do not issue the invoice again until then.",
                irp=title,
            )
        else:
            advice = self.env._(
                "This number is registered with %(irp)s, for which there is no IRP "
                "credential. If you have access to it, ask an administrator to add it "
                "under e-Invoicing (India) / Configuration / IRP Credentials, then use "
                "'Fetch from IRP'. Otherwise download the signed JSON there and import "
                "it under e-Invoicing (India) / Import e-Invoice JSON. Do not issue "
                "the invoice again until then.",
                irp=title,
            )
        return {"advice": advice}
