"""Build the data of SignedInvoice and SignedQRCode.

The portal parses a document and serialises it again: sections and members are in its
order, null and unknown members are dropped, and every item begins with ``ItemNo`` (the
order is that of tokens signed by NIC's portal).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Spec = Mapping[str, "Spec | None"]


def _spec(names: str = "", **sections: Spec) -> Spec:
    """Return an ordered table: plain names first, then names with an inner table."""
    return MappingProxyType({**dict.fromkeys(names.split()), **sections})


_SELLER = _spec("Gstin LglNm TrdNm Addr1 Addr2 Loc Pin Stcd Ph Em")
_BUYER = _spec("Gstin LglNm TrdNm Pos Addr1 Addr2 Loc Pin Ph Em Stcd")
_ITEM = _spec(
    "SlNo IsServc PrdDesc HsnCd Barcde Qty FreeQty Unit UnitPrice TotAmt Discount"
    " PreTaxVal AssAmt GstRt IgstAmt CgstAmt SgstAmt CesRt CesAmt CesNonAdvlAmt"
    " StateCesRt StateCesAmt StateCesNonAdvlAmt OthChrg TotItemVal OrdLineRef OrgCntry"
    " PrdSlNo",
    BchDtls=_spec("Nm ExpDt WrDt"),
    AttribDtls=_spec("Nm Val"),
)
_VALUES = _spec(
    "AssVal CgstVal SgstVal IgstVal CesVal StCesVal Discount OthChrg RndOffAmt"
    " TotInvVal TotInvValFc"
)
_REFERENCES = _spec(
    "InvRm",
    DocPerdDtls=_spec("InvStDt InvEndDt"),
    PrecDocDtls=_spec("InvNo InvDt OthRefNo"),
    ContrDtls=_spec(
        "RecAdvRefr RecAdvDt TendRefr ContrRefr ExtRefr ProjRefr PORefr PORefDt"
    ),
)
_EWAY_BILL = _spec(
    "TransId TransName TransMode Distance TransDocNo TransDocDt VehNo VehType"
)
_INVOICE = _spec(
    "Version",
    TranDtls=_spec("TaxSch SupTyp RegRev EcmGstin IgstOnIntra"),
    DocDtls=_spec("Typ No Dt"),
    SellerDtls=_SELLER,
    BuyerDtls=_BUYER,
    DispDtls=_spec("Nm Addr1 Addr2 Loc Pin Stcd"),
    ShipDtls=_spec("Gstin LglNm TrdNm Addr1 Addr2 Loc Pin Stcd"),
    ItemList=_ITEM,
    ValDtls=_VALUES,
    PayDtls=_spec(
        "Nm AccDet Mode FinInsBr PayTerm PayInstr CrTrn DirDr CrDay PaidAmt PaymtDue"
    ),
    RefDtls=_REFERENCES,
    AddlDocDtls=_spec("Url Docs Info"),
    ExpDtls=_spec("ShipBNo ShipBDt Port RefClm ForCur CntCode ExpDuty"),
    EwbDtls=_EWAY_BILL,
)


def invoice_data(
    invoice: Mapping[str, Any], ack_number: int, ack_at: str, irn: str
) -> dict[str, Any]:
    """Return the data of SignedInvoice for a document that passed the checks.

    :param ack_at: ``yyyy-MM-dd HH:mm:ss``, IST, with its seconds
    """
    data: dict[str, Any] = {"AckNo": ack_number, "AckDt": ack_at, "Irn": irn}
    data.update(_ordered(invoice, _INVOICE))
    data["DocDtls"]["Typ"] = data["DocDtls"]["Typ"].upper()
    data["ItemList"] = [{"ItemNo": 0, **item} for item in data["ItemList"]]
    return data


def qr_data(invoice: Mapping[str, Any], irn: str, ack_at: str) -> dict[str, Any]:
    """Return the data of SignedQRCode for a document that passed the checks."""
    document = invoice["DocDtls"]
    return {
        "SellerGstin": invoice["SellerDtls"]["Gstin"],
        "BuyerGstin": invoice["BuyerDtls"]["Gstin"],
        "DocNo": document["No"],
        "DocTyp": document["Typ"].upper(),
        "DocDt": document["Dt"],
        "TotInvVal": invoice["ValDtls"]["TotInvVal"],
        "ItemCnt": len(invoice["ItemList"]),
        "MainHsnCode": _main_hsn(invoice["ItemList"]),
        "Irn": irn,
        "IrnDt": ack_at,
    }


def _main_hsn(items: list[Mapping[str, Any]]) -> Any:
    """Return the HSN code of the first line with the highest taxable value."""
    return max(items, key=_taxable_value).get("HsnCd")


def _taxable_value(item: Mapping[str, Any]) -> float:
    value = item.get("AssAmt")
    return value if isinstance(value, int | float) else 0.0


def _ordered(value: Any, spec: Spec | None) -> Any:
    if spec is None:
        return value
    if isinstance(value, list):
        return [_ordered(one, spec) for one in value if one is not None]
    if not isinstance(value, Mapping):
        return value
    present = (name for name in spec if value.get(name) is not None)
    return {name: _ordered(value[name], spec[name]) for name in present}
