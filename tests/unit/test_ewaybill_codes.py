"""Every published code of the e-way bill system has its test, or a reason is given.

By the list of codes itself. Those before a call are in `irp.ewaybill.test_every_code`,
which runs the checks that Odoo makes; those of the local portal, which is written
separately, are asserted by its own tests, call by call over HTTP.
"""

import ast
import csv
from pathlib import Path

ROOT = Path(__file__).parents[2]
ADDON = ROOT / "l10n_in_einvoice_irp"
TESTS = ROOT / "tests" / "unit" / "sandbox"
LIST = ADDON / "irp" / "reference" / "data" / "ewaybill" / "error-codes.csv"
OUTSIDE = {
    "OFFICER": "for tax officers",
    "CLOSE": "closing is on hold since 30-07-2026",
}


def listed(text):
    """Return the codes of a text."""
    return text.split()


# the portal's own failures, which nobody can cause
FAILURES = listed("""
    107 112 113 114 240 309 313 317 322 329 330 331 347 350 368 383 388 397 401 403
    800 813 825 859 860
""")
# the log-in and the session, for which other codes were recorded (108, 238, 103, 104)
SESSION = listed("101 102 105 106 227 228 237 334 336")
# of older lists, or with a twin that is enforced: 306, 278, 379, 710
REPLACED = listed("351 369 380 436 437")
# the missing returns of recipient and transporter have not counted since 18-05-2021
NO_LONGER = listed("716 717")
# no query has a range of days; a bill without goods cannot be made
IMPOSSIBLE = listed("398 416")
# closing is on hold, so no bill of the local portal is closed
CLOSED = listed("843 844 845 846 847 848 849 850 851")
# of two codes for one refusal, the one that a setting chooses
SETTINGS = listed("325 611 709")
# only the portal knows it: its registers, its sessions, what it has seen and verified
PORTAL_KNOWS = listed("""
    100 103 104 108 109 110 111 115 116 117 118 235 236 238 239 242 316 325 326 327
    328 337 357 358 366 393 395 418 448 449 601 604 607 611 654 655 658 709 715
    718 719 722 728 855
""")


# bills of the other e-way bill portal: one source alone says how a number shows which
# portal made it, and a GSP decides which one is called, so that the portal judges
PORTALS = listed("444 445 446 447 452")
# nothing before the call refuses them
NOT_BEFORE = {
    *(*FAILURES, *SESSION, *REPLACED, *NO_LONGER, *IMPOSSIBLE, *SETTINGS),
    *(*CLOSED, *PORTALS, *PORTAL_KNOWS),
}
# the local portal has no case of them
NOT_THERE = {
    *(*FAILURES, *SESSION, *REPLACED, *NO_LONGER, *IMPOSSIBLE, *SETTINGS, *CLOSED),
}


def published():
    """Return the published codes of the services that taxpayers have."""
    with LIST.open(encoding="utf-8", newline="") as lines:
        return [
            row["code"]
            for row in csv.DictReader(lines)
            if row["service"] not in OUTSIDE
        ]


def asserted():
    """Return the three-digit texts in the local portal's tests of e-way bills."""
    found = set()
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update([node.value] if len(node.value) == 3 else [])
    return found


def test_the_local_portal_is_tested_for_each():
    left = asserted() | NOT_THERE
    assert [one for one in published() if one not in left] == []


def test_every_excuse_is_a_published_code():
    assert {*published()} >= NOT_BEFORE | NOT_THERE
