from types import SimpleNamespace

from psycopg2.errors import SerializationFailure

from odoo.tests import BaseCase, tagged

from ..models import transactions


class Disturbed:
    """Work that another transaction disturbs a number of times."""

    def __init__(self, times):
        self.times = times
        self.attempts = 0

    def __call__(self):
        self.attempts += 1
        if self.attempts <= self.times:
            raise SerializationFailure
        return "done"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTransactions(BaseCase):
    """Work that another transaction disturbs is retried, after a growing pause."""

    def setUp(self):
        super().setUp()
        self.rollbacks = 0
        self.pauses = []
        cr = SimpleNamespace(rollback=self.roll_back)
        self.environment = SimpleNamespace(cr=cr)

    def roll_back(self):
        self.rollbacks += 1

    def with_retry(self, work):
        return transactions.with_retry(self.environment, work, sleep=self.pauses.append)

    def test_undisturbed_work_is_done_once_and_at_once(self):
        work = Disturbed(times=0)
        self.assertEqual(self.with_retry(work), "done")
        self.assertEqual((work.attempts, self.rollbacks, self.pauses), (1, 0, []))

    def test_disturbed_work_is_repeated_after_a_pause(self):
        work = Disturbed(times=4)
        self.assertEqual(self.with_retry(work), "done")
        self.assertEqual((work.attempts, self.rollbacks), (5, 4))
        for attempt, pause in enumerate(self.pauses, 1):
            self.assertTrue(0 <= pause <= transactions.PAUSE * 2**attempt)
        self.assertEqual(len(set(self.pauses)), 4, "random")

    def test_it_gives_up_in_the_end(self):
        work = Disturbed(times=99)
        with self.assertRaises(SerializationFailure):
            self.with_retry(work)
        self.assertEqual((work.attempts, self.rollbacks), (5, 4))

    def test_other_failures_are_not_repeated(self):
        def fail():
            raise ZeroDivisionError

        with self.assertRaises(ZeroDivisionError):
            self.with_retry(fail)
        self.assertEqual(self.pauses, [])
