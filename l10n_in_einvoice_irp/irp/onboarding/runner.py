"""Run the calls that a portal asks for before it opens production.

Good and bad calls alternate, because a portal blocks who sends many bad ones in a row.
Each step is in the journal before it is sent and after it has been answered. A step
whose answer was lost is looked up, and counts only if the portal has it; it is never
sent a second time before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ..protocol import CallRecord, Health
from ..protocol.errors import (
    IrpAuthenticationError,
    IrpError,
    IrpNotSent,
    IrpOutcomeUnknown,
    IrpRateLimited,
    IrpRejected,
    IrpSharedUser,
)
from ..protocol.redaction import redact_text
from ..reference.dates import IST
from . import answers, calls
from .cases import Case, Cases, Site
from .journal import (
    BAD,
    FOUND,
    GOOD,
    NOT_PROCESSED,
    OK,
    PREPARATION,
    REFUSED,
    UNEXPECTED,
    UNKNOWN,
    Entry,
    Journal,
    Outcome,
    Step,
)
from .plan import asked, title_of

_PURPOSES = (GOOD, BAD)


class Stopped(Exception):
    """The run cannot continue now; it can be continued later. The text says why."""


@dataclass(frozen=True)
class Hooks:
    """The surroundings of a run.

    :ivar pace: called before each call to the portal; waits as long as necessary.
    :ivar wait: waits some seconds, for a call that may be in progress at the portal.
    :ivar taken: returns the records of the calls since the last time.
    :ivar progress: called with service, purpose, calls made and calls wanted.
    """

    pace: Callable[[], None]
    wait: Callable[[float], None]
    taken: Callable[[], Iterable[CallRecord]]
    progress: Callable[[str, str, int, int], None] = field(
        default=lambda service, purpose, made, wanted: None
    )


class Runner:
    """A run of test calls at one portal.

    :param services: names of the services to test, in their order.
    :param wanted: good calls per service, and as many bad ones.
    """

    def __init__(
        self,
        site: Site,
        journal: Journal,
        hooks: Hooks,
        *,
        services: Sequence[str],
        wanted: int,
    ) -> None:
        self._site, self._journal, self._hooks = site, journal, hooks
        self._services, self._wanted = services, wanted
        self._cases = Cases(site, journal)
        self.problems: list[str] = []

    def run(self) -> list[str]:
        """Make what is missing, and return what could not be made, in words.

        Raises Stopped if the portal does not answer, asks for fewer calls or refuses
        the user: the same run can be continued later.
        """
        self._settle_open()
        for service in self._services:
            self._test(service)
        return self.problems

    def _settle_open(self) -> None:
        """Settle the steps during which an earlier run was stopped."""
        for entry in tuple(self._journal.open_entries()):
            self._journal.conclude(entry.step, self._settled(entry.step))

    # -- a service ---------------------------------------------------------------------

    def _test(self, service: str) -> None:
        open_purposes = [one for one in _PURPOSES if self._is_made(service, one)]
        failures = dict.fromkeys(open_purposes, 0)
        while open_purposes:
            for purpose in tuple(open_purposes):
                if not self._missing(service, purpose):
                    open_purposes.remove(purpose)
                    continue
                reason = self._try(service, purpose, failures)
                if reason:
                    self._give_up(service, purpose, reason)
                    open_purposes.remove(purpose)

    @staticmethod
    def _is_made(service: str, purpose: str) -> bool:
        return purpose == GOOD or service not in asked()["no_bad_call"]

    def _missing(self, service: str, purpose: str) -> int:
        return self._wanted - self._made(service, purpose)

    def _made(self, service: str, purpose: str) -> int:
        return sum(entry.counts for entry in self._of(service, purpose))

    def _of(self, service: str, purpose: str) -> list[Entry]:
        return [
            entry
            for entry in self._journal.entries
            if (entry.step.service, entry.step.purpose) == (service, purpose)
        ]

    def _try(self, service: str, purpose: str, failures: dict[str, int]) -> str:
        """Make one call, or one that prepares it; return why to give up, or ""."""
        index = len(self._of(service, purpose))
        try:
            make = self._cases.good if purpose == GOOD else self._cases.bad
            case = make(service, index)
        except LookupError as error:
            return str(error)
        entry = self._perform(case)
        if entry.counts:
            failures[purpose] = 0
            made = self._made(service, purpose)
            self._hooks.progress(service, purpose, made, self._wanted)
        elif not (case.step.purpose == PREPARATION and entry.as_expected):
            failures[purpose] += 1
        return self._reason(entry, failures[purpose])

    def _reason(self, entry: Entry, failures: int) -> str:
        outcome = entry.outcome
        if outcome is None or entry.counts:
            return ""
        if outcome.code in asked()["limited_service"]:
            return f"the portal limits this service: {outcome.code} {outcome.message}"
        if failures < asked()["give_up_after"]:
            return ""
        return f"{failures} times in a row: {outcome.code} {outcome.message}".strip()

    def _give_up(self, service: str, purpose: str, reason: str) -> None:
        made = self._made(service, purpose)
        self.problems.append(
            f"{title_of(service)}: {made} of {self._wanted} {purpose} calls; {reason}"
        )

    # -- a call ------------------------------------------------------------------------

    def _perform(self, case: Case) -> Entry:
        self._hooks.pace()
        # Of earlier calls: look-ups, and log-ins.
        list(self._hooks.taken())
        self._journal.intend(case.step)
        outcome = self._outcome(case)
        self._journal.conclude(case.step, outcome)
        if outcome.state == NOT_PROCESSED:
            self._check_stop(outcome)
        return Entry(case.step, outcome)

    def _outcome(self, case: Case) -> Outcome:
        step = case.step
        try:
            result = case.call()
        except IrpError as error:
            return self._after(step, error)
        plain = self._plain(step)
        if isinstance(result, Health) and not result.ok:
            return replace(
                plain,
                state=NOT_PROCESSED,
                code=plain.code or "no_answer",
                message=redact_text(result.detail),
            )
        return replace(
            plain,
            state=UNEXPECTED if step.purpose == BAD else OK,
            code=plain.code if step.purpose == GOOD else "",
            response=answers.accepted(result),
            facts=answers.facts_of(result),
            message="accepted" if step.purpose == BAD else "",
        )

    def _plain(self, step: Step) -> Outcome:
        """Return an outcome with what the record of the call says."""
        found = [one for one in self._hooks.taken() if one.endpoint == step.service]
        if not found:
            return Outcome(UNEXPECTED, self._now())
        call = found[-1]
        at = call.started_at.astimezone(IST).isoformat(timespec="seconds")
        return Outcome(UNEXPECTED, at, call.url, call.http_status, call.code)

    def _after(self, step: Step, error: IrpError) -> Outcome:
        plain = self._plain(step)
        said = replace(
            plain,
            code=error.code or getattr(error, "reason", "") or error.outcome,
            message=redact_text(error.message),
            http_status=error.http_status or plain.http_status,
        )
        if isinstance(error, IrpOutcomeUnknown):
            return self._settled(step, said)
        if isinstance(error, (IrpNotSent, IrpRateLimited)):
            return replace(said, state=NOT_PROCESSED)
        if self._is_refusal(step, error):
            state = REFUSED if step.purpose == BAD else UNEXPECTED
            return replace(said, state=state, response=answers.refused(error))
        if isinstance(error, (IrpAuthenticationError, IrpSharedUser)):
            return replace(said, state=NOT_PROCESSED)
        return said

    @staticmethod
    def _is_refusal(step: Step, error: IrpError) -> bool:
        if isinstance(error, IrpRejected):
            return True
        # Without a code it is a gateway's, or a firewall's.
        is_coded = isinstance(error, IrpAuthenticationError) and error.code != ""
        return is_coded and (step.service, step.purpose) == ("authenticate", BAD)

    def _check_stop(self, outcome: Outcome) -> None:
        """Raise Stopped where the next call would fare no better."""
        if outcome.code in asked()["limited_service"]:
            return
        recent = [one.outcome for one in self._journal.entries[-_IN_A_ROW:]]
        if len(recent) == _IN_A_ROW and all(_is_stuck(one) for one in recent):
            raise Stopped(f"{outcome.code} {outcome.message}".strip())
        if outcome.http_status is not None and outcome.code.isdecimal():
            # a refused user, or a request to wait: asking again makes it worse
            raise Stopped(f"{outcome.code} {outcome.message}".strip())

    # -- lost answers ------------------------------------------------------------------

    def _settled(self, step: Step, said: Outcome | None = None) -> Outcome:
        """Return the outcome of a step whose answer is missing, by a look-up.

        Raises Stopped, and leaves the step open, while the portal does not answer.
        """
        said = said or Outcome(NOT_PROCESSED, self._now(), code="stopped")
        try:
            found = self._found(step)
        except IrpRejected as error:
            message = f"the answer was lost, and a look-up is refused: {error}"
            return replace(said, state=UNKNOWN, message=message)
        if found is None:
            return replace(said, state=NOT_PROCESSED)
        is_good = step.purpose != BAD
        return replace(
            said,
            state=FOUND if is_good else UNEXPECTED,
            code=said.code if is_good else "",
            message="the answer was lost; found by a look-up",
            response=answers.accepted(found),
            facts=answers.facts_of(found),
        )

    def _found(self, step: Step) -> Any:
        found = self._look_up(step)
        if found is not None or step.service not in _SETTLED:
            return found
        # The call may still be in progress there.
        self._hooks.wait(self._site.environment.in_flight_timeout.total_seconds())
        return self._look_up(step)

    def _look_up(self, step: Step) -> Any:
        self._hooks.pace()
        try:
            return calls.look_up(self._site.client, step)
        except IrpRejected:
            raise
        except IrpError as error:
            raise Stopped(
                f"whether the portal has carried out call {step.number}"
                f" ({title_of(step.service)}) cannot be looked up: {error}"
            ) from error

    def _now(self) -> str:
        now: datetime = self._site.client.now()
        return now.astimezone(IST).isoformat(timespec="seconds")


_IN_A_ROW = 3
_NOT_ADMITTED = (401, 403, 429)
_SERVER_ERROR = 500
_SETTLED = frozenset({"generate_irn", "cancel_irn", "generate_ewb", "cancel_ewb"})


def _is_stuck(outcome: Outcome | None) -> bool:
    """Return whether the portal, and not this service alone, did not do its work."""
    if outcome is None or outcome.state != NOT_PROCESSED:
        return False
    status = outcome.http_status
    return status is None or status in _NOT_ADMITTED or status >= _SERVER_ERROR
