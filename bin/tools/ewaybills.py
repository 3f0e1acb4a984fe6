"""The e-way bills of the demo, in the states that a dispatcher sees.

They are of the demo's invoices, or made on the website of the portal inside Odoo: by a
supplier, and by the company itself.
"""

from datetime import datetime, timedelta, timezone
from typing import Any

from sandbox.services.ewaybill.web import act_on_web

from odoo import api, models

from .base import ADDON

BILLS = "l10n_in.irp.ewaybill"
NASHIK, BENGALURU, KANDLA, CHENNAI, CONSUMER = (
    f"{ADDON}.demo_invoice_{name}"
    for name in ("intra", "inter", "sez", "deemed_export", "b2c")
)
SUPPLIER = f"{ADDON}.demo_buyer_inter"
REQUEST = {
    "supplyType": "O",
    "transactionType": 1,
    "totalValue": 60000,
    "cgstValue": 0,
    "sgstValue": 0,
    "cessValue": 0,
    "cessNonAdvolValue": 0,
    "transMode": "1",
    "transDistance": "0",
    "vehicleType": "R",
}
GOODS = {
    "productName": "Bench vices",
    "hsnCode": 820570,
    "quantity": 20,
    "qtyUnit": "NOS",
    "taxableAmount": 60000,
}
SALE = {
    "subSupplyType": "1",
    "docType": "INV",
    "itemList": [{**GOODS, "igstRate": 18}],
    "igstValue": 10800,
    "totInvValue": 70800,
}
# goods for an exhibition in Mumbai, without tax
FAIR = {
    "subSupplyType": "12",
    "docType": "CHL",
    "itemList": [{**GOODS, "cgstRate": 9, "sgstRate": 9}],
    "igstValue": 0,
    "totInvValue": 60000,
    "toAddr1": "Exhibition Centre",
    "toPlace": "Mumbai",
    "toPincode": 400063,
}


def make(env: api.Environment) -> int:
    """Make the e-way bills of the demo company unless it has some.

    :param env: of a person who works in the demo company.
    :return: how many e-way bills there are.
    """
    if not env[BILLS].search_count([]):
        _on_the_way(env)
        _waiting_for_part_b(env)
        _on_one_lorry(env)
        _without_irn(env)
        _made_elsewhere(env)
    return env[BILLS].search_count([])


def _on_the_way(env: api.Environment) -> None:
    """Reload goods from a lorry that broke down onto another."""
    bill = _generated(env, NASHIK, trans_mode="1", vehicle_number="MH12QR4567")
    _change(
        env,
        bill.action_part_b(),
        vehicle_number="MH15DE2210",
        place="Sangamner",
        vehicle_reason="1",
        remark="Gearbox failure",
    )


def _waiting_for_part_b(env: api.Environment) -> None:
    own = env.company.vat
    _generated(env, KANDLA, trans_mode=False, vehicle_type=False, transporter_gstin=own)


def _on_one_lorry(env: api.Environment) -> None:
    """Load the goods of two e-way bills on one lorry, with a consolidated one."""
    vehicle = {"trans_mode": "1", "vehicle_number": "MH14GH7788"}
    bills = _generated(env, BENGALURU, **vehicle) | _generated(env, CHENNAI, **vehicle)
    _change(
        env,
        bills.action_lorry(),
        vehicle_number="KA01MN3344",
        place="Kolhapur",
        vehicle_reason="2",
        remark="Reloaded at the depot",
    )


def _without_irn(env: api.Environment) -> None:
    """Prepare one for a sale to a consumer; it is not sent."""
    env.ref(CONSUMER).action_l10n_in_irp_movement()


def _made_elsewhere(env: api.Environment) -> None:
    """Fetch one of ours that ends today, and a supplier's that can be rejected."""
    company, now = env.company, datetime.now(timezone.utc)
    own, supplier = company.partner_id, env.ref(SUPPLIER)
    # valid for a day, as it is for each 200 km
    made = _on_web(
        company,
        now - timedelta(days=1),
        {**_party("from", own), **_party("to", own), **FAIR},
        docNo="DC/26-27/014",
        vehicleNo="MH12JK9090",
    )
    company._l10n_in_irp_fetch_ewb(made)
    _on_web(
        company,
        now,
        {**_party("from", supplier), **_party("to", own), **SALE},
        docNo="BMW/2291",
        vehicleNo="KA05PQ1122",
    )
    env["l10n_in.irp.ewaybill.fetch"].create({}).action_fetch()


# -- in Odoo ---------------------------------------------------------------------------


def _generated(env: api.Environment, invoice: str, **transport: Any) -> models.Model:
    """Return the e-way bill of an invoice of the demo, generated from its IRN."""
    action = env.ref(invoice).action_l10n_in_irp_ewaybill()
    bill = env[BILLS].browse(action["res_id"])
    bill.write({"distance": 0, **transport})
    bill.action_generate()
    return bill


def _change(env: api.Environment, action: dict[str, Any], **entered: Any) -> None:
    """Fill in the dialog of a change made in Maharashtra, and send it."""
    dialog = env[action["res_model"]].browse(action["res_id"])
    dialog.write({"state_id": env.ref("base.state_in_mh").id, **entered})
    dialog.action_send()


# -- on the website --------------------------------------------------------------------


def _on_web(
    company: models.Model, moment: datetime, members: dict[str, Any], **more: Any
) -> str:
    """Return the number of an e-way bill generated on the portal's website.

    :param moment: when it is generated; aware.
    """
    portal = company._l10n_in_irp_demo_portal().portal
    portal.advance(moment - datetime.now(timezone.utc))
    request = {**REQUEST, "docDate": f"{portal.now():%d/%m/%Y}", **members, **more}
    answer = act_on_web(portal, request["fromGstin"], "GENEWAYBILL", request)
    return str(answer["ewayBillNo"])


def _party(side: str, partner: models.Model) -> dict[str, Any]:
    """Return the members of one side of a request."""
    state = int(partner.state_id.l10n_in_tin)
    return {
        f"{side}Gstin": partner.vat,
        f"{side}TrdName": partner.name,
        f"{side}Addr1": partner.street,
        f"{side}Place": partner.city,
        f"{side}Pincode": int(partner.zip),
        f"{side}StateCode": state,
        f"act{side.title()}StateCode": state,
    }
