"""Write a fetched e-way bill as JSON, and read it again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from .bill import Bill, BillItem, PartB

_MOMENTS = ("generated_at", "valid_until", "entered_at")
_DAYS = ("doc_date", "document_date")
_ADDRESSES = ("from_address", "to_address")
_AMOUNTS = (
    *("total_value", "invoice_value", "cgst", "sgst", "igst", "cess"),
    *("cess_non_advol", "other_value", "quantity", "taxable_amount"),
    *("cgst_rate", "sgst_rate", "igst_rate", "cess_rate"),
)
_READ: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        **dict.fromkeys(_MOMENTS, datetime.fromisoformat),
        **dict.fromkeys(_DAYS, date.fromisoformat),
        **dict.fromkeys(_AMOUNTS, Decimal),
        **dict.fromkeys(_ADDRESSES, tuple),
    }
)


def dump_bill(bill: Bill) -> str:
    """Return ``bill`` as JSON, for :func:`load_bill`."""
    return json.dumps(asdict(bill), ensure_ascii=False, default=_text)


def load_bill(text: str) -> Bill:
    """Return the bill that :func:`dump_bill` has written.

    :raises ValueError, TypeError, KeyError: it is something else.
    """
    members = json.loads(text)
    items = tuple(BillItem(**_read(one)) for one in members.pop("items"))
    vehicles = tuple(PartB(**_read(one)) for one in members.pop("vehicles"))
    return Bill(**_read(members), items=items, vehicles=vehicles)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _read(members: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if value is None or name not in _READ else _READ[name](value)
        for name, value in members.items()
    }
