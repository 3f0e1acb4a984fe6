"""Fields without a column that lists, pivots and graphs read from SQL."""

from functools import cache

from odoo.tools import SQL

from ...irp.reference import PROFILES
from ..portal.credential.portal import host_of, hosts_of

# of calls to an address that no portal has
OTHER = "other"
DEMO = "demo"


def computed(records, name):
    """Return record -> the value of a field that only `_field_to_sql` knows; False for
    an empty value and for a record that is not stored."""
    stored = records._origin
    query = stored._as_query(ordered=False)
    columns = [SQL.identifier(stored._table, "id")]
    columns.append(stored._field_to_sql(stored._table, name, query))
    values = dict(stored.env.execute_query(query.select(*columns)))
    return {record: values.get(record._origin.id) or False for record in records}


def portal_titles(env):
    """Return host -> name of the portal there: those published, and the records'."""
    return _published_titles() | _own_titles(env)


@cache
def _published_titles():
    titles = {}
    for profile in PROFILES.values():
        for name, environment in profile.environments.items():
            for place in hosts_of(environment) if name != DEMO else ():
                names = titles.setdefault(host_of(place.base_url), {})
                names[profile.title] = place.title
    return {host: _one_title(names) for host, names in titles.items()}


def _one_title(names):
    """Return the portal's title of a host; of one that several portals share, its.

    :param names: title of a portal -> title of the host there.
    """
    return next(iter(names if len(names) == 1 else names.values()))


def _own_titles(env):
    portals = env["l10n_in.irp.portal"].sudo().with_context(active_test=False)
    return {
        host_of(url): portal.name
        for portal in portals.search([("base_url", "!=", False)])
        for url in (portal.base_url, portal.ewb_base_url)
        if url
    }


def portal_selection(env):
    """Return the selection of portals: (host, name)."""
    rows = sorted(portal_titles(env).items(), key=lambda row: row[1])
    demo = (DEMO, env._("Built-In Demo Portal"))
    return [*rows, demo, (OTHER, env._("Other Address"))]


def portal_sql(env, url, environment):
    """Return the portal of `portal_selection` that a URL calls, as SQL.

    :param url: SQL of the URL; ``environment`` of the environment of its call.
    """
    host = SQL("NULLIF(split_part(%s, '/', 3), '')", url)
    known = tuple(portal_titles(env))
    return SQL(
        "CASE WHEN %(host)s IS NOT NULL AND %(environment)s = %(demo)s THEN %(demo)s"
        " WHEN %(host)s IN %(known)s THEN %(host)s"
        " WHEN %(host)s IS NOT NULL THEN %(other)s END",
        host=host,
        known=known,
        other=OTHER,
        environment=environment,
        demo=DEMO,
    )
