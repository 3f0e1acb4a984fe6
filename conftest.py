"""How much of what takes long is tested: a slice, or all with ``bin/test --long``.

For every folder of tests. Hypothesis tries the examples of the profile that is loaded
here; a test that needs fewer or more takes a multiple of its ``max_examples``. Tests
marked ``long`` run with ``--long`` alone.
"""

import os

import pytest

LONG = bool(os.environ.get("IRP_LONG"))

try:
    from hypothesis import settings
except ImportError:  # the addon's own tests do without
    pass
else:
    settings.register_profile("slice", max_examples=100)
    settings.register_profile("long", max_examples=2000)
    settings.load_profile("long" if LONG else "slice")


def pytest_collection_modifyitems(items):
    if LONG:
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="runs with bin/test --long"))
