from dataclasses import replace

from odoo import models

from ...irp.reference import has_gstin_form
from ...irp.rules import Standing, type_violations
from ..clock import indian_time, indian_today
from .finding_kinds import KINDS


class L10nInIrpValidator(models.AbstractModel):
    """Checks a document's parties against the last records of the GST portal.

    The portal is never called: posting and checking must not wait for it.
    """

    _inherit = "l10n_in.irp.validator"

    def _party_findings(self, move, invoice, records):
        """Return the findings on the parties; they block only if the company chose so,
        because the portal may know more than the last record.

        :param invoice: the INV-01 document.
        :param records: from `_prefetch_parties` of `l10n_in.irp.taxpayer`.
        """
        known = records[move.company_id]
        named = {invoice[part]["Gstin"] for part in ("SellerDtls", "BuyerDtls")}
        types = {gstin: known[gstin].taxpayer_type for gstin in named & known.keys()}
        return self._doubts(move, records) + [
            self._type_finding(move, invoice, violation)
            for violation in type_violations(invoice, types)
        ]

    def _party_alert(self, move):
        """Return the banner of an unregistered invoice, in the form of `account`'s
        alerts; None if no GSTIN is doubtful."""
        if not self._is_concerned(move):
            return None
        if not (doubts := self._doubts(move, self._records(move))):
            return None
        is_blocking = self._is_blocking(move)
        lines = [f"{doubt.record.display_name}: {doubt.reason}" for doubt in doubts]
        if is_blocking:
            lines.append(
                self.env._(
                    "By your company's setting 'Inactive GSTINs', this invoice is not "
                    "registered. Correct the GSTIN. Or, if it is active again, press "
                    "'Sync with GST Common Portal' on the customer (tab GST Portal). "
                    "Then register the invoice."
                )
            )
        return {
            "level": "danger" if is_blocking else "warning",
            "message": "\n".join(lines),
            "action_text": self.env._("Open %s", doubts[0].record.display_name),
            "action": doubts[0].record._get_records_action(),
        }

    def _records(self, moves):
        return self.env["l10n_in.irp.taxpayer"]._prefetch_parties(moves)

    def _is_concerned(self, move):
        return (
            move.state != "cancel"
            and move.l10n_in_irp_applicable
            and not move.l10n_in_irp_document_id.sudo()._is_at_portal()
            # users without access to the records do not see them
            and self.env["l10n_in.irp.taxpayer"].has_access("read")
        )

    @staticmethod
    def _is_blocking(move):
        return move.company_id.l10n_in_irp_gstin_check == "block"

    def _doubts(self, move, records):
        """Return a finding for each party whose GSTIN is doubtful on that date."""
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
            # concerns e-Way Bills, which services do not need
            standing = Standing(standing.state, standing.since)
        if not standing.doubtful:
            return None
        kind = f"gstin_{standing.state}"
        finding = self._finding_of(
            kind if kind in KINDS else "gstin_blocked",
            partner,
            "vat",
            value=record.gstin,
            gstin=record.gstin,
            standing=record._standing_text(standing),
            portal=record._portal_label(),
            asked=self._asked_text(record),
        )
        return replace(finding, blocking=self._is_blocking(move))

    def _asked_text(self, record):
        day = indian_time(record.asked_at).date()
        if record.source == "sync":
            return self.env._("synchronised on %s", day)
        return self.env._("checked on %s", day)

    def _gstin_parties(self, move):
        """Return GSTIN -> partner: the buyer, and the recipient of the goods."""
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

    def _type_finding(self, move, invoice, violation):
        finding = self._finding(move, invoice, violation, cache=None)
        return replace(finding, blocking=self._is_blocking(move))
