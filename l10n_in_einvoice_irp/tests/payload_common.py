import contextlib
from datetime import date
from decimal import Decimal
from unittest.mock import patch

from odoo import Command

from .common import TODAY, IrpCommon

HSN = "61149090"
TAXES = (
    *("IgstAmt", "CgstAmt", "SgstAmt"),
    *("CesAmt", "CesNonAdvlAmt", "StateCesAmt", "StateCesNonAdvlAmt"),
)
SUMS = {
    "AssVal": ("AssAmt",),
    "IgstVal": ("IgstAmt",),
    "CgstVal": ("CgstAmt",),
    "SgstVal": ("SgstAmt",),
    "CesVal": ("CesAmt", "CesNonAdvlAmt"),
    "StCesVal": ("StateCesAmt", "StateCesNonAdvlAmt"),
}


def amount(section, *members):
    """The sum of some members of a section, exactly as they are written."""
    return sum((Decimal(str(section[member])) for member in members), Decimal(0))


def sum_breaches(document):
    """Where a document does not add up to the paisa, in words.

    NIC "Generate IRN - API and validations", calculations, without its tolerance.
    """
    items, values = document["ItemList"], document["ValDtls"]
    taxes = () if document["TranDtls"]["RegRev"] == "Y" else TAXES
    pairs = []
    for item in items:
        label = f"item {item['SlNo']}"
        net = amount(item, "TotAmt") - amount(item, "Discount")
        pairs.append((f"{label} AssAmt", amount(item, "AssAmt"), net))
        total = amount(item, "AssAmt", "OthChrg", *taxes)
        pairs.append((f"{label} TotItemVal", amount(item, "TotItemVal"), total))
    for name, members in SUMS.items():
        total = sum(amount(item, *members) for item in items)
        pairs.append((name, amount(values, name), total))
    total = sum(amount(item, "TotItemVal") for item in items)
    total += amount(values, "OthChrg", "RndOffAmt") - amount(values, "Discount")
    pairs.append(("TotInvVal", amount(values, "TotInvVal"), total))
    return [f"{name}: {has} is not {due}" for name, has, due in pairs if has != due]


