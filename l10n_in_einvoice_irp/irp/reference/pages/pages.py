"""A page for each portal: who may connect, what to enter, what works, what is open.

Everything about a portal comes from its profile; here are the words around it, and
what a person does where programs cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ..profiles import (
    SERVICES,
    SERVICES_WITHOUT_CALL,
    KeySource,
    PortalHost,
    Profile,
    offer,
)
from .entries import entries
from .markdown import bullets, paragraph, section, table

_NOTE = "<!-- Written by irp/reference/pages from the profiles; do not edit. -->\n"
_EWB_SITE = "ewaybillgst.gov.in"
_INSTEAD: Mapping[str, str] = {
    "get_irn_by_document": "After a lost answer, Odoo looks the invoice up by its IRN, "
    "which it computes from seller, year, type and number.",
    "get_rejected_irns": "See the list on the portal's website.",
    "generate_ewb": f"Generate the e-Way Bill on {_EWB_SITE}.",
    "get_ewb": f"See the e-Way Bill on {_EWB_SITE}.",
    "cancel_ewb": f"Cancel it on {_EWB_SITE}. An e-Invoice manager then enters reason "
    "and date in Odoo.",
    "get_gstin": "Check the GSTIN on services.gst.gov.in, Search Taxpayer.",
    "sync_gstin": "A new or changed GSTIN may be unknown to the portal for some days. "
    "Try again later.",
    "ping": "Odoo sees only from the next call whether the portal is up.",
}
_LIMITED: Mapping[str, str] = {
    "own login": "If the credential has an e-Way Bill API User. Otherwise no. ",
    "sandbox only": "In the sandbox only. ",
}
_ENVIRONMENTS = {"sandbox": "Sandbox", "production": "Production"}
_KEYS = {"auth": "Portal's Public Key", "signing": "Signing key"}
_ENTRY = ("Field", "What to enter")
_ADMISSION = {
    "who": "Who",
    "onboarding": "How",
    "test_report": "Test report",
    "time": "How long it takes",
    "cost": "Cost",
    "addresses": "Your IP addresses",
}


def portal_pages(profiles: Iterable[Profile]) -> Mapping[str, str]:
    """Return the text of each page, in Markdown, by its file name.

    Profiles that name the same page share it.
    """
    grouped: dict[str, list[Profile]] = {}
    for one in profiles:
        grouped.setdefault(f"{one.page}.md", []).append(one)
    return {name: _page(group) for name, group in grouped.items()}


def _page(group: Sequence[Profile]) -> str:
    is_known = any(one.wire.known for one in group)
    parts = [
        f"# {' and '.join(one.title for one in group)}\n",
        _NOTE,
        _introduction(group),
        section("Who May Connect", _admission(group)),
        section("What to Enter in Odoo", _entries(group)) if is_known else "",
        section("Keys", _keys(group)),
        section("Addresses", _hosts(group)) if is_known else "",
        section("What Works in Odoo", _services(group)) if is_known else "",
        section("What Has to Be Filled In", _gaps(group)) if not is_known else "",
        section("What Is Open", _each(group, lambda one: one.doubts)),
        section("Sources", _each(group, lambda one: one.sources)),
    ]
    return "\n".join(filter(None, parts))


def _introduction(group: Sequence[Profile]) -> str:
    text = " ".join(dict.fromkeys(map(_standing, group)))
    return paragraph(
        f"{text} Nothing here was tried against a live system. What turns out to be "
        "different is corrected in a copy of the profile "
        "([how](../portals.md#change-a-datum))."
    )


def _standing(profile: Profile) -> str:
    if not profile.wire.known:
        return "Odoo cannot call this portal yet, because its calls are not published."
    leads = {
        "irp": "This portal registers the invoices itself.",
        "gsp": "This GSP passes the calls on to NIC, which registers the invoices.",
    }
    return f"{leads[profile.kind]} What is known of its calls: {profile.known_as}."


def _admission(group: Sequence[Profile]) -> str:
    rows = []
    for name, title in _ADMISSION.items():
        texts = dict.fromkeys(one.admission[name] for one in group)
        rows.append(f"**{title}**: {' '.join(texts)}")
    return bullets(rows)


def _entries(group: Sequence[Profile]) -> str:
    titles = " or ".join(f"_{one.title}_" for one in group)
    rows = dict.fromkeys(row for one in group for row in entries(one))
    intro = (
        "In _Invoicing / e-Invoicing (India) / Configuration / IRP Credentials_, "
        "create a credential for each GSTIN and environment. Then press _Test "
        "Connection_."
    )
    return paragraph(intro) + "\n" + table(_ENTRY, [("Portal", titles), *rows])


def _keys(group: Sequence[Profile]) -> str:
    sealed = "" if _is_sealed(group) else _UNSEALED
    rows = dict.fromkeys(_key_row(key) for one in group for key in one.keys)
    head = ("Key", "Environment", "Where", "Seen")
    return "\n".join(filter(None, [sealed, table(head, rows)]))


_UNSEALED = paragraph(
    "The login is not encrypted with a key of the portal, only the connection is. "
    "Signing keys verify what NIC signed."
)


def _is_sealed(group: Sequence[Profile]) -> bool:
    return any(one.wire.is_sealed for one in group)


def _key_row(key: KeySource) -> tuple[str, ...]:
    how = f"{key.how} <{key.url}>" if key.url else key.how
    return _KEYS[key.kind], _ENVIRONMENTS[key.environment], how, key.as_of or ""


def _hosts(group: Sequence[Profile]) -> str:
    rows = dict.fromkeys(
        (
            _ENVIRONMENTS[name],
            host.title,
            f"`{host.base_url}`",
            _ewb_use(one) if is_ewb else _use(host),
        )
        for name in _ENVIRONMENTS
        for one in group
        for is_ewb, hosts in (
            (False, one.environments[name].base_urls),
            (True, one.environments[name].ewb_hosts),
        )
        for host in hosts
    )
    intro = "Odoo fills them in. Allow these hosts in an outgoing firewall."
    head = ("Environment", "Portal", "Address", "Used for")
    return paragraph(intro) + "\n" + table(head, rows)


def _use(host: PortalHost) -> str:
    return "reserve" if host.reserve else "e-Invoices"


def _ewb_use(profile: Profile) -> str:
    has_api = profile.wire.offers("update_vehicle")
    return "e-Way Bills" if has_api else "cancelling e-Way Bills"


def _services(group: Sequence[Profile]) -> str:
    rows = [
        (service.title, _each_offer(group, name))
        for name, service in SERVICES.items()
        if name not in SERVICES_WITHOUT_CALL and not service.own_api
    ]
    return table(("Service", "In production"), rows)


def _each_offer(group: Sequence[Profile], service: str) -> str:
    return " ".join(dict.fromkeys(_offered(one, service) for one in group))


def _offered(profile: Profile, service: str) -> str:
    what = offer(profile, service)
    if what == "yes":
        return "Yes."
    return _LIMITED.get(what, "No. ") + _INSTEAD[service]


def _gaps(group: Sequence[Profile]) -> str:
    rows = dict.fromkeys(
        (f"`{gap.member}`", gap.what) for one in group for gap in one.gaps
    )
    intro = "A system administrator enters these data in a copy of the profile."
    return paragraph(intro) + "\n" + table(("Member", "What"), rows)


def _each(group: Sequence[Profile], texts: Callable[[Profile], Sequence[str]]) -> str:
    return bullets(dict.fromkeys(text for one in group for text in texts(one)))
