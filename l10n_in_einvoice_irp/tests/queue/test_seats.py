from contextlib import contextmanager

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged

from ...models.portal.limits.seats import PAUSE, Seats

PORTAL = ("sandbox", "27ZZZCD9999D1ZE", "https://irp.example")


class Clock:
    """Seconds, which pass when somebody sleeps."""

    def __init__(self):
        self.seconds = 0
        self.on_sleep = None

    def __call__(self):
        return self.seconds

    def sleep(self, seconds):
        self.seconds += seconds
        if self.on_sleep:
            self.on_sleep()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSeats(TransactionCase):
    """Four parallel calls, and workers on separate connections."""

    def setUp(self):
        super().setUp()
        self.clock = Clock()

    @contextmanager
    def worker(self, wanted=None, portal=PORTAL):
        """Yield the seats of a lane, or of a person who wants some calls."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            seats = Seats(env, portal, 4, wanted=wanted, clock=self.clock)
            try:
                yield seats
            finally:
                seats.close()

    @staticmethod
    def share(seats, in_flight=0):
        seats.hold(seats.allowed(), in_flight)
        return len(seats)

    def test_lanes_take_what_is_free(self):
        with self.worker() as lane, self.worker() as other:
            self.assertEqual(self.share(lane), 4)
            self.assertEqual(self.share(other), 0)
            lane.close()
            self.assertEqual(self.share(other), 4)

    def test_each_portal_and_gstin_has_its_own(self):
        with self.worker() as lane:
            self.share(lane)
            for place in range(3):
                portal = [*PORTAL]
                portal[place] += "x"
                with self.worker(portal=portal) as other:
                    self.assertEqual(self.share(other), 4)

    def test_person_goes_before_the_backlog(self):
        with self.worker() as lane, self.worker(wanted=1) as person:
            self.share(lane)
            self.assertEqual(self.share(person), 0)
            self.assertEqual(self.share(lane, in_flight=4), 4, "all are in use")
            self.assertEqual(self.share(lane, in_flight=3), 3)
            self.assertEqual(self.share(lane), 3, "it is the person's")
            self.assertEqual(self.share(person), 1)
            self.assertEqual(self.share(lane), 3)
            person.close()
            self.assertEqual(self.share(lane), 4)

    def test_each_of_several_persons_gets_one(self):
        with (
            self.worker() as lane,
            self.worker(wanted=1) as first,
            self.worker(wanted=3) as second,
        ):
            self.share(lane)
            self.share(first)
            self.share(second)
            self.assertEqual(self.share(lane), 2)
            self.assertEqual((self.share(first), self.share(second)), (1, 1))
            lane.close()
            self.assertEqual(self.share(second), 3, "it takes more if they are free")
            self.assertEqual(self.share(lane), 0)

    def test_more_is_not_wanted_than_there_is(self):
        with self.worker(wanted=50) as person:
            self.assertEqual(self.share(person), 4)
        with self.worker(wanted=0) as person:
            self.assertEqual(self.share(person), 1)

    def test_wait_has_an_end(self):
        with self.worker() as lane, self.worker(wanted=1) as person:
            self.share(lane)
            self.assertFalse(person.wait(patience=5, sleep=self.clock.sleep))
            self.assertLess(self.clock(), 5 + 2 * PAUSE)
            person.close()
            self.assertEqual(self.share(lane), 4, "nobody waits any more")

    def test_wait_ends_with_a_seat(self):
        with self.worker() as lane, self.worker(wanted=1) as person:
            self.share(lane)
            self.clock.on_sleep = lambda: self.share(lane, in_flight=3)
            self.assertTrue(person.wait(patience=5, sleep=self.clock.sleep))
            self.assertLess(self.clock(), 1)

    def test_killed_holder_leaves_nothing(self):
        connection = db_connect(self.env.cr.dbname)
        cr = connection.cursor()
        lost = Seats(api.Environment(cr, SUPERUSER_ID, {}), PORTAL, 4)
        self.assertEqual(self.share(lost), 4)
        self.env.cr.execute(
            "SELECT pg_terminate_backend(%s)", [cr._cnx.get_backend_pid()]
        )
        with self.worker() as lane:
            for _time in range(1000):
                if self.share(lane) == 4:
                    break
            self.assertEqual(len(lane), 4)
        lost.close()
