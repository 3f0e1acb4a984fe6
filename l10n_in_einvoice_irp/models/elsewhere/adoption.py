from functools import partial

from odoo import models
from odoo.tools import split_every

from .. import locks, transactions
from ..movement.portal_bill import UNTOUCHED

# so that few are lost, and others wait briefly, if one cannot be stored
TOGETHER = 20


class ResCompany(models.Model):
    """Stores the answers of the e-way bill system: each number once, also if others
    fetch it at the same time."""

    _inherit = "res.company"

    def _l10n_in_irp_ewb_versions(self, numbers):
        """Return number -> version of the e-way bills that Odoo has; taken before the
        portal is asked about them."""
        known = self._l10n_in_irp_ewbs_of(numbers)
        return {bill.number: bill._version() for bill in known}

    def _l10n_in_irp_adopt_ewb(self, bills, versions, *, matches=True):
        """Return the records of e-way bills at the portal, new where Odoo has none.

        :param bills: `irp.protocol.ewaybill.Bill`.
        :param versions: number -> version before the portal was asked.
        :param matches: look for their documents now.
        """

        def adopt(bill, ewaybills, *here):
            version = versions.get(bill.number, UNTOUCHED)
            return ewaybills._adopt(*here, bill, version)

        found = self._l10n_in_irp_adopt_alone(bills, adopt)
        if matches:
            self._l10n_in_irp_store(found.sudo()._match)
        return found

    def _l10n_in_irp_adopt_rows(self, rows):
        """Return the e-way bills of rows without details that are new in Odoo."""

        def adopt(row, ewaybills, *here):
            return ewaybills._adopt_row(*here, row)

        return self._l10n_in_irp_adopt_alone(rows, adopt)

    def _l10n_in_irp_adopt_alone(self, found, adopt):
        """Adopt e-way bills while nobody else adopts for this company, commit each
        piece, and return the records.

        Each piece has a separate transaction, as one that has begun does not see what
        others have stored since. Changes of its e-way bills wait for it, or it for
        them: nothing older than they are is written over their outcome.

        :param found: rows or `Bill` of `irp.protocol.ewaybill`.
        :param adopt: function of one of them, `l10n_in.irp.ewaybill`, company and
            environment; returns the e-way bill.
        """
        ids = []
        for some in split_every(TOGETHER, found):
            # those transactions wait for no row that this one has written
            transactions.commit(self.env)
            adopt_some = partial(self._l10n_in_irp_adopt_some, some, adopt)
            ids += transactions.with_retry(self.env, adopt_some)
        # and this one sees what they have stored
        transactions.commit(self.env)
        return self.env["l10n_in.irp.ewaybill"].browse(filter(None, ids))

    def _l10n_in_irp_adopt_some(self, found, adopt):
        """Adopt and commit one piece; return the IDs of the records."""
        environment = self.l10n_in_irp_environment
        task = f"ewaybills {self.id} {environment}"
        with locks.exclusive(self.env, task) as env:
            company, bills = self.with_env(env), env["l10n_in.irp.ewaybill"]
            known = company.sudo()._l10n_in_irp_ewbs_of([one.number for one in found])
            known._take_turn()
            return [adopt(one, bills, company, environment).id for one in found]
