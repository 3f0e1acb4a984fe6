from odoo import api, models
from odoo.fields import Domain

from ....irp.operations import states


class L10nInIrpSubmissionMixin(models.AbstractModel):
    """The portal that a record's next call goes to.

    A record that no portal has seen goes to whichever registers now. Every other one
    goes to the portal that it was sent to, for as long as it lives: a missing answer is
    looked up there, and nowhere else.
    """

    _inherit = "l10n_in.irp.submission.mixin"

    def _is_unplaced(self):
        """Return whether it may go to any portal: none has it, or may have it."""
        return self.state == states.TO_REGISTER

    def _portal_address(self):
        """Return the portal that its calls go to; False while it may go to any."""
        return False if self._is_unplaced() else self.base_url

    def _is_of_ewaybill_system(self):
        """Return whether its next call is to the e-way bill system's own API alone: if
        the company has a user there, no session of the e-invoice portal is needed."""
        return False

    @api.model
    def _system_domain(self, *, of_ewb):
        """Return the domain of records whose next call is to one system of their
        portal for certain.

        By default all records of a model call the same one.

        :param of_ewb: the e-way bill system; otherwise the e-invoice portal.
        """
        return Domain.TRUE

    @api.model
    def _unplaced_domain(self):
        """Return the domain of records that may go to any portal."""
        return Domain("state", "=", states.TO_REGISTER)

    @api.model
    def _address_domain(self, addresses):
        """Return the domain of records that belong to one of these portals."""
        return ~self._unplaced_domain() & Domain("base_url", "in", addresses)

    def _redirected(self, result):
        """Return a result as it is to be stored, and the field values of another
        portal to ask next; none if that is the same one."""
        return result, {}

    def _credential_at(self, base_url=""):
        """Return the credential that called a portal about it; empty in the demo.

        :param base_url: the portal's address; by default that of the last call.
        """
        credentials = self.env["l10n_in.irp.credential"]
        return credentials._find_at(
            self.company_id, self.environment, base_url or self.base_url
        )
