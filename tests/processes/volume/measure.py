"""Database time and query plans of a piece of work in Odoo."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from psycopg2.errors import QueryCanceled

# milliseconds of one query
LONGEST = 60_000
READS = ("SELECT", "WITH")


def database_time(env, work: Callable) -> float:
    """Return the milliseconds that the database needs for some work, the second time.

    What the work writes is rolled back. A query that takes longer than `LONGEST`
    breaks it off: the time is that much then.
    """
    try:
        _run(env, work)
        times: list[float] = []
        with _hooked(lambda _cr, _query, _params, _start, delay: times.append(delay)):
            _run(env, work)
    except QueryCanceled:
        env.cr.rollback()
        return LONGEST
    return sum(times) * 1000


def sequential_scans(env, work: Callable, tables: tuple[str, ...]) -> list[str]:
    """Return the plans of some work's queries that read a whole table, as text.

    :param tables: those that must not be read so.
    """
    queries: list[str] = []

    def note(cr, query, params, _start, _delay):
        text = cr._format(query, params)
        if text.lstrip("( ").startswith(READS):
            queries.append(text)

    with _hooked(note):
        _run(env, work)
    return [
        f"{scanned}: {query}"
        for query in dict.fromkeys(queries)
        for scanned in sorted(_scanned(env.cr, query) & set(tables))
    ]


def _scanned(cr, query: str) -> set[str]:
    # a page in memory costs the same wherever it is, as for a large table on its server
    cr.execute("SET LOCAL random_page_cost = 1.1")
    cr.execute(f"EXPLAIN (FORMAT JSON) {query}")
    [[plan]] = cr.fetchall()
    found = json.loads(plan) if isinstance(plan, str) else plan
    return {
        node["Relation Name"]
        for node in _nodes(found[0]["Plan"])
        if node["Node Type"] == "Seq Scan"
    }


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a node of a plan and those below it, but no scan that a limit ends."""
    yield plan
    for part in plan.get("Plans", ()):
        is_limited = plan["Node Type"] == "Limit" and part["Node Type"] == "Seq Scan"
        if not (is_limited and part["Plan Rows"] > plan["Plan Rows"]):
            yield from _nodes(part)


def _run(env, work: Callable) -> None:
    env.invalidate_all()
    env.cr.execute("SET LOCAL statement_timeout = %s", (LONGEST,))
    work(env)
    env.flush_all()
    env.cr.rollback()


@contextmanager
def _hooked(hook: Callable) -> Iterator[None]:
    thread = threading.current_thread()
    thread.query_hooks = [hook]
    try:
        yield
    finally:
        del thread.query_hooks
