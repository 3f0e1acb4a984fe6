"""Builds INV-01 documents with Odoo's own ``l10n_in_edi`` and with this addon.

Odoo's module checks nothing; ours checks schema and rules. Run by ``bin/bench
payload``. Both build the same posted invoices in turns in one process; the fastest
round of each counts, in CPU time, because machines are noisy.
"""

import argparse
import json
import sys
import time

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.modules.registry import Registry
from odoo.tools import config, convert_file

ADDON = "l10n_in_einvoice_irp"
DEMO_FILES = ("demo_company", "demo_partners", "demo_products")
# lines of an invoice -> how many invoices
SIZES = {5: 40, 50: 8, 1000: 1}
PRODUCTS = ("drill", "vice", "service")


def load_company(env):
    """Load the demo company without invoices; it registers nothing on posting."""
    for name in DEMO_FILES:
        convert_file(env, ADDON, f"demo/{name}.xml", None, mode="init", noupdate=True)
    company = env.ref(f"{ADDON}.demo_company")
    company.l10n_in_irp_register_on = "manual"
    return company


def line_values(env, number):
    product = env.ref(f"{ADDON}.demo_product_{PRODUCTS[number % len(PRODUCTS)]}")
    return {
        "product_id": product.id,
        "quantity": 1 + number % 7,
        "price_unit": 100.25 + number,
        "discount": 5 * (number % 3),
    }


def make_invoices(env, company, lines, count):
    """Create posted inter-state invoices of the demo company."""
    buyer = env.ref(f"{ADDON}.demo_buyer_inter")
    moves = (
        env["account.move"]
        .with_company(company)
        .create(
            [
                {
                    "move_type": "out_invoice",
                    "company_id": company.id,
                    "partner_id": buyer.id,
                    "invoice_date": fields.Date.today(),
                    "invoice_line_ids": [
                        Command.create(line_values(env, number))
                        for number in range(lines)
                    ],
                }
                for _index in range(count)
            ]
        )
    )
    moves.action_post()
    return moves


def build_theirs(moves):
    for move in moves:
        move._l10n_in_edi_generate_invoice_json()


def build_ours(moves):
    """Build and check the invoices as one chunk of the queue."""
    validator = moves.env["l10n_in.irp.validator"]
    context = validator._validation_context(moves)
    for move in moves:
        _document, findings = validator._validate(move, context)
        if any(finding.blocking for finding in findings):
            sys.exit("\n".join(finding.text for finding in findings))


def seconds(build, moves):
    """Return the CPU seconds per invoice with a cold cache."""
    moves.env.flush_all()
    moves.env.invalidate_all()
    started = time.process_time()
    build(moves)
    return (time.process_time() - started) / len(moves)


def measure(moves, rounds):
    """Return the seconds per invoice of the fastest round: (theirs, ours)."""
    turns = [
        (seconds(build_theirs, moves), seconds(build_ours, moves))
        for _round in range(rounds)
    ]
    return tuple(map(min, zip(*turns, strict=True)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", help="file for the ratios")
    arguments = parser.parse_args()
    config.parse_config(["-c", arguments.config, "-d", arguments.database])
    ratios = {}
    with Registry(arguments.database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        company = load_company(env)
        sys.stdout.write("lines   theirs ms   ours ms   ours / theirs\n")
        for lines, count in SIZES.items():
            moves = make_invoices(env, company, lines, count)
            theirs, ours = measure(moves, arguments.rounds)
            ratios[f"ratio_{lines}"] = round(ours / theirs, 3)
            sys.stdout.write(
                f"{lines:5}{theirs * 1000:12.2f}{ours * 1000:10.2f}"
                f"{ours / theirs:16.2f}\n"
            )
            sys.stdout.flush()
        cr.rollback()
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(ratios, file, indent=2)


if __name__ == "__main__":
    main()
