"""The master data of the e-way bill system (its ``Master`` look-ups, v1.03)."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errors import IrpProtocolError
from .members import Members, records_of


@dataclass(frozen=True)
class ErrorText:
    """A code of the portal with its own text (GetErrorList)."""

    code: str
    text: str


@dataclass(frozen=True)
class Party:
    """A GSTIN, TRANSIN or common enrolment number (GetGSTINDetails,
    GetTransporterDetails).

    ``status`` is ACT, CNL, INA or PRO ("" for a transporter), ``block_status`` "B" if
    its e-way bills are blocked. Its repr has neither name nor address: it may be a
    person.
    """

    number: str
    trade_name: str = field(repr=False)
    legal_name: str = field(repr=False)
    address: tuple[str, str] = field(repr=False)
    state: str
    pin: str = field(repr=False)
    taxpayer_type: str
    status: str
    block_status: str

    @property
    def is_blocked(self) -> bool:
        """Return whether its e-way bills are blocked for missing returns."""
        return self.block_status == "B"


@dataclass(frozen=True)
class HsnCode:
    """An HSN code with its description (GetHsnDetailsByHsnCode)."""

    code: str
    description: str


def parse_error_list(data: object) -> tuple[ErrorText, ...]:
    """Read the answer of GetErrorList."""
    rows = records_of(data)
    return tuple(
        ErrorText(row.code("errorCode"), row.text("errorDesc")) for row in rows
    )


def parse_party(data: object, number: str) -> Party:
    """Read the details of ``number``; IrpProtocolError if they are of another."""
    members = Members(data)
    if members.code("gstin", "transin") != number:
        raise IrpProtocolError("the answer is not about the number asked for")
    return Party(
        number=number,
        trade_name=members.text("tradeName"),
        legal_name=members.text("legalName"),
        address=(members.text("address1"), members.text("address2")),
        state=members.state("stateCode"),
        pin=members.code("pinCode"),
        taxpayer_type=members.code("txpType"),
        status=members.code("status"),
        block_status=members.code("blkStatus"),
    )


def parse_hsn(data: object, code: str) -> HsnCode:
    """Read the answer of GetHsnDetailsByHsnCode for ``code``."""
    members = Members(data)
    found = members.code("hsnCode") or code
    # The portal writes a number: 0402 comes back as 402.
    if found.zfill(len(code)) != code:
        raise IrpProtocolError("the answer is about another HSN code")
    return HsnCode(code, members.text("hsnDesc"))
