import contextlib
from datetime import date
from decimal import Decimal
from unittest.mock import patch

from odoo import Command

from ..common import TODAY, IrpCommon

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
    """Return the sum of some members of a section, exactly as they are written."""
    return sum((Decimal(str(section[member])) for member in members), Decimal(0))


def sum_breaches(document):
    """Return where a document does not add up to the paisa, in words.

    NIC "Generate IRN - API and validations", calculations, without its tolerance; by
    item rule 9 the taxes may be left out under reverse charge.
    """
    items, values = document.get("ItemList", []), document["ValDtls"]
    untaxed = document["TranDtls"]["RegRev"] == "Y"
    pairs = []
    for item in items:
        label = f"item {item['SlNo']}"
        net = amount(item, "TotAmt") - amount(item, "Discount")
        pairs.append((f"{label} AssAmt", amount(item, "AssAmt"), net))
        bare, total = amount(item, "AssAmt", "OthChrg"), amount(item, "TotItemVal")
        due = bare if untaxed and total == bare else bare + amount(item, *TAXES)
        pairs.append((f"{label} TotItemVal", total, due))
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

    today = TODAY

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        precisions = cls.env["decimal.precision"].sudo()
        precisions.search([("name", "=", "Product Unit")]).digits = 4
        # the cases' numbers look like dates to Odoo
        cls.env["ir.config_parameter"].sudo().set_param(
            "sequence.mixin.constraint_start_date", "2100-01-01"
        )
        cls.partners = {
            "intra": cls.partner_a,
            "inter": cls.partner_b,
            "foreign": cls.partner_foreign,
            "sez": cls.sez_partner,
        }
        # records shared by many descriptions are made once
        cls.taxes = cls.retail_taxes()
        cls.products = {(HSN, "UNT"): cls.make_product(HSN, "UNT")}

    @contextlib.contextmanager
    def undone(self):
        """Roll back everything done inside."""
        with contextlib.ExitStack() as self.stack:
            self.stack.enter_context(contextlib.closing(self.env.cr.savepoint()))
            yield

    # ------------------------------------------------------------------
    # Parts of an invoice
    # ------------------------------------------------------------------

    @classmethod
    def make_tax(cls, like, tag=None, **values):
        """Return a copy of a tax of the Indian chart, of another kind if a tag is
        given."""
        original = cls.env["account.chart.template"].sudo().ref(like)
        number = cls.env["account.tax"].sudo().search_count([])
        tax = original.copy({"name": f"{original.name} {number}", **values})
        if tag:
            lines = tax.repartition_line_ids
            lines.filtered(
                lambda line: line.repartition_type == "tax"
            ).tag_ids = cls.env.ref(tag)
        return tax

    @classmethod
    def retail_taxes(cls):
        """Return taxes of 40 % on the retail sale price, by their name in a
        description."""
        return {
            "retail_igst": cls.retail_tax("igst_sale_40", 40),
            "retail_halves": cls.retail_tax("cgst_sale_20", 20)
            | cls.retail_tax("sgst_sale_20", 20),
            "retail_lut": cls.retail_tax("igst_sale_40_sez_lut", 40),
            "retail_export": cls.retail_tax("igst_sale_40_sez_exp", 40),
            "retail_rc": cls.retail_tax("igst_sale_18_rc", 40),
        }

    @classmethod
    def retail_tax(cls, like, rate):
        return cls.make_tax(
            like,
            amount_type="code",
            amount=rate,
            formula=f"quantity * product.l10n_in_irp_retail_price * {rate} / 140",
        )

    @classmethod
    def make_product(cls, hsn, unit, **values):
        """Return a product by its HSN and the first part of its UQC."""
        products = cls.env["product.product"].sudo()
        return products.create(
            {
                "name": f"Goods {hsn}",
                "l10n_in_hsn_code": hsn,
                "uom_id": cls.unit_of(unit).id,
                "taxes_id": False,
                **values,
            }
        )

    @classmethod
    def unit_of(cls, uqc):
        """Return a unit of measure by the first part of its UQC."""
        units = cls.env["uom.uom"].sudo()
        found = units.search([("l10n_in_code", "=like", f"{uqc}-%")], limit=1)
        return found or units.create({"name": uqc, "l10n_in_code": f"{uqc}-{uqc}"})

    def described_partner(self, description):
        """Return one of the four named partners, or a new one with the values given."""
        if isinstance(description, str):
            return self.partners[description]
        values = dict(description)
        state = self.env.ref(f"base.state_in_{values.pop('state', 'gj')}")
        parent = values.pop("parent", None)
        partners = self.env["res.partner"].sudo()
        return partners.create(
            {
                "street": "1 Station Road",
                "state_id": state.id,
                "country_id": state.country_id.id,
                "parent_id": parent and self.described_partner(parent).id,
                **values,
            }
        )

    def described_tax(self, description):
        """Return a tax by its name in the Indian chart, or a copy of one with other
        values: {"like": name, "amount": 12, "tag": "l10n_in.tax_tag_…"}."""
        if not isinstance(description, str):
            return self.make_tax(**description)
        if description not in self.taxes:
            chart = self.env["account.chart.template"].sudo()
            self.taxes[description] = chart.ref(description)
        return self.taxes[description]

    def described_line(self, line, defaults):
        """Return values of an invoice line. A line without a tax has no product, nor
        has one whose `values` name its HSN. With `hsn` "" its product has no HSN."""
        taxes = line.get("taxes", defaults.get("taxes", []))
        values = {
            "name": line.get("name", "Cotton garments") * line.get("name_times", 1),
            "price_unit": line.get("price", 1000),
            "quantity": line.get("quantity", 1),
            "discount": line.get("discount", 0),
            "tax_ids": [Command.set(self.described_tax_ids(taxes))],
            **line.get("values", {}),
        }
        product_taxes = line.get("product_taxes", [])
        if (taxes or product_taxes) and "l10n_in_hsn_code" not in values:
            values["product_id"] = self.described_product(line, product_taxes).id
        if uqc := line.get("sold_in"):
            values["product_uom_id"] = self.unit_of(uqc).id
        return values

    def described_tax_ids(self, taxes):
        return [tax_id for one in taxes for tax_id in self.described_tax(one).ids]

    def described_product(self, line, taxes):
        key = (line.get("hsn", HSN), line.get("unit", "UNT"))
        if price := line.get("retail_price"):
            product = self.make_product(*key, l10n_in_irp_retail_price=price)
        elif "uom" in line:
            product = self.make_product(*key)
            units = self.env["uom.uom"].sudo()
            product.uom_id = units.create({"name": line["uom"]})
        else:
            product = self.products.get(key) or self.make_product(*key)
        if taxes:
            product = self.make_product(*key)
            product.taxes_id = [Command.set(self.described_tax_ids(taxes))]
        return product

    # ------------------------------------------------------------------
    # The invoice
    # ------------------------------------------------------------------

    def described_invoice(self, described, number):
        """Return an invoice, credit or debit note of its description, posted.

        `settles` describes those that a credit note was reconciled with.
        """
        move = self.described_draft(described, number)
        move.action_post()
        for index, other in enumerate(described.get("settles", ())):
            self.settle(move, self.described_invoice(other, f"{number}/{index}"))
        return move

    def described_draft(self, described, number):
        """Return the draft of a description; `of` describes the invoice that a note
        corrects."""
        self.default_company.sudo().write(described.get("company", {}))
        kind = described.get("kind", "invoice")
        if origin := described.get("of"):
            invoice = self.described_invoice(origin, f"OF/{number}")
            move = self.note_of(invoice, kind)
        else:
            move = self.env["account.move"].create(self.move_values(described))
        move.write({"name": number, **self.late_values(described)})
        return move

    def note_of(self, invoice, kind):
        if kind == "credit_note":
            return invoice._reverse_moves([{"invoice_date": self.today}])
        wizard = self.env["account.debit.note"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"date": self.today, "copy_lines": True}).create_debit()
        return invoice.debit_note_ids

    def settle(self, credit_note, invoice):
        lines = (credit_note | invoice).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        lines.reconcile()

    def move_values(self, described):
        """Return values to create a move; `values` are those of Odoo's fields as they
        are."""
        currency = self.described_currency(described)
        is_credit = described.get("kind") == "credit_note"
        return {
            "move_type": "out_refund" if is_credit else "out_invoice",
            "company_id": self.default_company.id,
            "partner_id": self.described_buyer(described).id,
            "invoice_date": date.fromisoformat(described.get("date", str(self.today))),
            "currency_id": currency.id,
            "invoice_cash_rounding_id": self.described_rounding(described).id,
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
        """Return the company's currency, or another at the rate given (rupees for
        one)."""
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

    def described_rounding(self, described):
        """Return rounding to one rupee: true, or the strategy to book the
        difference."""
        rounding = self.env.ref("l10n_in.cash_rounding_in_half_up").sudo()
        wanted = described.get("round")
        if isinstance(wanted, str):
            rounding.strategy = wanted
        return rounding if wanted else rounding.browse()

    def export_values(self, described):
        port = self.env["l10n_in.port.code"].search(
            [("code", "=", described.get("port"))]
        )
        return {"l10n_in_shipping_port_code_id": port.id}

    def late_values(self, described):
        """Return values that `l10n_in` computes from the buyer, where described
        otherwise."""
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
        """Let goods leave from another address, as `l10n_in_stock` does with this
        method of `l10n_in`."""
        self.stack.enter_context(
            patch.object(
                self.env.registry["account.move"],
                "_l10n_in_get_warehouse_address",
                lambda move: partner,
            )
        )
