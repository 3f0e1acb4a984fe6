from odoo.exceptions import AccessError

from ..guarded import GuardedModel
from . import permits


class EvidenceModel(GuardedModel):
    """Base class of a model whose records nobody writes past `write` and its guards.

    The ORM's low-level writing is below them. Only flushing uses it, but nothing
    hinders a server action from calling it.
    """

    _register = False

    def _flush(self):
        # EXTENDS 'base'
        with permits.flushing():
            return super()._flush()

    def _write_multi(self, vals_list):
        # EXTENDS 'base'
        check_flushing(self)
        return super()._write_multi(vals_list)


def check_flushing(records):
    """Refuse to write these, unless the ORM is flushing.

    :raises AccessError: it is not.
    """
    if records and not permits.is_flushing():
        raise AccessError(
            records.env._("%s: use 'write' to change records.", records._description)
        )
