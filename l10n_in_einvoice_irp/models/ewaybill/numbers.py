from odoo.fields import Domain
from odoo.tools import SQL


def in_capitals(name, texts):
    """Return the domain of records whose text is one of several, whatever the case.

    The database reads its rows once, however many texts there are; with an `=ilike`
    for each it would compare each row with each text.

    :param name: of a stored field of text.
    """
    wanted = tuple({text.upper() for text in texts if text})
    if not wanted:
        return Domain.FALSE

    def to_sql(model, alias, query):
        return SQL("UPPER(%s) IN %s", model._field_to_sql(alias, name, query), wanted)

    return Domain.custom(
        to_sql=to_sql, predicate=lambda one: (one[name] or "").upper() in wanted
    )
