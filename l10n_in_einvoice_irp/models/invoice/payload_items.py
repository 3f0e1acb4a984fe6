import functools
from typing import Any, NamedTuple

from odoo import models
from odoo.tools.float_utils import json_float_round

from ...irp.document import (
    Line,
    clean_identifier,
    clean_text,
    fit_quantity,
    fold_negative,
)
from ...irp.reference import is_service_code
from ..clock import indian_time
from .account_move_line import CHARGE, ITEM, PAYMENT, ROLES, ROUNDING
from .payload_taxes import CESSES, TAX_AMOUNTS, TAXES, TCS, TaxFacts
from .special_products import special_products

# An advance has no quantity; the goods are reported with theirs.
ADVANCE_UNIT = "OTH"
NO_UNIT = "OTH"


class Lines(NamedTuple):
    """The lines of an invoice by their role in its document.

    :ivar products: all except sections, notes, taxes and cash rounding.
    :ivar items: serial number -> line, numbered as printed.
    :ivar charges: lines without GST that are charges or discounts of the document.
    :ivar payments: gift cards and advances that pay, and do not reduce the supply.
    :ivar roundings: cash rounding, and typed lines of less than a rupee.
    """

    products: models.Model
    items: dict
    charges: models.Model
    payments: models.Model
    roundings: models.Model


class BuildCache(NamedTuple):
    """Values computed once per run over several invoices.

    :ivar taxes: (taxes of a line, zero rated) -> TaxFacts.
    :ivar lines: invoice -> Lines.
    :ivar taxed: invoice -> id of a line -> Odoo's `base_line` with its taxes.
    :ivar parties: invoice -> its parties, as `l10n_in` names them.
    :ivar lots: invoice -> the lots of its goods by product.
    :ivar special: returns the products that are not goods.
    """

    taxes: Any
    lines: Any
    taxed: Any
    parties: Any
    lots: Any
    special: Any


class ItemSource(NamedTuple):
    """An invoice line and the derived values of its item.

    :ivar sign: -1 where Odoo books the sale as a credit, so that figures are positive.
    :ivar rate: GST rate of the line in percent; None if unknown.
    :ivar sums: member of the item -> taxes of the line in rupees.
    :ivar lots: the lots of the line's product.
    :ivar is_advance: it is a down payment.
    :ivar spreads: a negative line that reduces all items at its rates.
    """

    line: models.Model
    serial: int
    sign: int
    facts: TaxFacts
    rate: float | None
    sums: dict
    lots: Any
    is_advance: bool
    spreads: bool


