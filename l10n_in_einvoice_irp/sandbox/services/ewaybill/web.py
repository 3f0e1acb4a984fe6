"""Actions on the e-way bill system's web page: by persons without the API."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ...portal.portal import Portal
from ...wire import jsontext
from ...wire.errors import Refusal
from . import cancel, generate, life, part_b, trips, vehicles
from .calls import Act, Run

RUNS: Mapping[str, Run] = MappingProxyType(
    {
        "GENEWAYBILL": generate.generate,
        "VEHEWB": part_b.enter_part_b,
        "UPDATETRANSPORTER": part_b.change_transporter,
        "EXTENDVALIDITY": life.extend,
        "CANEWB": cancel.cancel,
        "REJEWB": life.reject_bill,
        "GENCEWB": trips.consolidate,
        "REGENTRIPSHEET": trips.regenerate,
        "MULTIVEHMOVINT": vehicles.initiate,
        "MULTIVEHADD": vehicles.add_vehicle,
        "MULTIVEHUPD": vehicles.change_vehicle,
    }
)
_MODE = "WEB"


def act_on_web(
    portal: Portal, gstin: str, action: str, request: Mapping[str, Any]
) -> Any:
    """Do an action as a taxpayer or a transporter who needs no API user.

    The same rules apply; ``genMode`` and ``updMode`` say where it was done.

    :param action: the API's name for it, a key of ``RUNS``
    :return: the members of the API's answer
    :raises ValueError: an unknown action, or the codes of a refusal
    """
    if action not in RUNS:
        raise ValueError(f"{action} is not one of {', '.join(RUNS)}")
    act = Act(gstin, jsontext.lower_keys(dict(request)), portal.now(), _MODE)
    try:
        with portal.store.transaction():
            return RUNS[action](portal, act)
    except Refusal as refusal:
        raise ValueError(",".join(one.code for one in refusal.errors)) from refusal
