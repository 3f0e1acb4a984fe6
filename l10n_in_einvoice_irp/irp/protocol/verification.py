"""Verify a registration: signatures, IRN, and content against what was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from ..reference.dates import indian_date, read_date, read_portal_datetime
from .errors import IrpSignatureError, IrpUnknownKey
from .incoming import as_code, as_text, bounded, cut_text
from .records import Registration
from .signature import Kind, SignedToken, SigningKeys, peek

State = Literal["verified", "unchecked", "mismatch"]

# Added to the request by the portal (NIC "Generate IRN" v1.03, signed invoice).
_ADDED_TOP = frozenset({"AckNo", "AckDt", "Irn", "Version"})
_ADDED_ITEM = frozenset({"ItemNo"})
# The answer's dates may be rounded to the minute while the signed ones have seconds.
_ROUNDING = timedelta(minutes=1)
_NUMBERS = (int, float, Decimal)
# May differ in another program's registration: the e-way bill requested in the
# same call, payment details and contacts.
_ASIDE_SECTIONS = frozenset({"EwbDtls", "PayDtls"})
_ASIDE_MEMBERS = frozenset({"Ph", "Em"})


@dataclass(frozen=True)
class Difference:
    """A member that differs: its path ("ItemList[2].HsnCd"), what was sent, what came.

    An absent member is None.
    """

    path: str
    sent: Any
    signed: Any


@dataclass(frozen=True)
class Verdict:
    """The judgement on a registration.

    ``state``: "verified"; "unchecked" if the signing key ``kid`` is missing (the
    content agrees, but its signature was not checked); "mismatch" if the content
    differs, whether or not the signatures could be checked. ``issuer`` is the token's
    ``iss``. ``message`` is English, for the log. ``checked``: whether both
    signatures were checked, also for a mismatch. ``asides`` are differences that do
    not matter for whether two registrations are the same. ``retired``: a key verified
    them whose time is over, which is right for an older invoice and wrong for a new
    one; for a file a person has to confirm it.
    """

    state: State
    kid: str
    issuer: str
    message: str
    differences: tuple[Difference, ...] = ()
    checked: bool = True
    asides: tuple[Difference, ...] = ()
    retired: bool = False


def verify_registration(
    registration: Registration,
    keys: SigningKeys,
    *,
    received_at: datetime | None = None,
    kind: Kind = "looked_up",
    expected_irn: str = "",
    sent: Mapping[str, Any] | None = None,
    registered_elsewhere: bool = False,
) -> Verdict:
    """Judge ``registration`` with the environment's signing ``keys``.

    Both tokens are verified, as what came at ``received_at`` and how (``kind``, see
    :meth:`.signature.SigningKeys.verify`); the IRN in both must be the answer's and, if
    given, ``expected_irn`` (computed by ourselves); the signed invoice must have the
    content of ``sent``, if given; the QR must agree with the invoice. For what another
    program registered (``registered_elsewhere``), e-way bill, payment and contact data
    may differ (the verdict's ``asides``). Raises IrpSignatureError if a token is
    missing, malformed or does not verify under its known key, or if a retired key
    signed it before the date of the document.
    """
    how = _Receipt(keys, received_at, kind)
    invoice, invoice_key = how.open(registration.signed_invoice, "SignedInvoice")
    qr, qr_key = how.open(registration.signed_qr, "SignedQRCode", invoice.signed_at)
    is_retired = invoice.retired or qr.retired
    if is_retired:
        _refuse_earlier_than_document(invoice)
    found = [
        *_irn_differences(registration, expected_irn, invoice, qr),
        *_ack_differences(registration, invoice, qr),
        *_qr_differences(invoice.data, qr.data),
    ]
    asides: list[Difference] = []
    for difference in differences(sent, invoice.data) if sent is not None else ():
        (asides if registered_elsewhere and _is_aside(difference) else found).append(
            difference
        )
    missing = next((key for key in (invoice_key, qr_key) if key is not None), None)
    verdict = _verdict(invoice, missing, tuple(found), is_retired)
    return replace(verdict, asides=tuple(asides))


def differences(
    sent: Mapping[str, Any], signed: Mapping[str, Any]
) -> tuple[Difference, ...]:
    """Compare the invoice that was ``sent`` with the content the portal ``signed``.

    Not counted, because the portal does it to every invoice: order, null members left
    out, AckNo, AckDt, Irn and ItemNo added, letter case and outer blanks of texts,
    notation of numbers (100 and 100.00).
    """
    return tuple(_compare("", _pruned(sent), _pruned(signed), _ADDED_TOP))


def _is_aside(difference: Difference) -> bool:
    names = difference.path.split(".")
    return names[0] in _ASIDE_SECTIONS or names[-1] in _ASIDE_MEMBERS


@dataclass(frozen=True)
class _Receipt:
    """How tokens came, and the keys to check them with."""

    keys: SigningKeys
    received_at: datetime | None
    kind: Kind

    def open(
        self, token: str, what: str, signed_at: datetime | None = None
    ) -> tuple[SignedToken, str | None]:
        """Return the token and, if its key is missing, the key's name."""
        if not token:
            raise IrpSignatureError(f"the answer has no {what}")
        try:
            verified = self.keys.verify(
                token,
                received_at=self.received_at,
                kind=self.kind,
                signed_at=signed_at,
            )
        except IrpUnknownKey as error:
            return peek(token), error.kid
        return verified, None


def _refuse_earlier_than_document(invoice: SignedToken) -> None:
    """Refuse a date of signing before that of the document (NIC: no future document).

    A leaked key of the past can sign today's invoice only with a date of the past.
    """
    dated = read_date(as_code(_section(invoice.data, "DocDtls").get("Dt")))
    signed = invoice.signed_at
    if signed is None or dated is None or indian_date(signed) < dated:
        raise IrpSignatureError(
            f"signed with the retired key {invoice.kid}, before the document's date",
            kid=invoice.kid,
        )


def _verdict(
    invoice: SignedToken,
    missing: str | None,
    found: tuple[Difference, ...],
    is_retired: bool,
) -> Verdict:
    kid = invoice.kid if missing is None else missing
    notes = []
    state: State = "verified"
    if missing is not None:
        state = "unchecked"
        notes.append(f"signature not checked: key {missing or '(unnamed)'} missing")
    if found:
        state = "mismatch"
        paths = ", ".join(difference.path for difference in found)
        notes.insert(0, f"the signed content differs: {paths}")
    if not notes:
        notes.append(f"verified under key {kid or '(unnamed)'}")
    if is_retired:
        notes.append("signed with a retired key")
    return Verdict(
        state,
        kid,
        invoice.issuer,
        cut_text("; ".join(notes)),
        found,
        missing is None,
        retired=is_retired,
    )


def _irn_differences(
    registration: Registration, expected: str, invoice: SignedToken, qr: SignedToken
) -> Iterator[Difference]:
    wanted = (expected or registration.irn).lower()
    if registration.irn.lower() != wanted:
        yield Difference("Irn", wanted, registration.irn)
    for path, token in (("SignedInvoice.Irn", invoice), ("SignedQRCode.Irn", qr)):
        signed = token.data.get("Irn")
        if as_text(signed).lower() != wanted:
            yield Difference(path, wanted, bounded(signed))


def _ack_differences(
    registration: Registration, invoice: SignedToken, qr: SignedToken
) -> Iterator[Difference]:
    answered, number = registration.ack_number, as_code(invoice.data.get("AckNo"))
    if answered != number:
        yield Difference("AckNo", answered, number)
    # A QR without IrnDt is one of 2020.
    dates = {"AckDt": invoice.data.get("AckDt")}
    if "IrnDt" in qr.data:
        dates["SignedQRCode.IrnDt"] = qr.data["IrnDt"]
    for path, signed in dates.items():
        if not _same_moment(registration.ack_date, signed):
            yield Difference(path, registration.ack_date.isoformat(), bounded(signed))


def _same_moment(answered: datetime, signed: object) -> bool:
    moment = read_portal_datetime(signed)
    return moment is not None and abs(moment - answered) < _ROUNDING


def _section(invoice: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = invoice.get(name)
    return section if isinstance(section, Mapping) else {}


def _items(invoice: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = invoice.get("ItemList")
    rows = rows if isinstance(rows, list) else []
    return [row for row in rows if isinstance(row, Mapping)]


_QR_MEMBERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "SellerGstin": lambda invoice: _section(invoice, "SellerDtls").get("Gstin"),
    "BuyerGstin": lambda invoice: _section(invoice, "BuyerDtls").get("Gstin"),
    "DocNo": lambda invoice: _section(invoice, "DocDtls").get("No"),
    "DocTyp": lambda invoice: _section(invoice, "DocDtls").get("Typ"),
    "DocDt": lambda invoice: _section(invoice, "DocDtls").get("Dt"),
    "TotInvVal": lambda invoice: _section(invoice, "ValDtls").get("TotInvVal"),
    "ItemCnt": lambda invoice: len(_items(invoice)),
}


def _qr_differences(
    invoice: Mapping[str, Any], qr: Mapping[str, Any]
) -> Iterator[Difference]:
    for name, value_of in _QR_MEMBERS.items():
        expected = value_of(invoice)
        if _plain(expected) != _plain(qr.get(name)):
            yield _difference(f"SignedQRCode.{name}", expected, qr.get(name))
    # The HSN of the line of highest value: which one on a tie is the portal's secret.
    codes = [as_code(row.get("HsnCd")) for row in _items(invoice)]
    main = qr.get("MainHsnCode")
    if as_code(main) not in codes:
        yield _difference("SignedQRCode.MainHsnCode", ", ".join(codes), main)


def _compare(
    path: str, sent: Any, signed: Any, added: frozenset[str] = frozenset()
) -> Iterator[Difference]:
    if sent == signed:
        return
    kinds = {type(value) for value in (sent, signed) if value is not None}
    if kinds == {dict}:
        yield from _compare_members(path, sent or {}, signed or {}, added)
    elif kinds == {list}:
        yield from _compare_rows(path, sent or [], signed or [])
    elif sent is None and _is_zero(signed):
        # A number that we left out may come back as the portal's zero.
        return
    elif _plain(sent) != _plain(signed):
        yield _difference(path, sent, signed)


def _difference(path: str, sent: Any, signed: Any) -> Difference:
    """Return a difference of a size that can be stored and shown."""
    return Difference(cut_text(path), bounded(sent), bounded(signed))


def _compare_members(
    path: str, sent: dict[str, Any], signed: dict[str, Any], added: frozenset[str]
) -> Iterator[Difference]:
    prefix = f"{path}." if path else ""
    for name in [*sent, *(extra for extra in signed if extra not in sent)]:
        if name in added and name not in sent:
            continue
        yield from _compare(f"{prefix}{name}", sent.get(name), signed.get(name))


def _compare_rows(
    path: str, sent: list[Any], signed: list[Any]
) -> Iterator[Difference]:
    for index in range(max(len(sent), len(signed))):
        row = sent[index] if index < len(sent) else None
        other = signed[index] if index < len(signed) else None
        yield from _compare(f"{path}[{index}]", row, other, _ADDED_ITEM)


def _pruned(value: Any) -> Any:
    """Return ``value`` without empty members: null, "" and empty containers."""
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, (list, tuple)):
        return [_pruned(item) for item in value] or None
    # asked last: of a number it would be expensive to find out
    if value is None or isinstance(value, _NUMBERS) or not isinstance(value, Mapping):
        return value
    members = ((str(name), _pruned(item)) for name, item in value.items())
    return {name: item for name, item in members if item is not None} or None


def _plain(value: Any) -> Any:
    if isinstance(value, _NUMBERS) and not isinstance(value, bool):
        return Decimal(str(value))
    if isinstance(value, str):
        return " ".join(value.split()).casefold()
    return value


def _is_zero(value: Any) -> bool:
    is_number = isinstance(value, _NUMBERS) and not isinstance(value, bool)
    return is_number and value == 0
