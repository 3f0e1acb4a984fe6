"""Builds the INV-01 documents of the same posted invoices twice: with Odoo's own
``l10n_in_edi``, which checks nothing, and with this addon, schema and rules included.

Run by ``bin/bench payload``. Both sides take turns in one process, and the fastest of
several rounds counts for each, in CPU time: the machine is noisy.
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
    """The demo company without its invoices, registering nothing by itself."""
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
    """Posted inter-state invoices of the demo company."""
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
    """As one chunk of the queue."""
    preflight = moves.env["l10n_in.irp.validator"]
    facts = preflight._validation_context(moves)
    for move in moves:
        _document, findings = preflight._validate(move, facts)
        if any(finding.blocking for finding in findings):
            sys.exit("\n".join(finding.text for finding in findings))


def seconds(build, moves):
    """CPU seconds per invoice, from a cold cache."""
    moves.env.flush_all()
    moves.env.invalidate_all()
    started = time.process_time()
    build(moves)
    return (time.process_time() - started) / len(moves)


def measure(moves, rounds):
    """Seconds per invoice: (theirs, ours), the fastest of the rounds each."""
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
