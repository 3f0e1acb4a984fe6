from odoo import models

from ...models.banner.repairable import COUNTERPARTS, PLACES, repair_of
from ...models.validation.finding import Finding, TranslatableText


class L10nInIrpRepair(models.TransientModel):
    """The rows of the dialog: what is wrong, where, and what the user may change."""

    _inherit = "l10n_in.irp.repair"

    def _faults(self, move):
        """Return what our checks find now, and what the portal refused."""
        document = move.l10n_in_irp_document_id.sudo()
        refused = [
            Finding(
                record=record,
                field_name=field_name,
                kind="refused_by_portal",
                rule=TranslatableText(document.error or ""),
                code=document.error_code or "",
            )
            for record, field_name in document._refused_places()
        ]
        return [*self.env["l10n_in.irp.validator"]._faults(move), *refused]

    def _rows(self, move, faults):
        """Return the values of the lines: one for each field, and for the other field
        that may be the wrong one."""
        rows = {}
        for finding in faults:
            if not repair_of(finding):
                continue
            self._add_row(rows, move, finding, finding.field_name)
            if other := COUNTERPARTS.get(finding.kind):
                self._add_row(rows, move, finding, other)
        return list(rows.values())

    def _add_row(self, rows, move, finding, field_name):
        kind = PLACES[finding.record._name, field_name]
        record = self._target(move, finding.record, kind)
        if kind == "uqc":
            field_name = "l10n_in_irp_uqc"
        key = (self._row_owner(record, kind), field_name)
        if key in rows:
            return
        rows[key] = {
            "res_model": record._name,
            "res_id": record.id,
            "field_name": field_name,
            "kind": kind,
            "record_name": self._row_name(finding, record, kind),
            "field_label": self.env["l10n_in.irp.validator"]._label(record, field_name),
            "reason": finding.reason,
            **self._first_value(record, field_name, kind),
            **self._scope(record, kind),
        }

    @staticmethod
    def _target(move, record, kind):
        """Return the record that a row is about: for a unit, a line that has it; for a
        GSTIN, the firm of a contact."""
        if kind == "gstin":
            return record.commercial_partner_id
        if record._name != "uom.uom":
            return record
        return move.invoice_line_ids.filtered(lambda one: one.product_uom_id == record)[
            :1
        ]

    @staticmethod
    def _row_owner(record, kind):
        """Return what gets one row: the product or unit of several lines, else the
        record."""
        if record._name != "account.move.line":
            return record
        owner = record.product_uom_id if kind == "uqc" else record.product_id
        return owner or record

    def _row_name(self, finding, record, kind):
        if kind == "uqc" and record.product_uom_id:
            return record.product_uom_id.display_name
        return finding.place

    def _first_value(self, record, field_name, kind):
        """Return the value that the row begins with: the current one, or a proposal."""
        current = record[field_name]
        if kind == "state":
            state = current or self._state_of_gstin(record)
            return {"state_id": state.id}
        if kind == "uqc":
            return {"uqc": current}
        if kind == "hsn" and not current:
            current = record.product_id.l10n_in_hsn_code
        return {"text_value": current}

    def _state_of_gstin(self, partner):
        code = (partner.vat or "")[:2]
        domain = [("country_id.code", "=", "IN"), ("l10n_in_tin", "=", code)]
        return self.env["res.country.state"].search(domain, limit=1)

    def _scope(self, record, kind):
        """Return where the value is written, and what the user may not change."""
        if record._name != "account.move.line":
            return self._master_scope(record)
        master = record.product_uom_id if kind == "uqc" else record.product_id
        if not master:
            return {"scope": "invoice"}
        if kind == "uqc" and master.l10n_in_code:
            # the e-Invoice takes the unit's code, even a wrong one
            return self._master_scope(master)
        scope = {"master_name": master.display_name, "also_master": True}
        if master.has_access("write"):
            return {"scope": "both", **scope}
        note = self.env._(
            "Written on invoices only: you may not change %s.", master.display_name
        )
        return {"scope": "alike", "note": note, **scope}

    def _master_scope(self, record):
        ask = self.env["l10n_in.irp.validator"]._whom_to_ask(record)
        common = self.env._("On %s, for all its invoices.", record.display_name)
        return {"scope": "master", "is_locked": bool(ask), "note": ask or common}
