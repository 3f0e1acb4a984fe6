from odoo import models
from odoo.tools import split_every

from .. import locks, transactions

# so that few are lost, and others wait briefly, if one cannot be stored
TOGETHER = 20


class ResCompany(models.Model):
    """Stores the answers of the e-way bill system: each number once, also if others
    fetch it at the same time."""

    _inherit = "res.company"

    def _l10n_in_irp_adopt_ewb(self, bills, *, matches=True):
        """Return the records of e-way bills at the portal, new where Odoo has none.

        :param bills: `irp.protocol.ewaybill.Bill`.
        :param matches: look for their documents now.
        """
        found = self._l10n_in_irp_adopt_alone(bills, "_adopt")
        if matches:
            found.sudo()._match()
        return found

    def _l10n_in_irp_adopt_rows(self, rows):
        """Return the e-way bills of rows without details that are new in Odoo."""
        return self._l10n_in_irp_adopt_alone(rows, "_adopt_row")

    def _l10n_in_irp_adopt_alone(self, found, method):
        """Adopt e-way bills while nobody else adopts for this company, commit each
        piece, and return the records.

        Each piece has a separate transaction, as one that has begun does not see what
        others have stored since.

        :param found: rows or `Bill` of `irp.protocol.ewaybill`.
        :param method: of `l10n_in.irp.ewaybill`, which adopts one of them.
        """
        environment = self.l10n_in_irp_environment
        task = f"ewaybills {self.id} {environment}"
        ids = []
        for some in split_every(TOGETHER, found):
            # those transactions wait for no row that this one has written
            transactions.commit(self.env)
            with locks.exclusive(self.env, task) as env:
                company = self.with_env(env)
                adopt = getattr(env["l10n_in.irp.ewaybill"], method)
                ids += [adopt(company, environment, one).id for one in some]
        # and this one sees what they have stored
        transactions.commit(self.env)
        return self.env["l10n_in.irp.ewaybill"].browse(filter(None, ids))
