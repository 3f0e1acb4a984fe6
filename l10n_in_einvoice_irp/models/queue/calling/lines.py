"""The portals of one run, and which of them takes a record.

A record that a portal may hold goes to that portal alone, however long it is down. Any
other goes to the main portal; or to a stand-by, once the main one has been down for
longer than the company allows, until it answers again.
"""

from odoo import fields
from odoo.fields import Domain

from ....irp.operations import policy
from .line import Line


class Lines:
    """The lines of one worker, opened as records need them.

    :param model: empty recordset of the worker's model, as superuser.
    :param wanted: how many calls a user waits for: a pause stops none of them; None if
        nobody does.
    """

    def __init__(self, model, company, environment, *, wanted):
        self._model = model
        self._company = company
        self._environment = environment
        self._wanted = wanted
        self._main = company._l10n_in_irp_address(environment)
        self._standbys = company._l10n_in_irp_standby_addresses(environment)
        # by address, and whether they are to its e-way bill system
        self._lines: dict[tuple[str, bool], Line] = {}
        # by address: whether the company has a user of its e-way bill system
        self._ewb_sessions: dict[str, bool] = {}
        self._has_probe: bool | None = None

    def __iter__(self):
        return iter(list(self._lines.values()))

    def in_flight(self):
        return sum(map(len, self))

    def have_room(self):
        """Return whether a line takes calls now."""
        return any(line.has_room() for line in self)

    def busy(self):
        """Return the lines that will take more calls, but not now."""
        return [line for line in self if not line.is_over and not line.has_room()]

    def seconds_to_slot(self):
        """Return how long until the calls per minute allow the next call; None if no
        line waits for that."""
        waits = [line.seconds_to_slot() for line in self]
        return min((wait for wait in waits if wait is not None), default=None)

    def share(self):
        """Share calls in flight with other workers; see `Line.share`."""
        return any([line.share() for line in self])  # noqa: C419 - all of them

    def have_idle_seats(self):
        """Return whether a line may have to share calls before one ends."""
        return any(line.has_idle_seats() for line in self)

    # ------------------------------------------------------------------
    # Which line
    # ------------------------------------------------------------------

    def line_of(self, record):
        """Return the line that a record's next call goes to; it may be over."""
        if record._is_unplaced():
            return self.route()
        address = record._portal_address() or self._main
        of_ewb = record._is_of_ewaybill_system() and self._has_ewb_session(address)
        return self._at(address, of_ewb=of_ewb)

    def _has_ewb_session(self, address):
        if address not in self._ewb_sessions:
            self._ewb_sessions[address] = self._company._l10n_in_irp_has_ewb_session(
                self._environment, address
            )
        return self._ewb_sessions[address]

    def domain_of(self, lines):
        """Return the domain of the records that go to one of these lines for certain:
        what goes to the other system of a portal does not wait for them."""
        domain = Domain.FALSE
        for address in {line.address for line in lines}:
            systems = {line.of_ewb for line in lines if line.address == address}
            there = self._model._address_domain([address])
            if len(systems) == 1 and self._has_ewb_session(address):
                there &= self._model._system_domain(of_ewb=systems.pop())
            domain |= there
        return domain

    def is_route_among(self, lines):
        """Return whether records that no portal has seen go to one of these lines.

        Opens none: before the first such record, it is not known.
        """
        return (self._main, False) in self._lines and self.route() in lines

    def route(self):
        """Return the line of records that no portal has seen; it may be over."""
        main = self._at(self._main)
        if not self._gives_way(main):
            return main
        lines = map(self._at, self._standbys)
        usable = (line for line in lines if not line.is_over and line.is_usable())
        return next(usable, main)

    def _gives_way(self, main):
        """Return whether a stand-by registers in place of the main portal.

        If the main one may be back, a look-up shows it where one is waiting; only
        without one, a new invoice has to.
        """
        is_taken_over = not main.has_answered and self._is_taken_over(main)
        return is_taken_over and (main.is_over or self._has_look_up(main))

    def _is_taken_over(self, line):
        return self._company._l10n_in_irp_is_taken_over(
            self._environment, line.down_since
        )

    def _has_look_up(self, main):
        if self._has_probe is None:
            domain = Domain("company_id", "=", self._company.id)
            domain &= Domain("environment", "=", self._environment)
            # the next look-up of an invoice in bulk upload is hours away
            domain &= Domain("next_attempt_at", "<=", self._soon())
            domain &= self._model._free_domain()
            domain &= self._model._address_domain([main.address])
            self._has_probe = bool(self._model.search_count(domain, limit=1))
        return self._has_probe

    @staticmethod
    def _soon():
        return fields.Datetime.now() + policy.PAUSES[-1]

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    def _at(self, address, *, of_ewb=False):
        if (key := (address, of_ewb)) not in self._lines:
            opened = self._open_ewb if of_ewb else self._open
            self._lines[key] = opened(address)
        return self._lines[key]

    def _open_ewb(self, address):
        """Return the line to the e-way bill system of the portal at an address: it has
        no health check, so that a call shows whether it is back."""
        line = Line(
            self._company, self._environment, address, of_ewb=True, wanted=self._wanted
        )
        line.is_over = self._wanted is None and line.is_paused()
        line.share()
        return line

    def _open(self, address):
        is_main = address == self._main
        line = Line(
            self._company,
            self._environment,
            address,
            is_watched=is_main and bool(self._standbys),
            wanted=self._wanted,
        )
        # others can wait for the end of a pause, or have another portal
        is_checked = self._wanted is None or address in self._standbys
        if is_checked or (is_main and self._is_taken_over(line)):
            may_ask = self._company._l10n_in_irp_may_ask
            line.is_over = not may_ask(self._environment, address)
        line.share()
        return line
