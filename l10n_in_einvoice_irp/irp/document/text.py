"""Clean texts for the INV-01 schema (NIC "field regular expressions").

The schema allows no control characters, no ``"`` and no ``\\``, and limits lengths.
"""

_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
_FORBIDDEN = {**dict.fromkeys(_CONTROLS, " "), ord('"'): "'", ord("\\"): "/"}


def clean_text(value: str | None, *, longest: int, shortest: int = 1) -> str | None:
    """Return ``value`` as the portal accepts it.

    Replace control characters and runs of spaces by one space, double quotes by single
    ones, backslashes by slashes; truncate to ``longest`` characters.

    :return: None if fewer than ``shortest`` characters remain, so that an optional
        member is omitted rather than refused.

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
    """Return the last ``longest`` characters of a number, cleaned.

    NIC asks for the last 15 characters of a transport document number, because those
    are the ones that differ.

    >>> last_characters("AWB/2026/000123456", longest=15)
    '/2026/000123456'
    """
    text = clean_text(value, longest=len(value or ""))
    return text[-longest:].lstrip() if text else None


def clean_identifier(
    value: str | None, *, longest: int, shortest: int = 1
) -> str | None:
    """Return a cleaned identifier, or None if it is too short or too long.

    It is never truncated: that would make it a different identifier.

    >>> clean_identifier("GC-118 / 7", longest=20)
    'GC-118 / 7'
    >>> clean_identifier("12345678901234567890", longest=18) is None
    True
    """
    text = clean_text(value, longest=longest + 1, shortest=shortest)
    return text if text and len(text) <= longest else None
