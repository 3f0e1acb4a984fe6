"""The public names of the package."""

import sandbox

PACKAGES = {"dialects", "portal", "server", "services", "store", "wire"}


def test_public_names():
    assert sandbox.__all__ == [
        "DIALECTS",
        "Dialect",
        "DropConnection",
        "Fault",
        "Faults",
        "Portal",
        "PortalDialect",
        "Settings",
        "Store",
        "create_app",
        "enter_samples",
        "serve",
    ]


def test_nothing_else_is_exported():
    names = {name for name in vars(sandbox) if not name.startswith("_")}

    assert names - PACKAGES == set(sandbox.__all__)
