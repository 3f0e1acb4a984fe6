from odoo import api, fields, models
from odoo.fields import Domain

from ....irp import (
    IrpSignatureError,
    Registration,
    verify_registration,
)
from ...clock import aware, indian_time, now_utc
from ...evidence import permits


class L10nInIrpDocument(models.Model):
    """The IRP's signature of a registration, and how far it was checked."""

    _inherit = "l10n_in.irp.document"

    signature_state = fields.Selection(
        selection=[("verified", "Verified"), ("unchecked", "Not Checked")],
        string="Signature",
        readonly=True,
    )
    signature_note = fields.Char(readonly=True)

    def _signature_values(self, verdict):
        """Return the field values of a registration's verification."""
        return {
            "signature_state": "verified" if verdict.checked else "unchecked",
            "signature_note": self._signature_text(verdict),
        }

    def _signature_text(self, verdict):
        """Return what a user should know about the signature; False if nothing."""
        if not verdict.checked:
            return verdict.message
        return verdict.retired and self.env._(
            "Signed with a retired key: signing key %s is no longer valid.", verdict.kid
        )

    @api.depends("signature_state")
    def _compute_status_tone(self):
        return super()._compute_status_tone()

    def _is_proven(self):
        return super()._is_proven() and self.signature_state != "unchecked"

    @api.depends("signature_state")
    def _compute_proof(self):
        return super()._compute_proof()

    def _proof(self):
        return super()._proof() or self.signature_state

    @api.model
    def _signature_domain(self, proofs):
        # EXTENDS 'l10n_in.irp.submission.mixin'
        by_signature = set(proofs) & {"verified", "unchecked"}
        return Domain("signature_state", "in", by_signature)

    def _signature_sql(self, alias, query):
        return self._field_to_sql(alias, "signature_state", query)

    def _signature_warning(self):
        """Return the mark on everything that shows an unchecked registration; else
        ""."""
        if self.signature_state != "unchecked":
            return ""
        return self.env._("IRP signature not checked")

    def _check_signature(self):
        """Check signatures that could not be checked when the answer came."""
        for document in self.sudo():
            keys = document.company_id._l10n_in_irp_signing_keys(document.environment)
            try:
                verdict = document._verify_again(keys)
            except IrpSignatureError as error:
                document.signature_note = self.env._(
                    "The IRP's signature is not valid: %s. Contact the e-Invoice "
                    "helpdesk before you rely on the IRN.",
                    error,
                )
                continue
            if verdict.checked:
                values = document._signature_values(verdict)
                with permits.permitted(document, values):
                    document.write(values)

    def _verify_again(self, keys):
        """Return what the present keys say about the stored registration.

        The response to Generate IRN is judged at the time when it came, everything else
        at its time of signing.

        :raises IrpSignatureError: its signature is not valid.
        """
        registration = Registration(
            self.irn,
            self.ack_number,
            indian_time(self.ack_date),
            self.signed_invoice,
            self.signed_qr,
        )
        is_generated = self.received_at and not self.adopted
        return verify_registration(
            registration,
            keys,
            received_at=aware(self.received_at) if self.received_at else now_utc(),
            kind="generated" if is_generated else "looked_up",
            expected_irn=self.irn,
        )

    def _note_retired_key(self, verdict):
        """Record who confirmed that a key which has expired signed it."""
        if not (verdict.checked and verdict.retired):
            return
        confirmed = self.env._(
            "Confirmed by %(user)s on %(date)s.",
            user=self.env.user.name,
            date=self._shown_time(fields.Datetime.now()),
        )
        note = f"{self.signature_note} {confirmed}"
        self.signature_note = note
        with permits.recorded_messages():
            self.move_id.message_post(body=note, subtype_xmlid="mail.mt_note")
