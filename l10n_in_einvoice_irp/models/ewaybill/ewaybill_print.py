from odoo import fields, models
from odoo.tools.image import image_data_uri

from ...irp.document import ewaybill_content, ewaybill_qr_text
from ..clock import indian_time, printed_time
from ..rights import READERS


class L10nInIrpEwaybill(models.Model):
    """The portal's content of an e-way bill, for its print."""

    _inherit = "l10n_in.irp.ewaybill"

    request = fields.Text(
        string="Transport Details as Sent",
        groups=READERS,
        help="Empty if another system sent them.",
    )

    def _sent(self):
        """Return the transport details that the portal received; empty if unknown."""
        return self._sent_request() or {}

    def _sent_request(self):
        # those sent with the IRN are a part of that request
        sent = super()._sent_request()
        return sent and sent.get("EwbDtls", sent)

    def _content(self):
        """Return the content of the portal's e-way bill, whatever has changed in
        Odoo."""
        return ewaybill_content(self._registered_invoice() or {}, self._sent())

    # ------------------------------------------------------------------
    # Records of the e-way bill system
    # ------------------------------------------------------------------

    def _generator(self):
        """Return the GSTIN that generated it; "" if it is not known."""
        return self._sent_as() or ""

    def _portal_bill(self):
        """Return the e-way bill system's record, `irp.protocol.ewaybill.Bill`; None if
        Odoo has none that is up to date."""

    def _last_portal_bill(self):
        """Return that record even if the e-way bill was changed since; None if it was
        never fetched."""

    def _transport_now(self, transport):
        """Return transport details with the changes that were made since.

        :param transport: as generated, or as fetched, with the names of the request.
        """
        return transport

    def _part_b_history(self):
        """Return the entries of Part B as `irp.document.Movement`, newest first; None
        if Odoo knows only what it sent at the generation."""

    def _printed_groups(self):
        """Return the groups of its movement by several vehicles, as they are
        printed."""
        return []

    def _trip_sheets(self):
        """Return the consolidated e-way bills that these travel under, each once, as
        `irp.protocol.ewaybill.TripSheet`."""
        return ()

    # ------------------------------------------------------------------
    # The print
    # ------------------------------------------------------------------

    def _check_printable(self):
        """Refuse to print what Odoo does not know. For extensions.

        :raises UserError: with the reason, and what to do.
        """

    def _print_values(self):
        """Return the values printed on the e-way bill; times are Indian.

        The QR code holds number, generator and time, as on prints of the e-way bill
        system.
        """
        self.ensure_one()
        document = self.document_id.sudo()
        moment = self.ewb_date and indian_time(self.ewb_date)
        gstin = self._generator()
        text = ewaybill_qr_text(self.number, gstin, moment)
        content = self._content()
        return {
            "number": self.number,
            "gstin": gstin,
            "date": printed_time(self.ewb_date),
            "valid_until": printed_time(self.valid_until),
            "qr": image_data_uri(document._qr_base64(text)) if self.number else "",
            "by_hand": self._settlement_print_note(),
            "content": content,
            "transport": content.transport,
            "distance": content.transport.get("Distance") or self.portal_distance,
        }
