from difflib import SequenceMatcher
from functools import reduce

from odoo import Command, fields, models

from ...models.opening import open_to_correct
from ..targets import CheckedDialog

FAILED, LEFT_OUT, WAITING, DONE = "failed", "left_out", "waiting", "done"
OUTCOMES = [
    (FAILED, "To Correct"),
    (LEFT_OUT, "Left Out"),
    (WAITING, "Waiting"),
    (DONE, "Done"),
]
"""What became of an invoice, the most urgent first."""
DIFFERS = "…"


class L10nInIrpBulkLine(CheckedDialog, models.TransientModel):
    """The invoices of a bulk operation that share one fault, or one result."""

    _name = "l10n_in.irp.bulk.line"
    _description = "Bulk Operation: Result"
    _order = "rank, move_count desc, id"
    _rec_name = "text"

    bulk_id = fields.Many2one(
        "l10n_in.irp.bulk",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    outcome = fields.Selection(selection=OUTCOMES, string="Result", readonly=True)
    rank = fields.Integer(readonly=True)
    key = fields.Char(readonly=True, help="Common to all invoices with the fault.")
    code = fields.Char(readonly=True, help="Error code of the portal.")
    text = fields.Text(string="Reason", readonly=True)
    advice = fields.Text(string="Remedy", readonly=True)
    move_ids = fields.Many2many(
        "account.move",
        "l10n_in_irp_bulk_line_move_rel",
        string="Invoices",
        readonly=True,
    )
    move_count = fields.Integer(string="Number of Invoices", readonly=True)
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record to Correct", model_field="res_model", readonly=True
    )

    def action_open_moves(self):
        """Open the invoices."""
        self.ensure_one()
        return open_moves(self.move_ids, self.text)

    def action_open_record(self):
        """Open the record whose data is to be corrected."""
        self.ensure_one()
        return open_to_correct(self.env[self.res_model].browse(self.res_id))


def open_moves(moves, name):
    """Return the action that opens invoices: a form for one, else the list."""
    action = moves._get_records_action(
        name=name, context={"default_move_type": "out_invoice", "create": False}
    )
    if not moves:
        # without records, it would open the form of a new invoice
        action |= {"views": [(False, "list")], "domain": [("id", "in", [])]}
    return action


def line_values(outcome, key, moves, facts):
    """Return the values of a line.

    :param key: of the fault.
    :param facts: of each of the moves: values of code, text, advice, res_model, res_id.
    """
    ranks = [name for name, _label in OUTCOMES]
    return {
        "outcome": outcome,
        "rank": ranks.index(outcome),
        "key": key,
        "move_ids": [Command.set([move.id for move in moves])],
        "move_count": len(moves),
        **merged_facts(facts),
    }


def merged_facts(facts):
    """Return the facts of several invoices as one: words that differ become "…", and
    no record is to be corrected where there are several."""
    first = facts[0]
    records = {(fact.get("res_model"), fact.get("res_id")) for fact in facts}
    model, record_id = records.pop() if len(records) == 1 else (False, False)
    return {
        "code": first.get("code") or False,
        "text": merged_text(fact["text"] for fact in facts),
        "advice": merged_text(fact.get("advice") or "" for fact in facts),
        "res_model": model,
        "res_id": record_id,
    }


def merged_text(texts):
    """Return the words that texts share, with "…" where they differ."""
    different = list(filter(None, dict.fromkeys(texts)))
    return reduce(_merged_pair, different) if different else ""


def _merged_pair(first, second):
    words, others = first.split(), second.split()
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    parts = []
    for tag, start, end, _start, _end in matcher.get_opcodes():
        parts += words[start:end] if tag == "equal" else [DIFFERS]
    return " ".join(parts)
