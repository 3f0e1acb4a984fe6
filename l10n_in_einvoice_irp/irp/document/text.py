"""Text as the INV-01 schema takes it (NIC "field regular expressions").

No control characters, neither ``"`` nor ``\\``, and lengths within bounds.
"""

_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
_FORBIDDEN = {**dict.fromkeys(_CONTROLS, " "), ord('"'): "'", ord("\\"): "/"}


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
    if not value:
        return None
    text = " ".join(value.translate(_FORBIDDEN).split())[:longest].rstrip()
    return text if len(text) >= shortest else None


def last_characters(value: str | None, *, longest: int) -> str | None:
    """Make a number fit for the portal by its last characters.

    NIC asks for the last 15 characters of a longer transport document number: carriers
    count at its end.

    >>> last_characters("AWB/2026/000123456", longest=15)
    '/2026/000123456'
    """
    text = clean_text(value, longest=len(value or ""))
    return text[-longest:].lstrip() if text else None


def clean_identifier(
    value: str | None, *, longest: int, shortest: int = 1
) -> str | None:
    """Make an identifier fit for the portal: whole or not at all.

    What is left of a number that was cut is another number.

    >>> clean_identifier("GC-118 / 7", longest=20)
    'GC-118 / 7'
    >>> clean_identifier("12345678901234567890", longest=18) is None
    True
    """
    text = clean_text(value, longest=longest + 1, shortest=shortest)
    return text if text and len(text) <= longest else None
