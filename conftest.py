"""Choose how much of the long tests to run: a slice, or all with ``bin/test --long``.

Applies to every folder of tests. Hypothesis tries the number of examples of the profile
loaded here; a test that needs fewer or more uses a multiple of its ``max_examples``.
Tests marked ``long`` run only with ``--long``.

The scratch databases of ``bin/test`` get a company with a chart of accounts, which
every class of tests in Odoo would load for itself otherwise.
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


@pytest.fixture(scope="session", autouse=True)
def prepared_company(request):
    """Prepare the company that the tests in Odoo use, once and committed.

    Only in a database that goes with the run: the tests themselves undo what they do.
    """
    is_scratch = "IRP_TEMPLATE_DATABASE" in os.environ
    if is_scratch and (name := request.config.getoption("--odoo-database", None)):
        request.getfixturevalue("load_registry")
        from odoo import SUPERUSER_ID, api
        from odoo.modules.registry import Registry

        from odoo.addons.l10n_in_einvoice_irp.tests.prepared import prepare

        with Registry(name).cursor() as cr:
            prepare(api.Environment(cr, SUPERUSER_ID, {}))
