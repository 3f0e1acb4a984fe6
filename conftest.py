"""Choose how much of the long tests to run: a slice, or all with ``bin/test --long``.

Applies to every folder of tests. Hypothesis tries the number of examples of the profile
loaded here; a test that needs fewer or more uses a multiple of its ``max_examples``.
Tests marked ``long`` run only with ``--long``.
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
