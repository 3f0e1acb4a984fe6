"""Who may change evidence: this addon's own code, and nobody else.

Superuser mode proves nothing, because a server action may call `sudo()`. A permit does:
`safe_eval` has neither `import` nor `with`, so what runs in it cannot open one. A
permit is for exactly one change, so that an automation that our change sets off can
make no other.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Permit(NamedTuple):
    """A change of records: values to write, or None to delete them."""

    model: str
    ids: frozenset
    values: dict | None

    def covers(self, records, values):
        """Return whether it allows to write values, or with None to delete."""
        if records._name != self.model or not self.ids.issuperset(records.ids):
            return False
        if values is None or self.values is None:
            return values is self.values
        return all(
            name in self.values and self.values[name] == value
            for name, value in values.items()
        )


_permits: ContextVar[tuple[Permit, ...]] = ContextVar("irp_permits", default=())
_flushes: ContextVar[bool] = ContextVar("irp_flushes", default=False)
_records_chatter: ContextVar[bool] = ContextVar("irp_chatter", default=False)


@contextmanager
def permitted(records, values=None):
    """Let the code inside write these values to the records, or delete them."""
    permit = Permit(records._name, frozenset(records.ids), values)
    token = _permits.set((*_permits.get(), permit))
    try:
        yield
    finally:
        _permits.reset(token)


def is_permitted(records, values=None):
    """Return whether our code is writing these values, or deleting the records."""
    return any(permit.covers(records, values) for permit in _permits.get())


@contextmanager
def flushing():
    """Let the ORM write what it holds; the guards have seen it before."""
    token = _flushes.set(True)
    try:
        yield
    finally:
        _flushes.reset(token)


def is_flushing():
    """Return whether the ORM is flushing."""
    return _flushes.get()


@contextmanager
def recorded_messages():
    """Make evidence of the messages that the code inside posts."""
    token = _records_chatter.set(True)
    try:
        yield
    finally:
        _records_chatter.reset(token)


def is_recording():
    """Return whether messages that are posted now are evidence."""
    return _records_chatter.get()
