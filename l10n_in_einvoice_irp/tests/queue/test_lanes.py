import signal
import threading
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import config

from ...irp import IrpNotSent
from ...irp.operations import Limits
from ...models import locks, wakeup
from ...models.portal.error_messages import ErrorMessages
from ...models.portal.limits.seats import Seats
from ...models.queue import queue
from ...models.queue.calling import line
from ...models.queue.lanes import actions, parameters, server
from ...models.queue.lanes.parameters import LANES, SECONDS, slice_limits
from ...models.queue.lanes.turns import due_turns, mark_served
from .failover import NOW, FailoverCommon


class Progress:
    """A scheduler with time, which notes what a lane reports.

    :ivar on_stored: called when results are stored.
    """

    def __init__(self, seconds=60, on_stored=None):
        self._seconds = seconds
        self._on_stored = on_stored or (lambda: None)
        self.remaining = None

    def __call__(self, processed=0, *, remaining=None):
        if processed:
            self._on_stored()
        if remaining is not None:
            self.remaining = remaining
        return self._seconds


class Turnstile:
    """A transport whose second registration waits until it is opened."""

    def __init__(self):
        self.opened = threading.Event()
        self.registrations = 0

    def __call__(self, inner):
        self._inner = inner
        return self

    def send(self, request):
        if request.url.endswith("/Invoice"):
            self.registrations += 1
            if self.registrations == 2:
                self.opened.wait(10)
        return self._inner.send(request)


class Routes:
    """Passes requests to a network's portals, and others where they would go."""

    def __init__(self, network, addresses):
        self._network, self.addresses = network, addresses

    def __call__(self, inner):
        route = Routes(self._network, self.addresses)
        route._inner = inner
        return route

    def send(self, request):
        is_here = any(request.url.startswith(one) for one in self.addresses)
        return (self._network if is_here else self._inner).send(request)


class Process:
    """An Odoo process with the attributes that Odoo's own have."""

    def __init__(self, **values):
        self.__dict__.update(values)

    def handle(self, _signal, _frame):
        """Do nothing: the attributes are what counts."""


