"""The measured load of a portal."""

from sandbox.server.load import Load


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_most_calls_at_once():
    load = Load()
    with load.call():
        with load.call():
            pass
        with load.call(), load.call():
            assert load.most_at_once == 3
    with load.call():
        pass
    assert load.most_at_once == 3


def test_call_that_breaks_off_has_ended():
    load = Load()
    for _time in range(2):
        try:
            with load.call():
                raise ConnectionResetError
        except ConnectionResetError:
            pass
    assert load.most_at_once == 1


def test_most_calls_within_any_minute():
    load = Load(clock := Clock())
    for clock.seconds in (0, 30, 59, 60, 61, 200):
        with load.call():
            pass
    assert load.most_per_minute == 4
