"""Text as the INV-01 schema takes it (NIC "field regular expressions").

No control characters, neither ``"`` nor ``\\``, and lengths within bounds.
"""

import re

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BLANKS = re.compile(r"\s+")
_FORBIDDEN = str.maketrans({'"': "'", "\\": "/"})


def clean_text(value: str | None, *, longest: int, shortest: int = 1) -> str | None:
    """Make a text fit for the portal.

    Control characters and runs of blanks become one blank, a double quote becomes a
    single one, a backslash a slash; what is longer than ``longest`` characters is cut.

    :return: None when fewer than ``shortest`` characters remain, so that an optional
        member is left out rather than refused.

    >>> clean_text('Rod 1/2"\\n  steel', longest=300)
    "Rod 1/2' steel"
    >>> clean_text("ab", longest=100, shortest=3) is None
    True
    """
    spaced = _CONTROLS.sub(" ", value or "").translate(_FORBIDDEN)
    text = _BLANKS.sub(" ", spaced).strip()[:longest].rstrip()
    return text if len(text) >= shortest else None