class PayloadCommon(IrpCommon):
    """Makes invoices of compact descriptions, as the plain accountant.

    A description is a dict; `describe_invoice` and the methods that it calls read it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        precisions = cls.env["decimal.precision"].sudo()
        precisions.search([("name", "=", "Product Unit")]).digits = 4
        # the cases have numbers of their own, which Odoo would read as dates
        cls.env["ir.config_parameter"].sudo().set_param(
            "sequence.mixin.constraint_start_date", "2100-01-01"
        )
        cls.partners = {
            "intra": cls.partner_a,
            "inter": cls.partner_b,
            "foreign": cls.partner_foreign,
            "sez": cls.sez_partner,
        }
        cls.move_kinds = {"invoice": "out_invoice", "credit_note": "out_refund"}

    @contextlib.contextmanager
    def undone(self):
        """Roll back whatever is done inside."""
        with contextlib.ExitStack() as self.stack:
            self.stack.enter_context(contextlib.closing(self.env.cr.savepoint()))
            yield

    # ------------------------------------------------------------------
    # Parts of an invoice
    # ------------------------------------------------------------------

    def state(self, code):
        return self.env.ref(f"base.state_in_{code}")

    def described_partner(self, description):
        """One of the four known by name, or a new one of the values given."""
        if isinstance(description, str):
            return self.partners[description]
        values = dict(description)
        state = self.state(values.pop("state", "gj"))
        parent = values.pop("parent", None)
        return (
            self.env["res.partner"]
            .sudo()
            .create(
                {
                    "street": "1 Station Road",
                    "state_id": state.id,
                    "country_id": state.country_id.id,
                    "parent_id": parent and self.described_partner(parent).id,
                    **values,
                }
            )
        )

    def described_tax(self, description):
        """A tax of the Indian chart by its name there, or a copy of one with other
        values: {"like": name, "amount": 12, "tag": "l10n_in.tax_tag_…"}."""
        chart = self.env["account.chart.template"].sudo()
        if isinstance(description, str):
            return chart.ref(description)
        values = dict(description)
        original = chart.ref(values.pop("like"))
        tag = values.pop("tag", None)
        number = self.env["account.tax"].sudo().search_count([])
        tax = original.copy({"name": f"{original.name} {number}", **values})
        if tag:
            lines = tax.repartition_line_ids
            lines.filtered(
                lambda line: line.repartition_type == "tax"
            ).tag_ids = self.env.ref(tag)
        return tax

    def described_unit(self, code):
        """A unit of measure by the first part of its UQC."""
        units = self.env["uom.uom"].sudo()
        found = units.search([("l10n_in_code", "=like", f"{code}-%")], limit=1)
        return found or units.create(
            {"name": code, "l10n_in_code": f"{code}-{code}", "relative_factor": 1}
        )

    def described_product(self, hsn, unit):
        return (
            self.env["product.product"]
            .sudo()
            .create(
                {
                    "name": f"Goods {hsn}",
                    "l10n_in_hsn_code": hsn,
                    "uom_id": self.described_unit(unit).id,
                    "taxes_id": False,
                }
            )
        )

    def described_line(self, line, defaults):
        """Values of an invoice line; a line without a tax is one without a product."""
        taxes = line.get("taxes", defaults.get("taxes", []))
        values = {
            "name": line.get("name", "Cotton garments") * line.get("name_times", 1),
            "price_unit": line.get("price", 1000),
            "quantity": line.get("quantity", 1),
            "discount": line.get("discount", 0),
            "tax_ids": [Command.set([self.described_tax(one).id for one in taxes])],
        }
        if taxes:
            hsn = line.get("hsn", HSN)
            product = self.described_product(hsn, line.get("unit", "UNT"))
            values["product_id"] = product.id
        return values

    # ------------------------------------------------------------------
    # The invoice
    # ------------------------------------------------------------------

    def described_invoice(self, described, number):
        """An invoice, credit or debit note of its description, posted.

        `of` describes the invoice that a note corrects, `settles` those that a credit
        note of its own was reconciled with.
        """
        self.default_company.sudo().write(described.get("company", {}))
        kind = described.get("kind", "invoice")
        if origin := described.get("of"):
            invoice = self.described_invoice(origin, f"OF/{number}")
            move = self.note_of(invoice, kind)
        else:
            move = self.env["account.move"].create(self.move_values(described))
        move.write({"name": number, **self.late_values(described)})
        move.action_post()
        for index, other in enumerate(described.get("settles", ())):
            self.settle(move, self.described_invoice(other, f"{number}/{index}"))
        return move

    def note_of(self, invoice, kind):
        if kind == "credit_note":
            return invoice._reverse_moves([{"invoice_date": TODAY}])
        wizard = self.env["account.debit.note"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"date": TODAY, "copy_lines": True}).create_debit()
        return invoice.debit_note_ids

    def settle(self, credit_note, invoice):
        lines = (credit_note | invoice).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        lines.reconcile()

    def move_values(self, described):
        """Values to create a move; `values` are those of Odoo's fields as they are."""
        currency = self.described_currency(described)
        rounding = self.env.ref("l10n_in.cash_rounding_in_half_up")
        kind = described.get("kind", "invoice")
        return {
            "move_type": self.move_kinds.get(kind),
            "company_id": self.default_company.id,
            "partner_id": self.described_buyer(described).id,
            "invoice_date": date.fromisoformat(described.get("date", str(TODAY))),
            "currency_id": currency.id,
            "invoice_cash_rounding_id": described.get("round") and rounding.id,
            "invoice_line_ids": [
                Command.create(self.described_line(line, described))
                for line in described["lines"]
                for _time in range(line.get("times", 1))
            ],
            **self.export_values(described),
            **described.get("values", {}),
        }

    def described_buyer(self, described):
        buyer = self.described_partner(described.get("partner", "intra"))
        if values := described.get("partner_values"):
            buyer.sudo().write(values)
        return buyer

    def described_currency(self, described):
        """The company's currency, or another at the rate given (rupees for one)."""
        if "currency" not in described:
            return self.default_company.currency_id
        currency = self.env.ref(f"base.{described['currency']}").sudo()
        currency.active = True
        self.env["res.currency.rate"].sudo().create(
            {
                "currency_id": currency.id,
                "company_id": self.default_company.id,
                "name": "2025-04-01",
                "inverse_company_rate": described["rate"],
            }
        )
        return currency

    def export_values(self, described):
        port = self.env["l10n_in.port.code"].search(
            [("code", "=", described.get("port"))]
        )
        return {"l10n_in_shipping_port_code_id": port.id}

    def late_values(self, described):
        """What `l10n_in` computes from the buyer, where it is described otherwise."""
        values = {}
        if ship_to := described.get("ship_to"):
            values["partner_shipping_id"] = self.described_partner(ship_to).id
        if reseller := described.get("reseller"):
            partner = self.described_partner(reseller)
            values["l10n_in_reseller_partner_id"] = partner.id
        if dispatch := described.get("dispatch"):
            self.dispatch_from(self.described_partner(dispatch))
        return values

    def dispatch_from(self, partner):
        """Goods leave from another address, as `l10n_in_stock` tells it by this
        method of `l10n_in`."""
        self.stack.enter_context(
            patch.object(
                self.env.registry["account.move"],
                "_l10n_in_get_warehouse_address",
                lambda move: partner,
            )
        )
