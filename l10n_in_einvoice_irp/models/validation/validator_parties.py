from dataclasses import dataclass, replace

from odoo import models

from ...irp.reference import entry, has_gstin_form
from ...irp.rules import Standing, type_violations
from ..clock import indian_time, indian_today
from .finding import Finding

# standing -> the portal's code for the same fault, whose advice is told
CODES = {
    "unknown": "3028",
    "cancelled": "3074",
    "inactive": "3076",
    "not_yet": "3079",
}


@dataclass(frozen=True)
class Doubt:
    """A party whose GSTIN is doubtful on a document's date.

    :ivar text: the standing in words, and since when we know.
    """

    partner: models.Model
    gstin: str
    standing: Standing
    text: str


class L10nInIrpValidator(models.AbstractModel):
    """What the last records of the GST portal say of a document's parties.

    The portal is never called: posting and checking must not wait for it.
    """

    _inherit = "l10n_in.irp.validator"

    def _party_findings(self, move, invoice, records):
        """What the records say against the parties; blocking if the company chose so,
        because a record may be older than what the portal knows by now.

        :param invoice: the INV-01 document.
        :param records: of `_prefetch_parties` of `l10n_in.irp.taxpayer`.
        """
        doubts = [
            self._doubt_finding(move, doubt) for doubt in self._doubts(move, records)
        ]
        known = records[move.company_id]
        named = {invoice[part]["Gstin"] for part in ("SellerDtls", "BuyerDtls")}
        types = {gstin: known[gstin].taxpayer_type for gstin in named & known.keys()}
        return doubts + [
            self._type_finding(move, invoice, violation)
            for violation in type_violations(invoice, types)
        ]

    def _party_alert(self, move):
        """The banner of an invoice that is not registered yet; None without a doubt."""
        if not self._is_concerned(move):
            return None
        if not (doubts := self._doubts(move, self._records(move))):
            return None
        is_blocking = self._is_blocking(move)
        lines = [f"{doubt.partner.display_name}: {doubt.text}" for doubt in doubts]
        if is_blocking:
            lines.append(
                self.env._(
                    "By your company's choice (Doubtful GSTINs, in the settings) such "
                    "an invoice is not registered at the IRP. Correct the GSTIN, or "
                    "press 'Sync with common portal' on the customer's tab GST portal "
                    "if it is in order again; then register the invoice."
                )
            )
        return {
            "level": "danger" if is_blocking else "warning",
            "message": "\n".join(lines),
            "action_text": self.env._("Open %s", doubts[0].partner.display_name),
            "action": doubts[0].partner._get_records_action(),
        }

    def _records(self, moves):
        return self.env["l10n_in.irp.taxpayer"]._prefetch_parties(moves)

    def _is_concerned(self, move):
        return (
            move.state != "cancel"
            and move.l10n_in_irp_applicable
            and not move.l10n_in_irp_document_id.sudo()._is_at_portal()
            # whoever may not see the records is told nothing of them
            and self.env["l10n_in.irp.taxpayer"].has_access("read")
        )

    @staticmethod
    def _is_blocking(move):
        return move.company_id.l10n_in_irp_gstin_check == "block"

    def _doubts(self, move, records):
        known = records[move.company_id]
        if not known:
            return []
        day = move.invoice_date or indian_today()
        found = (
            self._doubt(move, partner, known[gstin], day)
            for gstin, partner in self._gstin_parties(move).items()
            if gstin in known
        )
        return [doubt for doubt in found if doubt]

    def _doubt(self, move, partner, record, day):
        standing = record._standing_on(day)
        if standing.blocked and not self._has_goods(move):
            # it concerns e-way bills, which services do not need
            standing = Standing(standing.state, standing.since)
        if not standing.doubtful:
            return None
        day = indian_time(record.asked_at).date()
        text = self.env._(
            "GSTIN %(gstin)s: %(standing)s (%(portal)s, %(asked)s)",
            gstin=record.gstin,
            standing=record._standing_text(standing),
            portal=record._portal_label(),
            asked=self.env._("synchronised on %s", day)
            if record.source == "sync"
            else self.env._("asked on %s", day),
        )
        return Doubt(partner, record.gstin, standing, text)

    def _gstin_parties(self, move):
        """GSTIN -> partner: the buyer, and who receives the goods."""
        parties = move._get_l10n_in_seller_buyer_party()
        buyer, ship_to = parties["buyer_details"], parties["ship_to_details"]
        gstin = self.env["l10n_in.irp.payload"]._buyer_gstin(move, buyer)
        found = {(gstin or "").upper(): buyer}
        found.setdefault((ship_to.vat or "").upper(), ship_to)
        return {gstin: one for gstin, one in found.items() if has_gstin_form(gstin)}

    def _has_goods(self, move):
        lines = move.invoice_line_ids.filtered(lambda l: l.display_type == "product")
        return any(
            not move._l10n_in_is_service_hsn(line.l10n_in_hsn_code) for line in lines
        )

    def _doubt_finding(self, move, doubt):
        code = CODES.get(doubt.standing.state, "")
        advice = entry(code).hint if code else self._standing_advice(doubt.standing)
        return Finding(
            record=doubt.partner,
            field=doubt.partner._fields["vat"].get_description(self.env)["string"],
            code=code,
            value=doubt.gstin,
            reason=doubt.text,
            advice=advice,
            blocking=self._is_blocking(move),
        )

    def _type_finding(self, move, invoice, violation):
        finding = self._finding(move, invoice, violation, books=None)
        return replace(finding, blocking=self._is_blocking(move))

    def _standing_advice(self, standing):
        if standing.state == "suspended":
            return self.env._(
                "Ask the customer. If it is active again, press 'Sync with common "
                "portal' on the customer."
            )
        return self.env._(
            "No e-way bill can be made for this GSTIN until the customer has filed the "
            "missing returns. Ask the customer, then press 'Sync with common portal'."
        )
