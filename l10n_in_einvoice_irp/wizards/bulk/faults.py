from odoo import Command, models
from odoo.exceptions import UserError

from ...irp.operations import states
from ...models.queue.banner import INVALID
from .bulk import CANCEL, FETCH, REGISTER
from .bulk_line import (
    DONE,
    FAILED,
    LEFT_OUT,
    WAITING,
    line_values,
    merged_facts,
)

OUTCOMES_BY_STATE = {
    REGISTER: {
        **dict.fromkeys((states.TO_REGISTER, states.SENDING, states.UNKNOWN), WAITING),
        **dict.fromkeys(states.AT_PORTAL, DONE),
    },
    CANCEL: {states.CANCELLING: WAITING, states.CANCELLED: DONE},
}
"""Operation -> state of a registration -> what became of the invoice; all other states
are failures."""
LINK = "l10n_in_irp_document_id"
READ = ("state", "error", "error_code", "advice")
# described in one go: their checks take a second or two
CHUNK = 200


class L10nInIrpBulk(models.TransientModel):
    """What became of the invoices, and the faults that they share."""

    _inherit = "l10n_in.irp.bulk"

    def _outcomes(self):
        """Return ready move -> what became of it, a key of `OUTCOMES`."""
        if self.work not in OUTCOMES_BY_STATE:
            return self._outcomes_by_line()
        by_state = OUTCOMES_BY_STATE[self.work]
        self.move_ids.fetch([LINK])
        self.move_ids[LINK].fetch(READ)
        started = bool(self.started_at)
        return {
            move: by_state.get(move.l10n_in_irp_document_id.state, FAILED)
            if started
            else WAITING
            for move in self.move_ids
        }

    def _outcomes_by_line(self):
        """Return ready move -> what its line says; without a line, it waits."""
        found = dict.fromkeys(self.move_ids, WAITING)
        for line in self.line_ids:
            if line.outcome != LEFT_OUT:
                found.update(dict.fromkeys(line.move_ids, line.outcome))
        return found

    def _lines_of(self, outcome):
        return self.line_ids.filtered(lambda line: line.outcome == outcome)

    def action_refresh(self, fresh=False):
        """Bring the results up to date; return whether the operation is running.

        :param fresh: describe all failures again, which may have been corrected.
        """
        self.ensure_one()
        if not self.started_at:
            return False
        self.move_ids.check_access("read")
        if self.work != FETCH:
            self._update_lines(fresh)
        return self.is_running

    def _update_lines(self, fresh):
        outcomes = self._outcomes()
        self._sync(WAITING, self._waiting_groups(outcomes))
        if fresh:
            self._lines_of(FAILED).sudo().unlink()
        failed = {move for move, outcome in outcomes.items() if outcome == FAILED}
        for line in self._lines_of(FAILED):
            if gone := [move for move in line.move_ids if move not in failed]:
                self._reduce(line, gone)
        described = set(self._lines_of(FAILED).move_ids)
        new = [move.id for move in self.move_ids if move in failed - described]
        self._describe(self.move_ids.browse(new[:CHUNK]))

    # ------------------------------------------------------------------
    # Waiting
    # ------------------------------------------------------------------

    def _waiting_groups(self, outcomes):
        """Return why invoices wait -> those that wait for it."""
        groups = {}
        for move, outcome in outcomes.items():
            document = move.l10n_in_irp_document_id
            if outcome == WAITING and (document.error or document.advice):
                key = document.error_code or document.error or document.advice
                groups.setdefault(key, []).append(move)
        return groups

    def _sync(self, outcome, groups):
        """Make the lines of an outcome those of the groups; leave the same untouched.

        :param groups: key -> moves.
        """
        lines = {line.key: line for line in self._lines_of(outcome)}
        for key, line in lines.items():
            if set(groups.get(key, ())) != set(line.move_ids):
                line.sudo().unlink()
        for key, moves in groups.items():
            if key not in lines or not lines[key].exists():
                facts = [self._registration_facts(move) for move in moves]
                self._add(line_values(outcome, key, moves, facts))

    def _add(self, values):
        self.sudo().write({"line_ids": [Command.create(values)]})

    def _reduce(self, line, gone):
        """Take invoices off a line, which ends with its last one."""
        left = line.move_ids.browse(
            [move.id for move in line.move_ids if move not in set(gone)]
        )
        if not left:
            line.sudo().unlink()
            return
        line.sudo().write(
            {"move_ids": [Command.set(left.ids)], "move_count": len(left)}
        )

    # ------------------------------------------------------------------
    # Failed
    # ------------------------------------------------------------------

    def _describe(self, moves):
        """Add failed invoices to the lines of their faults."""
        if not moves:
            return
        context = self.env["l10n_in.irp.validator"]._validation_context(moves)
        groups = {}
        for move in moves:
            for key, facts in self._faults(move, context):
                group = groups.setdefault(key, {})
                group.setdefault(move, facts)
        self._extend(FAILED, groups)

    def _extend(self, outcome, groups):
        """Add invoices to the lines of an outcome.

        :param groups: key -> move -> its facts, see `merged_facts`.
        """
        lines = {line.key: line for line in self._lines_of(outcome)}
        for key, group in groups.items():
            facts = list(group.values())
            if not (line := lines.get(key)):
                self._add(line_values(outcome, key, list(group), facts))
                continue
            before = {
                name: line[name] for name in ("code", "text", "advice", "res_model")
            }
            before["res_id"] = line.res_id
            links = [Command.link(move.id) for move in group]
            line.sudo().write(
                {
                    "move_ids": links,
                    "move_count": len({*line.move_ids, *group}),
                    **merged_facts([before, *facts]),
                }
            )

    def _faults(self, move, context):
        """Return pairs: key and facts of each fault of a failed invoice."""
        document = move.l10n_in_irp_document_id
        if document.status != INVALID:
            key = f"{document.status} {document.error_code or document.error or ''}"
            return [(key, self._registration_facts(move))]
        try:
            findings = self.env["l10n_in.irp.validator"]._check(move, context)
        except UserError as error:
            return [(str(error), {"text": str(error), **self._record_facts(move)})]
        blocking = [finding for finding in findings if finding.blocking]
        if not blocking:
            return [("corrected", self._corrected_facts(move))]
        return [(self._key(one), self._finding_facts(one)) for one in blocking]

    @staticmethod
    def _key(finding):
        parts = (finding.code, finding.kind, finding.record._name, finding.field_name)
        return " ".join(parts)

    def _finding_facts(self, finding):
        ask = self.env["l10n_in.irp.validator"]._whom_to_ask(finding.record)
        return {
            "code": finding.code,
            "text": ": ".join(filter(None, (finding.field, finding.reason))),
            "advice": " ".join(filter(None, (finding.advice, ask))),
            **self._record_facts(finding.record),
        }

    @staticmethod
    def _record_facts(record):
        return {"res_model": record._name, "res_id": record.id}

    def _corrected_facts(self, move):
        return {
            "text": self.env._("Corrected since it was checked"),
            "advice": self.env._("Click 'Try Again' to register it."),
            **self._record_facts(move),
        }

    def _registration_facts(self, move):
        """Return what the registration says went wrong."""
        document = move.l10n_in_irp_document_id
        status = document._status_label() if document else ""
        return {
            "code": document.error_code,
            "text": document.error or status or self.env._("Not registered"),
            "advice": document.advice or document.notice or "",
            "res_model": document.error_model or move._name,
            "res_id": document.error_res_id or move.id,
        }