class LanesMixin:
    """The lanes of `root`, an environment of the superuser."""

    def lanes(self):
        crons = self.root["ir.cron"].with_context(active_test=False)
        code = "model._cron_process_queue()"
        return crons.search([("code", "=", code)], order="id")

    def set_parameter(self, key, value):
        self.root["ir.config_parameter"].set_param(key, value)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTurns(LanesMixin, FailoverCommon):
    """One GSTIN at two environments, whose turns are independent."""

    def setUp(self):
        super().setUp()
        self.root = self.through(Routes(self.network, list(self.address.values())))

    def through(self, transport):
        """Return the superuser's environment, whose calls go through a transport."""
        context = {**self.env.context, "l10n_in_irp_wrap_transport": transport}
        return self.env(su=True, context=context)

    def in_demo(self):
        self.company.sudo().l10n_in_irp_environment = "demo"
        move = self.make_invoice()
        self.company.sudo().l10n_in_irp_environment = "sandbox"
        return move

    def two_turns(self):
        first, second = self.in_demo(), self.make_invoice()
        first.l10n_in_irp_document_id.sudo().next_attempt_at = NOW - timedelta(hours=1)
        return first, second

    def names(self):
        return [turn.name.split()[0] for turn in due_turns(self.root)]

    def test_the_one_that_has_waited_longest_comes_next(self):
        self.two_turns()
        self.assertEqual(self.names(), ["demo", "sandbox"])
        with freeze_time(NOW + timedelta(seconds=5)):
            mark_served(due_turns(self.root)[0])
            self.assertEqual(self.names(), ["sandbox", "demo"])
        with freeze_time(NOW + timedelta(seconds=10)):
            mark_served(due_turns(self.root)[0])
            self.assertEqual(self.names(), ["demo", "sandbox"])

    def test_the_one_whose_calls_per_minute_are_used_up_comes_last(self):
        self.two_turns()
        vat = self.company.vat
        address = self.company._l10n_in_irp_address("demo")
        breakers = self.root["l10n_in.irp.circuit.breaker"]
        portal = ("demo", vat, address)
        slot = breakers._reserve(portal, calls=10, per_minute=60)
        self.assertEqual(self.names(), ["sandbox", "demo"])
        breakers._give_back(portal, slot, calls=10, per_minute=60)
        self.assertEqual(breakers._reserve(portal, calls=1, per_minute=60).wait, 0)

    def test_time_that_others_have_reserved_behind_is_not_given_back(self):
        breakers = self.root["l10n_in.irp.circuit.breaker"]
        address = self.company._l10n_in_irp_address("demo")
        portal = ("demo", self.company.vat, address)
        first = breakers._reserve(portal, calls=10, per_minute=60)
        second = breakers._reserve(portal, calls=10, per_minute=60)
        breakers._give_back(portal, first, calls=10, per_minute=60)
        third = breakers._reserve(portal, calls=1, per_minute=60)
        self.assertGreaterEqual(third.wait, 10 + second.wait)

    def test_lane_works_off_everything(self):
        first, second = self.two_turns()
        progress = Progress()
        held = queue.Lane(self.root, progress).run(wakes=False)
        self.assertEqual(first.l10n_in_irp_state, "registered")
        self.assertEqual(second.l10n_in_irp_state, "registered")
        self.assertEqual((held, progress.remaining), (set(), 0))

    def test_portal_that_is_down_holds_up_no_other(self):
        """A lane without time begins nothing; one with time works off the rest."""
        first, second = self.two_turns()
        second.l10n_in_irp_document_id.sudo().next_attempt_at = NOW - timedelta(days=1)
        self.cut_off("nic1")
        progress = Progress(seconds=0)
        queue.Lane(self.root, progress).run(wakes=False)
        self.assertEqual(progress.remaining, 2)
        self.assertFalse(self.network.urls)
        progress = Progress()
        queue.Lane(self.root, progress).run(wakes=False)
        self.assertEqual(first.l10n_in_irp_state, "registered")
        self.assertEqual(second.l10n_in_irp_state, "to_register")
        self.assertEqual(progress.remaining, 0)

    def test_turn_that_another_lane_holds_is_left_to_it(self):
        move = self.make_invoice()
        [turn] = due_turns(self.root)
        triggers = self.root["ir.cron.trigger"]
        triggers.search([]).unlink()
        with self.other_process() as other, locks.first_free(other, [turn.name]):
            progress = Progress()
            held = queue.Lane(self.root, progress).run(wakes=False)
            queue.schedule_next(self.root, held)
        self.assertEqual(held, {turn.name})
        self.assertEqual(progress.remaining, 0)
        self.assertFalse(self.network.urls)
        self.assertFalse(triggers.search([]), "its holder wakes the lanes")
        self.assertEqual(queue.Lane(self.root, Progress()).run(wakes=False), set())
        self.assertEqual(move.l10n_in_irp_state, "registered")

    @contextmanager
    def all_calls_in_use_elsewhere(self):
        with self.other_process() as other:
            nic = self.nic.sudo()
            portal = ("sandbox", self.company.vat, nic.base_url)
            elsewhere = Seats(other, portal, nic.calls)
            elsewhere.hold(nic.calls)
            yield
            elsewhere.close()

    def test_click_that_gets_no_call_in_time_is_left_to_the_lanes(self):
        move = self.make_invoice()
        with self.all_calls_in_use_elsewhere(), patch.object(line, "PATIENCE", 0):
            self.due("l10n_in.irp.document", self.network)._process_now()
        self.assertFalse(self.network.urls)
        self.assertEqual(move.l10n_in_irp_state, "to_register")
        queue.Lane(self.root, Progress()).run(wakes=False)
        self.assertEqual(move.l10n_in_irp_state, "registered")

    def test_look_up_that_gets_no_call_in_time_says_so(self):
        connection = self.company.sudo()._l10n_in_irp_connect("sandbox")
        with self.all_calls_in_use_elsewhere(), self.assertRaises(IrpNotSent) as raised:
            connection.run({1: (None, None)}, patience=0)
        text = ErrorMessages(self.env).describe(raised.exception).clicked
        self.assertIn("parallel calls of this GSTIN are in use", text)

    @contextmanager
    def other_process(self):
        """Yield an environment on another connection to the database."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def test_end_of_a_slice_withdraws_what_is_not_begun(self):
        self.nic.sudo().calls = 1
        moves = self.invoices(6)
        gate = Turnstile()
        root = self.through(lambda inner: gate(self.network(inner)))
        root.flush_all()
        [turn] = due_turns(root)
        progress = Progress(on_stored=gate.opened.set)
        self.assertTrue(queue.take_turn(turn, progress, Limits(number=1)))
        documents = moves.l10n_in_irp_document_id.sudo()
        states = documents.mapped("state")
        self.assertEqual(set(states), {"registered", "to_register"})
        self.assertEqual(states.count("registered"), gate.registrations)
        left = documents.filtered(lambda one: one.state == "to_register")
        self.assertEqual(set(left.mapped("attempt")), {0})
        self.assertFalse(any(documents.mapped("worker")))
        [turn] = due_turns(root)
        self.assertFalse(queue.take_turn(turn, Progress()))
        self.assertEqual(set(documents.mapped("state")), {"registered"})
        self.assertEqual(gate.registrations, 6)
        self.assertEqual(self.held("nic1"), self.numbers(moves))

    def test_process_that_is_to_end_begins_nothing(self):
        move = self.make_invoice()
        previous = signal.signal(signal.SIGINT, Process(alive=False).handle)
        self.addCleanup(signal.signal, signal.SIGINT, previous)
        progress = Progress()
        queue.Lane(self.root, progress).run(wakes=False)
        self.assertFalse(self.network.urls)
        self.assertEqual(progress.remaining, 1)
        signal.signal(signal.SIGINT, Process(quit_signals_received=0).handle)
        queue.Lane(self.root, progress).run(wakes=False)
        self.assertEqual(move.l10n_in_irp_state, "registered")

    def test_first_lane_wakes_as_many_as_can_help(self):
        self.two_turns()
        self.set_parameter(LANES, "4")
        actions.set_up(self.root)
        triggers = self.root["ir.cron.trigger"]
        triggers.search([]).unlink()
        queue.Lane(self.root, Progress(seconds=0)).run(wakes=True)
        self.assertFalse(triggers.search([]), "without time, it wakes none")
        queue.Lane(self.root, Progress()).run(wakes=True)
        self.assertEqual(triggers.search([]).cron_id, self.lanes()[1])


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLanes(LanesMixin, TransactionCase):
    """The scheduled actions, and the server that they run in."""

    def setUp(self):
        super().setUp()
        self.root = self.env(user=SUPERUSER_ID)

    def set_threads(self, count):
        self.addCleanup(
            config.__setitem__, "max_cron_threads", config["max_cron_threads"]
        )
        config["max_cron_threads"] = count

    def test_there_are_as_many_lanes_as_the_parameter_says(self):
        for number, active in (("3", 3), ("2", 2), ("4", 4), ("x", 4), (False, 4)):
            self.set_parameter(LANES, number)
            with self.subTest(number):
                if number == "x":
                    with self.assertLogs(parameters.__name__, "WARNING"):
                        actions.set_up(self.root)
                else:
                    actions.set_up(self.root)
                self.assertEqual(self.lanes().mapped("active").count(True), active)
        self.assertEqual(len(self.lanes()), 4)
        others = self.lanes()[1:]
        self.assertEqual(
            set(others.get_external_id().values()),
            {f"{wakeup.CRON}_{number}" for number in (2, 3, 4)},
            "they go with the addon",
        )

    def test_one_thread_is_left_to_other_actions(self):
        for threads, lanes in ((5, 4), (2, 1), (1, 1), (0, 1)):
            self.set_threads(threads)
            self.assertEqual(server.usual_lanes(), lanes)
            self.assertEqual(len(set(server.places())), lanes)
        self.set_threads(3)
        actions.set_up(self.root)
        self.assertEqual(len(self.lanes()), 2)

    def test_only_the_first_lane_wakes_others(self):
        self.set_parameter(LANES, "2")
        actions.set_up(self.root)
        first, second = self.lanes()
        self.assertTrue(actions.is_first(self.root))
        self.assertTrue(actions.is_first(self.root(context={"cron_id": first.id})))
        self.assertFalse(actions.is_first(self.root(context={"cron_id": second.id})))

    def test_thread_that_has_worked_as_a_lane_is_free_for_other_actions(self):
        with server.at_work(1):
            pass
        self.assertTrue(server.is_second(2))
        self.assertFalse(server.is_second(1), "Odoo runs it several times")
        with freeze_time(NOW + timedelta(seconds=5)):
            self.assertFalse(server.is_second(2))

    def test_slice_is_data(self):
        self.assertEqual(slice_limits(self.root), Limits(5, 500))
        self.set_parameter(SECONDS, "12")
        self.assertEqual(slice_limits(self.root), Limits(12, 500))

    def test_end_of_a_server_with_threads_waits_for_its_lanes(self):
        begun, may_end, ended = threading.Event(), threading.Event(), []

        def lane():
            with server.at_work(1):
                begun.set()
                may_end.wait(10)
                ended.append(True)

        def stop():
            server.wait_for_lanes()
            ended.append("server")

        threads = [threading.Thread(target=lane)]
        threads[0].start()
        begun.wait(10)
        threads.append(threading.Thread(target=stop))
        threads[1].start()
        may_end.set()
        for thread in threads:
            thread.join(10)
        self.assertEqual(ended, [True, "server"])
