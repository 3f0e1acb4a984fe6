"""Guards for fields that only this addon's code fills in.

`readonly` binds forms alone, and an administrator can grant himself any access right.
So every caller without superuser mode is refused, whatever his rights.
"""

from odoo import api, models
from odoo.exceptions import AccessError

X2MANY = ("one2many", "many2many")


def refuse(env, model, names):
    """Refuse to fill in fields from outside.

    :raises AccessError: always.
    """
    fields = model.fields_get(names, ["string"])
    labels = [fields[name]["string"] for name in names if name in fields]
    raise AccessError(
        env._(
            "%(record)s: only the IRP's responses fill in %(fields)s. Leave it out of "
            "your import or API call.",
            record=model._description,
            fields=", ".join(sorted(labels or names)),
        )
    )


class GuardedModel(models.AbstractModel):
    """Base class of a model with fields that only our code fills in, as superuser.

    These are its stored fields that forms show read-only. Of a model with
    ``_is_filled_by_code`` they are all its fields, and code alone makes and deletes its
    records. Defaults of a caller's context and of a user's choice fill in none of them,
    not even for our code.
    """

    # not a model, just as `models.Model` is none
    _register = False
    _is_filled_by_code = False

    @api.model
    def _is_guarded(self, name):
        """Return whether only our code fills in a field."""
        field = self._fields.get(name)
        if not field or not field.store or name in models.MAGIC_COLUMNS:
            return False
        return self._is_filled_by_code or (field.readonly and field.type not in X2MANY)

    @api.model
    def _check_outside(self, names):
        """Refuse guarded fields to all but our code.

        :raises AccessError: the caller is not our code, and a field is guarded.
        """
        if not self.env.su and (guarded := [n for n in names if self._is_guarded(n)]):
            refuse(self.env, self, guarded)

    def _check_code(self):
        """Refuse to all but our code to make and delete records that it fills in.

        :raises AccessError: the caller is not our code.
        """
        if self._is_filled_by_code and not self.env.su:
            raise AccessError(
                self.env._(
                    "%s: only Odoo itself adds and deletes these records, as the IRP "
                    "responds.",
                    self._description,
                )
            )

    @api.model
    def default_get(self, fields):
        names = set(filter(self._is_guarded, fields))
        values = super().default_get([name for name in fields if name not in names])
        own = {name: self._fields[name].default for name in names}
        return values | {name: get(self) for name, get in own.items() if get}

    @api.model_create_multi
    def create(self, vals_list):
        self._check_code()
        self._check_outside({name for vals in vals_list for name in vals})
        return super().create(vals_list)

    def write(self, vals):
        self._check_outside(vals)
        return super().write(vals)

    # a caller's context may claim that the addon is being uninstalled
    @api.ondelete(at_uninstall=True)
    def _unlink_except_by_code(self):
        self._check_code()

    def _update_cache(self, values, validate=True):
        # what a form sends of a record that is not saved is shown, with what is
        # computed from it as superuser
        if not (self.env.su or self.id):
            values = {n: v for n, v in values.items() if not self._is_guarded(n)}
        super()._update_cache(values, validate)
