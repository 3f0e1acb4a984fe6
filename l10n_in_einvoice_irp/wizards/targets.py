from odoo import api, models


class CheckedDialog(models.AbstractModel):
    """Base class of dialogs: only who may read the records opens or fills one.

    Its values may come from anywhere (RPC, defaults of a context, a form that is not
    saved), and a dialog shows more of a record than its rules allow: its name, and
    what is related to it.
    """

    # not a model, just as `models.TransientModel` is none
    _register = False

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
        """Refuse records that the user may not read.

        :param names: of the fields to check; None: all.
        :raises AccessError: the user may not read a record that this is about.
        """
        if self.env.su:
            return
        for name in self._fields if names is None else names:
            field = self._fields.get(name)
            if not field or not field.store or name in models.MAGIC_COLUMNS:
                continue
            if field.type == "many2one" and (targets := self.mapped(name)._origin):
                targets.check_access("read")
                if field.comodel_name == "res.company":
                    # an administrator reads every company
                    for company in targets:
                        company._l10n_in_irp_check_selected()
