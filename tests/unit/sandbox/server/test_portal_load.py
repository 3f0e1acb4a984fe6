"""The measured load of a portal."""

from sandbox.server.load import Load


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_most_calls_at_once():
    load = Load()
    with load.call("one"):
        with load.call("one"):
            pass
        with load.call("one"), load.call("one"):
            assert load.most_at_once["one"] == 3
    with load.call("one"):
        pass
    assert load.most_at_once["one"] == 3


def test_call_that_breaks_off_has_ended():
    load = Load()
    for _time in range(2):
        try:
            with load.call("one"):
                raise ConnectionResetError
        except ConnectionResetError:
            pass
    assert load.most_at_once["one"] == 1


def test_most_calls_within_any_minute():
    load = Load(clock := Clock())
    for clock.seconds in (0, 30, 59, 60, 61, 200):
        with load.call("one"):
            pass
    assert load.most_per_minute["one"] == 4


def test_forgotten_load_is_not_the_most():
    load = Load()
    with load.call("one"), load.call("one"):
        load.forget()
    assert load.most_at_once == {}
    with load.call("one"):
        assert load.most_at_once == {"one": 1}


def test_each_gstin_is_counted_apart():
    load = Load()
    with load.call("one"), load.call("two"):
        pass
    assert load.most_at_once == load.most_per_minute == {"one": 1, "two": 1}
