from odoo import api, models


class L10nInIrpTargetsMixin(models.AbstractModel):
    """A dialog about records: only who may read them opens it, or fills it with them.

    Its values may come from anywhere (RPC, defaults of a context, a form that is not
    saved), and a dialog shows more of a record than its rules allow: its name, and
    what is related to it.
    """

    _name = "l10n_in.irp.targets.mixin"
    _description = "Dialog about Readable Records"

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards._check_targets()
        return wizards

    def write(self, vals):
        result = super().write(vals)
        self._check_targets(vals)
        return result

    def _update_cache(self, values, validate=True):
        super()._update_cache(values, validate)
        self._check_targets(values)

    def _check_targets(self, names=None):
        """:raises AccessError: the user may not read a record that this is about.

        :param names: of the fields to check; None: all.
        """
        if self.env.su:
            return
        for name in self._fields if names is None else names:
            field = self._fields.get(name)
            if not field or not field.store or name in models.MAGIC_COLUMNS:
                continue
            if field.type == "many2one" and (targets := self.mapped(name)._origin):
                targets.check_access("read")
