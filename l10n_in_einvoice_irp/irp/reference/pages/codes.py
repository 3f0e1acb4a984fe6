"""A page of error codes for each system, with an anchor for each code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..code_list import GATEWAY, ListedCode
from .markdown import bullets, paragraph, section, table

_NOTE = "<!-- Written by irp/reference/pages from the list of codes; do not edit. -->\n"
_INDEX = "README.md"
# list of codes -> file, heading and introduction of its page
_PAGES: Mapping[str, tuple[str, str, str]] = {
    "VITAL": (
        "irp-login.md",
        "IRP: Login and GSTIN",
        (
            "The IRP returns these codes at the login, when it looks up a GSTIN, and "
            "on its website."
        ),
    ),
    "IRN": (
        "irp-e-invoice.md",
        "IRP: e-Invoice",
        (
            "The IRP returns these codes when an invoice is registered, looked up or "
            "cancelled."
        ),
    ),
    "EWB": (
        "irp-e-way-bill.md",
        "IRP: e-Way Bill",
        (
            "The IRP returns these codes when an e-Way Bill is generated from an IRN, "
            "or cancelled. The IRN is issued all the same."
        ),
    ),
    "EWBAPI": (
        "e-way-bill-system.md",
        "e-Way Bill System",
        (
            "The e-Way Bill system (ewaybillgst.gov.in) returns these codes, without a "
            "text, when an e-Way Bill is generated, changed or looked up there."
        ),
    ),
    GATEWAY: (
        "gsp.md",
        "GSPs",
        (
            "A GSP returns these codes in the place of the IRP. They are in no list of "
            "the IRP."
        ),
    ),
}
# remedy -> what Odoo does
_AUTOMATIC: Mapping[str, str] = {
    "retry": "Odoo tries again automatically.",
    "reauthenticate": "Odoo logs in again automatically, and repeats the call once.",
    "sync_gstin": "Odoo first synchronises the GSTIN with the GST common portal, where "
    "the portal offers it.",
}


def code_pages(codes: Iterable[ListedCode]) -> Mapping[str, str]:
    """Return the text of each page, in Markdown, by its file name."""
    grouped: dict[str, list[ListedCode]] = {name: [] for name in _PAGES}
    for one in codes:
        grouped[one.entry.group].append(one)
    pages = {_PAGES[name][0]: _page(name, group) for name, group in grouped.items()}
    return {_INDEX: _index(grouped), **pages}


def anchor(code: str) -> str:
    """Return where a code stands on its page, as GitHub names the heading."""
    return code.lstrip("_").lower()


def _page(name: str, group: Sequence[ListedCode]) -> str:
    _file, title, intro = _PAGES[name]
    parts = [f"# Error Codes: {title}\n", _NOTE, paragraph(intro)]
    return "\n".join([*parts, *map(_entry, group)])


def _entry(listed: ListedCode) -> str:
    known = listed.entry
    remedy = f"{known.advice} {_AUTOMATIC.get(known.remedy, '')}".strip()
    rows = {
        "GSP": listed.gsp,
        "Portal": f"`{known.message}`" if known.message else "",
        "Cause": known.cause,
        "Remedy": remedy,
        "Lists Differ": known.disagreement,
    }
    facts = (f"**{name}**: {text}" for name, text in rows.items() if text)
    return section(known.code.lstrip("_"), bullets(facts))


def _index(grouped: Mapping[str, Sequence[ListedCode]]) -> str:
    intro = (
        "Each code that a portal returns, with cause and remedy in our words beside "
        "the portal's text. In Odoo, the same list is under _Invoicing / "
        "e-Invoicing (India) / Portal Error Codes_: search for a code, or for words of "
        "the message."
    )
    rows = [
        (f"[{title}]({file})", str(len(grouped[name])), text)
        for name, (file, title, text) in _PAGES.items()
    ]
    common = [
        (_link(name, one), one.entry.cause)
        for name, group in grouped.items()
        for one in group
        if one.reason
    ]
    return "\n".join(
        [
            "# Error Codes of the Portals\n",
            _NOTE,
            paragraph(intro),
            table(("Page", "Codes", "When"), rows),
            section("The Hundred Commonest", table(("Code", "Cause"), common)),
        ]
    )


def _link(name: str, listed: ListedCode) -> str:
    code = listed.entry.code
    return f"[{code}]({_PAGES[name][0]}#{anchor(code)})"
