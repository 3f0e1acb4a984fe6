"""The client exports exactly these names, and the Odoo side uses no others."""

import ast
from importlib import import_module
from pathlib import Path

import irp
import pytest

ADDON = Path(irp.__file__).parents[1]
ODOO_SIDE = [
    *ADDON.glob("models/**/*.py"),
    *ADDON.glob("wizards/**/*.py"),
    *ADDON.glob("cli/*.py"),
    *ADDON.glob("tests/**/*.py"),
]
ROOMS = (
    "client",
    "document",
    "onboarding",
    "operations",
    "protocol",
    "reference",
    "rules",
)
PUBLIC = """
    ENVIRONMENTS PROFILES Account CallRecord Cancellation Difference Environment
    EwayBill EwayBillCancellation EwaybillApi EwaybillSystem Health Info
    IrpAlreadyCancelled
    IrpAuthenticationError IrpClient IrpDuplicate IrpError IrpEwbExists IrpEwbLogInError
    IrpNotFound IrpNotOffered IrpNotSent IrpOutcomeUnknown IrpProtocolError
    IrpRateLimited IrpRejected IrpSharedUser IrpSignatureError IrpTokenRefused
    IrpTooLate IrpTransportError IrpUnknownKey PortalError Profile ProfileError
    Registration Request RequestsTransport Response Session SigningKey SigningKeys
    Taxpayer Timeouts Transport Verdict check_base_url compute_irn load_auth_key
    load_signing_key parse_portal_file qr_png qr_svg verify_registration
"""


def test_public_names():
    assert irp.__all__ == PUBLIC.split()


@pytest.mark.parametrize("name", ["irp", *(f"irp.{room}" for room in ROOMS)])
def test_every_exported_name_is_there_and_documented(name):
    package = import_module(name)

    for public in package.__all__:
        found = getattr(package, public)
        assert not callable(found) or found.__doc__, public


def test_every_error_is_exported():
    def kinds(kind):
        yield kind.__name__
        for below in kind.__subclasses__():
            yield from kinds(below)

    assert set(kinds(irp.IrpError)) <= set(irp.__all__)


def taken(path):
    """Return the (package, name) pairs that a file imports from the client."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level and node.module:
            steps = node.module.split(".")
            if steps[0] == "irp":
                yield from ((steps, alias.name) for alias in node.names)


def test_the_odoo_side_imports_from_facades():
    imports = [(path.name, *pair) for path in ODOO_SIDE for pair in taken(path)]

    assert imports
    assert not [one for one in imports if not is_exported(*one[1:])]


def is_exported(steps, name):
    if steps == ["irp"] and name in ROOMS:
        return True
    return name in getattr(import_module(".".join(steps)), "__all__", ())
