"""Commits and retries; the addon commits only here."""

import itertools
import logging
import random
import time
from contextlib import contextmanager

from odoo.service.model import (
    MAX_TRIES_ON_CONCURRENCY_FAILURE,
    PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
)

_logger = logging.getLogger(__name__)

# Seconds, doubled with each attempt. Odoo's `retrying` begins with 1, but here the
# portal's answers may be waiting to be stored.
PAUSE = 0.1


def can_commit(env) -> bool:
    """Return whether transactions end here; they do not in a test that is rolled
    back."""
    return env["account.move.send"]._can_commit()


def commit(env) -> None:
    """Commit pending writes, or flush them in a test that is rolled back."""
    env.flush_all()
    if can_commit(env):
        env.cr.commit()  # pylint: disable=invalid-commit


@contextmanager
def undone(env):
    """Undo uncommitted writes when an exception leaves the context.

    In a test that is rolled back, everything since its beginning is undone.
    """
    if not can_commit(env):
        with env.cr.savepoint():
            yield
        return
    try:
        yield
    except Exception:
        env.cr.rollback()
        raise


def with_retry(env, work, *, sleep=time.sleep):
    """Return the result of the work; retry it if another transaction interferes.

    It restarts from the last commit, after a random pause that grows, as in
    `odoo.service.model.retrying`.
    """
    for attempt in itertools.count(1):
        try:
            return work()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            if attempt == MAX_TRIES_ON_CONCURRENCY_FAILURE:
                raise
            env.cr.rollback()
            _logger.info("attempt %s disturbed (%s)", attempt, type(error).__name__)
        # not for security
        sleep(random.uniform(0, PAUSE * 2**attempt))  # noqa: S311
    return None


def commit_with_retry(env, write) -> None:
    """Write and commit, all or nothing, with retries."""

    def work():
        with env.cr.savepoint():
            write()
        commit(env)

    with_retry(env, work)
