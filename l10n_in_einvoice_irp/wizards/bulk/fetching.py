import logging
from collections import Counter

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...irp.protocol import errors
from ...models import transactions
from .bulk import FETCH
from .bulk_line import DONE, FAILED, WAITING

_logger = logging.getLogger(__name__)

CRON = "l10n_in_einvoice_irp.ir_cron_irp_bulk"
FOUND = ("registered", "cancelled")
"""Results of `l10n_in.irp.fetch` that leave nothing to do."""
UNANSWERED = (
    errors.IrpNotSent,
    errors.IrpOutcomeUnknown,
    errors.IrpRateLimited,
    errors.IrpAuthenticationError,
)
"""The portal would answer the next look-up no better."""
PATIENCE = 3
"""Look-ups in a row without an answer, after which the others are not made."""


class L10nInIrpBulk(models.TransientModel):
    """Looks up many invoices at the portal, by a scheduled action.

    A look-up changes nothing at the portal, and each is committed: what breaks off goes
    on with the invoices that have no result.
    """

    _inherit = "l10n_in.irp.bulk"

    def _why_not_fetch(self, move):
        """Return why an invoice is not looked up; "" if it is."""
        if why := move._l10n_in_irp_why_not_now():
            return why
        document = move.l10n_in_irp_document_id.sudo()
        if document._is_at_portal() and move._l10n_in_irp_is_current():
            return self.env._(
                "Already with the IRP: status '%s'", document._status_label()
            )
        return ""

    def _begin_fetch(self):
        self._check_any_ready()
        self._start(self.move_ids)
        return self._show()

    def _queue_lookups(self, _moves):
        self._wake_fetch()

    def _wake_fetch(self):
        self.env.ref(CRON).sudo()._trigger()

    # ------------------------------------------------------------------
    # The scheduled action
    # ------------------------------------------------------------------

    @api.model
    def _cron_fetch(self):
        """Look up the invoices of all started operations that have no result."""
        self._fetch_waiting(self.env["ir.cron"]._commit_progress)

    @api.model
    def _fetch_waiting(self, progress):
        """See `_cron_fetch`.

        :param progress: takes how many were looked up, or remain; returns how many
            seconds are left.
        """
        bulks = self.sudo().search(
            [("work", "=", FETCH), ("started_at", "!=", False)], order="id"
        )
        waiting = {bulk: bulk._moves_that(WAITING) for bulk in bulks}
        left = progress(remaining=sum(map(len, waiting.values())))
        for bulk, moves in waiting.items():
            if left and moves:
                left = bulk._fetch_all(moves, progress)

    def _fetch_all(self, moves, progress):
        """Look up invoices, with the rights of the user who asked for it.

        :return: the seconds that are left.
        """
        allowed = moves.company_id & self.create_uid.company_ids
        bulk = self.with_user(self.create_uid).with_context(
            lang=self.create_uid.lang, allowed_company_ids=allowed.ids
        )
        left, silence = float("inf"), Counter()
        for move in moves.with_env(bulk.env):
            company = move.sudo().company_id
            key, facts = bulk._fetch_one(move, silence[company])
            is_silent = key.startswith("silent")
            silence[company] = silence[company] + 1 if is_silent else 0
            outcome = DONE if key in FOUND else FAILED
            bulk._extend(outcome, {key: {move: facts}})
            transactions.commit(self.env)
            if not (left := progress(1)):
                break
        return left

    def _fetch_one(self, move, silence):
        """Look up one invoice; return key and facts of its line.

        :param silence: how many look-ups in a row had no answer.
        """
        target = self._record_facts(move)
        if silence >= PATIENCE:
            return "silent", {**self._silence_facts(), **target}
        try:
            move.check_access("write")
            if why := self._why_not_fetch(move):
                # it may be what the process did not write down before it ended
                is_found = move._l10n_in_irp_present()._is_at_portal()
                key = FOUND[0] if is_found else f"refused {why}"
                return key, {"text": why, **target}
            outcome, _request = move.with_company(move.company_id)._l10n_in_irp_fetch()
        except (AccessError, UserError) as error:
            self._undo()
            return f"refused {error}", {"text": str(error), **target}
        except Exception as error:
            _logger.exception("%s: could not be fetched", move.display_name)
            self._undo()
            return f"refused {error}", {"text": str(error), **target}
        return self._fetch_facts(move, outcome, target)

    def _undo(self):
        """Take back what a look-up that was refused has begun."""
        if transactions.can_commit(self.env):
            self.env.cr.rollback()

    def _silence_facts(self):
        return {
            "text": self.env._("Not looked up: the IRP did not answer before."),
            "advice": self.env._("Click 'Try Again' later."),
        }

    def _fetch_facts(self, move, outcome, target):
        """Return key and facts of the line for a look-up's result."""
        dialog = self.env["l10n_in.irp.fetch"].new({"move_id": move.id})
        values = dialog._outcome_values(outcome)
        code = outcome.error.code if outcome.error else ""
        facts = {
            "text": values["message"],
            "advice": values["advice"],
            "code": code,
            **target,
        }
        if isinstance(outcome.error, UNANSWERED):
            return f"silent {code}", facts
        return f"{values['result']} {code}".strip(), facts
