"""Fills in Odoo's forms as a user does, with defaults and onchanges."""

from collections.abc import Mapping, Sequence
from typing import Any


def fill(
    env,
    user: int,
    model: str,
    values: Mapping[str, Any],
    record: int = 0,
    context: Mapping[str, Any] | None = None,
) -> int:
    """Fill in the form of a record as a user, save it and return the record's id.

    :param values: field -> value, in the order of entry. A relation is an id, or a list
        of ids that replaces the present ones. Lines are a list of such values, or a
        dict from position to values to edit existing lines.
    :param record: the record to change; 0 creates one.
    """
    # imported here because it takes memory, which other tests measure
    from odoo.tests import Form

    records = env(user=user)[model].with_context(**(context or {}))
    with Form(records.browse(record) if record else records) as form:
        _enter(form, records, values)
    return form.record.id


def _enter(form, records, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        field = records._fields[name]
        if field.type == "one2many" and isinstance(value, Mapping):
            _edit_lines(getattr(form, name), records.env[field.comodel_name], value)
        elif field.type == "one2many":
            _add_lines(getattr(form, name), records.env[field.comodel_name], value)
        elif field.type == "many2many":
            _replace(getattr(form, name), records.env[field.comodel_name], value)
        elif field.type == "many2one":
            setattr(form, name, records.env[field.comodel_name].browse(value))
        else:
            setattr(form, name, value)


def _add_lines(lines, records, values: Sequence[Mapping[str, Any]]) -> None:
    for each in values:
        with lines.new() as line:
            _enter(line, records, each)


def _edit_lines(lines, records, values: Mapping[str, Mapping[str, Any]]) -> None:
    for position, each in values.items():
        with lines.edit(int(position)) as line:
            _enter(line, records, each)


def _replace(found, records, ids: Sequence[int]) -> None:
    found.clear()
    for each in records.browse(ids):
        found.add(each)