class L10nInIrpPayload(models.AbstractModel):
    """The amounts of an INV-01 document: ItemList and ValDtls.

    Every total is the sum of the items, so that the portal's sum rules (2182 to 2189)
    hold whatever the rounding.
    """

    _inherit = "l10n_in.irp.payload"

    def _new_build_cache(self):
        """Return a cache for one run over invoices, valid until somebody writes."""
        taxes = self._tax_facts_cache()
        special = functools.cache(lambda: special_products(self.env))
        lines = functools.cache(lambda move: self._lines(move, taxes, special))
        return BuildCache(
            taxes=taxes,
            lines=lines,
            taxed=functools.cache(
                lambda move: self._base_lines(move, lines(move).products)
            ),
            parties=functools.cache(
                lambda move: move._get_l10n_in_seller_buyer_party()
            ),
            lots=functools.cache(self._lots_by_product),
            special=special,
        )

    # ------------------------------------------------------------------
    # Lines
    # ------------------------------------------------------------------

    def _lines(self, move, tax_book, special):
        zero_rated = self._is_zero_rated(move)
        ids, items = {role: [] for role in ROLES}, {}
        products = move.invoice_line_ids.filtered(lambda l: l.display_type == "product")
        for serial, line in enumerate(products, start=1):
            role = line._l10n_in_irp_role(tax_book(line.tax_ids, zero_rated), special)
            ids[role].append(line.id)
            if role == ITEM:
                items[serial] = line
        cash_roundings = move.line_ids.filtered(lambda l: l.display_type == "rounding")
        return Lines(
            products=products,
            items=items,
            charges=products.browse(ids[CHARGE]),
            payments=products.browse(ids[PAYMENT]),
            roundings=cash_roundings | products.browse(ids[ROUNDING]),
        )

    # ------------------------------------------------------------------
    # Items
    # ------------------------------------------------------------------

    def _prepare_items(self, move, cache):
        """Return ItemList, without the lines that stand for the whole document.

        Negative lines are folded into positive ones; a line that cannot be absorbed
        stays, for the checks to report.
        """
        return fold_negative(
            Line(
                self._prepare_item(source),
                spreads=source.spreads,
                absorbs=source.is_advance,
                reverse_charge=source.facts.reverse_charge,
            )
            for source in self._item_sources(move, cache)
        )

    def _item_sources(self, move, cache):
        taxed, lots = cache.taxed(move), cache.lots(move)
        sign, zero_rated = self._sign(move), self._is_zero_rated(move)
        for serial, line in cache.lines(move).items.items():
            facts = cache.taxes(line.tax_ids, zero_rated)
            is_advance = line._l10n_in_irp_is_advance(cache.special)
            yield ItemSource(
                line=line,
                serial=serial,
                sign=sign,
                facts=facts,
                rate=self._line_rate(line, facts, taxed[line.id]),
                sums=self._tax_sums(taxed[line.id], facts.members),
                lots=lots.get(line.product_id),
                is_advance=is_advance and not line._l10n_in_irp_is_reducing(),
                spreads=line._l10n_in_irp_spreads(cache.special),
            )

    def _prepare_item(self, source):
        line = source.line
        name = line.name or line.product_id.name  # an advance at the till has no name
        item = {
            "SlNo": str(source.serial),
            "PrdDesc": clean_text(name, longest=300, shortest=3),
            **self._prepare_classification(line),
            "Barcde": self._barcode(line.product_id),
            **self._prepare_prices(source),
            **source.facts.rates,
            "GstRt": source.rate,
            **{member: source.sums[member] for member in TAX_AMOUNTS},
            "BchDtls": self._prepare_bch_dtls(source),
            "AttribDtls": self._prepare_attrib_dtls(line),
        }
        charged = ("AssAmt", "OthChrg")
        if not source.facts.reverse_charge:
            charged += TAXES + CESSES
        item["TotItemVal"] = self._sum(map(item.get, charged))
        return item

    def _barcode(self, product):
        return clean_identifier(product.barcode, longest=30, shortest=3)

    def _prepare_classification(self, line):
        hsn = line._l10n_in_irp_hsn()
        return {"IsServc": "Y" if is_service_code(hsn) else "N", "HsnCd": hsn}

    def _prepare_prices(self, source):
        """Return gross price and discount such that the printed invoice and the IRP
        agree."""
        line = source.line
        quantity, unit_price = self._quantity_and_price(source)
        taxable = self._taxable(source)
        gross = self._gross_amount(line, taxable, unit_price * quantity)
        unit = self._unit(source)
        fitted, unit_price, fitted_unit = fit_quantity(
            quantity, unit_price, unit, gross
        )
        free = line.l10n_in_irp_free_quantity
        if free and fitted_unit != unit:
            free *= fitted / quantity
        return {
            "Qty": fitted,
            "FreeQty": self._rounded(free, 3) if free else None,
            "Unit": fitted_unit,
            "UnitPrice": unit_price,
            "TotAmt": gross,
            "Discount": self._sum([gross, -taxable]),
            "AssAmt": taxable,
        }

    def _unit(self, source):
        """Return the UQC of the line. A unit of measure without one is left out and
        reported by the checks, rather than sent as OTH unnoticed."""
        if source.is_advance:
            return ADVANCE_UNIT
        line = source.line
        if not line.product_uom_id:
            return line.l10n_in_irp_uqc or NO_UNIT
        uqc = (line.product_uom_id.l10n_in_code or "").split("-")[0]
        return uqc or line.l10n_in_irp_uqc or ""

    def _taxable(self, source):
        """Return the taxable value in rupees, as booked."""
        return self._sum([source.sign * source.line.balance])

    def _gross_amount(self, line, taxable, listed):
        """Return the amount before the line's discount. Rounding in another currency is
        not a discount, nor is a surcharge (a negative one)."""
        if line.discount <= 0:
            return taxable
        listed = self._rounded(listed)
        return max(listed, taxable) if taxable >= 0 else min(listed, taxable)

    def _lots_by_product(self, move):
        """Return product -> the lots of its goods on an invoice.

        Only with an addon that links invoices to stock (`sale_stock` and others extend
        `_get_invoiced_lot_values`).
        """
        find_lots = getattr(move, "_get_invoiced_lot_values", None)
        if not find_lots:
            return {}
        # as for Odoo's own print, users who write invoices need no access to stock
        lots = (
            self.env["stock.lot"]
            .sudo()
            .browse(values["lot_id"] for values in find_lots() if values.get("lot_id"))
        )
        return lots.grouped("product_id")

    def _prepare_bch_dtls(self, source):
        """Return the batch of the goods, if all come from one lot."""
        lots = source.lots
        if not lots or len(lots) > 1:
            return None
        name = self._batch(lots)
        return {"Nm": name, "ExpDt": self._expiry(lots)} if name else None

    def _batch(self, lot):
        return clean_identifier(lot.name, longest=20, shortest=3)

    def _expiry(self, lot):
        """Return the expiry date of a lot in India, with `product_expiry` installed."""
        expires_at = getattr(lot, "expiration_date", None)
        if not expires_at:
            return None
        return self._date(indian_time(expires_at))

    def _prepare_attrib_dtls(self, line):
        """Return free attributes, as a list of {"Nm": …, "Val": …}. For extensions."""
        return

    def _quantity_and_price(self, source):
        """Return quantity, and price before discount and tax in rupees; neither is
        negative when both were, as in a returned free sample."""
        quantity, price = source.line.quantity, self._unit_price(source)
        if source.is_advance:
            return 1.0, price * quantity
        if price < 0 and quantity < 0:
            return -quantity, -price
        return quantity, price

    def _unit_price(self, source):
        """Return the price before discount and tax, including a surcharge (a negative
        discount)."""
        line = source.line
        discount = line.discount / 100
        rate = line.move_id.invoice_currency_rate
        if not source.facts.price_included:
            price = line.price_unit / rate
        elif discount == 1 or not line.quantity:
            price = self._price_without_tax(line) / rate
        else:
            price = source.sign * line.balance / (1 - discount) / line.quantity
        return price * (1 - min(discount, 0))

    def _price_without_tax(self, line):
        """Return the price less the taxes included in it, in the invoice's currency."""
        computed = line.tax_ids.compute_all(
            line.price_unit, line.currency_id, 1, line.product_id, line.partner_id
        )
        return computed["total_excluded"]

    @staticmethod
    def _rounded(amount, digits=2):
        """Return a rounded number for the document, never -0.0."""
        return json_float_round(amount, digits) + 0.0

    @staticmethod
    def _sum(amounts):
        """Return the sum rounded to paise, without the noise of binary fractions; never
        -0.0."""
        return round(sum(amounts), 2) + 0.0

    @staticmethod
    def _sign(move):
        """Return the sign that makes figures positive: Odoo books sales as credits."""
        return -1 if move.is_inbound() else 1

    # ------------------------------------------------------------------
    # Totals
    # ------------------------------------------------------------------

    def _prepare_val_dtls(self, move, items, cache):
        lines = cache.lines(move)
        charges = [self._charge(line, cache) for line in lines.charges]

        def total(*members):
            return self._sum(item[member] for item in items for member in members)

        values = {
            "AssVal": total("AssAmt"),
            "CgstVal": total("CgstAmt"),
            "SgstVal": total("SgstAmt"),
            "IgstVal": total("IgstAmt"),
            "CesVal": total("CesAmt", "CesNonAdvlAmt"),
            "StCesVal": total("StateCesAmt", "StateCesNonAdvlAmt"),
            "Discount": self._sum([-min(charge, 0.0) for charge in charges]),
            "OthChrg": self._sum(
                [*(max(charge, 0.0) for charge in charges), self._tcs(move, cache)]
            ),
            "RndOffAmt": self._sum_balance(move, lines.roundings),
        }
        values["TotInvVal"] = self._sum(
            [
                total("TotItemVal"),
                -values["Discount"],
                values["OthChrg"],
                values["RndOffAmt"],
            ]
        )
        values["TotInvValFc"] = self._foreign_total(move, values["TotInvVal"])
        return values

    def _sum_balance(self, move, lines):
        return self._sum([self._sign(move) * sum(lines.mapped("balance"))])

    def _charge(self, line, cache):
        """Return the amount of a charge of the document, with the fees on it, in
        rupees."""
        borne = self._line_sums(line, cache)["OthChrg"]
        return self._sum([self._sign(line.move_id) * line.balance, borne])

    def _tcs(self, move, cache):
        """Return the tax collected at source on all lines (NIC's FAQ:
        ValDtls.OthChrg)."""
        lines, zero_rated = cache.lines(move), self._is_zero_rated(move)
        return self._sum(
            self._line_sums(line, cache)[TCS]
            for line in lines.products
            if TCS in cache.taxes(line.tax_ids, zero_rated).members.values()
            and line not in lines.payments
        )

    def _paid_by_lines(self, move, cache):
        """Return the amount that gift cards and unregistered advances pay, taxes
        included, in rupees."""
        payments = cache.lines(move).payments
        sums = [self._line_sums(line, cache) for line in payments]
        balance = self._sum_balance(move, payments)
        return -self._sum([balance, *(sum(each.values()) for each in sums)])

    def _line_sums(self, line, cache):
        move = line.move_id
        members = cache.taxes(line.tax_ids, self._is_zero_rated(move)).members
        return self._tax_sums(cache.taxed(move)[line.id], members)

    def _foreign_total(self, move, total):
        """Return the total in the invoice's currency: the printed one, plus what only
        the IRP counts, such as IGST on an export, at the invoice's rate."""
        if move.currency_id == move.company_currency_id:
            return None
        beyond = total - abs(move.amount_total_signed)
        foreign = move.amount_total + beyond * move.invoice_currency_rate
        return self._rounded(foreign)
