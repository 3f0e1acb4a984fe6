"""Each action that Odoo sends to the e-way bill system: how a person starts it, and how
often the portal has carried it out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from .odoo_client import OdooClient, today
from .portal import Portal
from .seller import GSTIN
from .waiting import wait_for

INDIA = ZoneInfo("Asia/Kolkata")
BILL = "l10n_in.irp.ewaybill"
DIALOG = "l10n_in.irp.ewaybill.change"
STEP = "l10n_in.irp.ewaybill.step"
CARRIER = "05AAACG0904A1ZL"
SUPPLIER = "29AWGPV7107B1Z1"
# table -> its column with the e-way bill
TABLES = {
    "l10n_in_irp_ewaybill": "id",
    "l10n_in_irp_ewaybill_step": "ewaybill_id",
}
# action -> the portal's name of the service
ENDPOINTS = {
    "part_b": "ewb_part_b",
    "transporter": "ewb_transporter",
    "extension": "ewb_extend",
    "rejection": "ewb_reject",
    "consolidation": "ewb_consolidate",
    "cancel": "cancel_eway_bill",
    "generate": "ewb_generate",
    "group_start": "ewb_multi_initiate",
    "group_vehicle": "ewb_multi_add",
    "group_change": "ewb_multi_change",
    "trip_sheet": "ewb_regenerate",
}
# goods that a supplier in Karnataka sends to the seller
CHALLAN = {
    "supplyType": "O",
    "subSupplyType": "1",
    "docType": "INV",
    "fromGstin": SUPPLIER,
    "fromTrdName": "Sthuthya Traders",
    "fromAddr1": "Dasarahosahalli",
    "fromPlace": "Beml Nagar",
    "fromPincode": 562160,
    "fromStateCode": 29,
    "actFromStateCode": 29,
    "toTrdName": "Sahyadri Tools",
    "toAddr1": "Plot 14, Bhosari",
    "toPlace": "Pune",
    "toPincode": 411026,
    "toStateCode": 27,
    "actToStateCode": 27,
    "transactionType": 1,
    "totalValue": 60000,
    "cgstValue": 0,
    "sgstValue": 0,
    "igstValue": 10800,
    "cessValue": 0,
    "cessNonAdvolValue": 0,
    "totInvValue": 70800,
    "transMode": "1",
    "transDistance": "0",
    "vehicleNo": "KA01AB1234",
    "vehicleType": "R",
    "itemList": [
        {
            "productName": "Drill bits",
            "hsnCode": 820750,
            "quantity": 4,
            "qtyUnit": "NOS",
            "igstRate": 18,
            "taxableAmount": 60000,
        }
    ],
}
# a vehicle that no other case has entered
VEHICLES = (f"MH{14 + number // 9999}AB{number % 9999 + 1:04}" for number in count())


@dataclass
class Case:
    """One action, ready to be started.

    :ivar press: model, method, ids and arguments of the button.
    :ivar bills: ids of the e-way bills.
    :ivar done: returns how often the portal has carried it out.
    :ivar known: returns whether Odoo knows that it is done, given a row of
        `read_bills`.
    """

    name: str
    press: dict[str, Any]
    bills: list[int]
    done: Callable[[], int]
    known: Callable[[dict[str, Any]], bool]
    earlier_calls: int = 0

    @property
    def endpoint(self) -> str:
        """The portal's name of the service."""
        return ENDPOINTS[self.name]


class Road:
    """Makes cases at one portal.

    :param amount: of e-way bills to make at a time.
    """

    def __init__(self, odoo: OdooClient, portal: Portal, amount: int) -> None:
        self.odoo = odoo
        self.portal = portal
        self.amount = amount
        self._made: list[int] = []
        self._prepared: list[int] = []
        for gstin in (GSTIN, CARRIER, SUPPLIER):
            portal.enter(gstin, "ACT")

    def slow_down(self, seconds: float) -> None:
        """Let every action take some time, in which it can be interrupted."""
        for endpoint in ENDPOINTS.values():
            self.portal.fault("delay", endpoint, times=0, seconds=seconds)

    def kinds(self) -> list[str]:
        """Return the names of the actions that Odoo sends."""
        return [*self.odoo.worker.ask("change_kinds"), "cancel", "generate"]

    def case(self, name: str, bills: Sequence[int] = ()) -> Case:
        """Return a new case of an action.

        :param bills: ids of the e-way bills that it is about; by default others.
        """
        self._made[:0] = bills
        case = getattr(self, f"_{name}")()
        case.earlier_calls = self.portal.calls(case.endpoint)
        return case

    def calls(self, case: Case) -> int:
        """Return how often the action was sent, whatever became of the call."""
        return self.portal.calls(case.endpoint) - case.earlier_calls

    # -- with bills -------------------------------------------------------------------

    def _bills(self, number: int = 1) -> list[int]:
        while len(self._made) < number:
            self._made += self._ask("make_bills", day=today(), count=self.amount)
        taken, self._made = self._made[:number], self._made[number:]
        return taken

    def _ask(self, command: str, **arguments: Any) -> Any:
        ids = self.odoo.seller
        return self.odoo.worker.ask(command, ids=ids, **arguments)

    def _row(self, bill: int) -> dict[str, Any]:
        [row] = self.odoo.worker.ask("read_bills", ids=[bill])
        return row

    def _at_portal(self, bill: int) -> dict[str, Any]:
        return self.portal.eway_bills[self._row(bill)["number"]]

    def _entries(self, bill: int, vehicle: str) -> list[dict[str, Any]]:
        entries = self._at_portal(bill)["part_b"]
        shown = [entry["details"] for entry in entries]
        return [one for one in shown if one["vehicleNo"] == vehicle]

    def _dialog(self, bills: list[int], kind: str, **values: Any) -> dict[str, Any]:
        dialog = self._ask("open_dialog", bills=bills, kind=kind)
        return self._filled(dialog, **values)

    # -- the actions ------------------------------------------------------------------

    def _part_b(self) -> Case:
        [bill], vehicle = self._bills(), next(VEHICLES)
        press = self._dialog(
            [bill], "part_b", vehicle_number=vehicle, vehicle_reason="1"
        )
        return Case(
            "part_b",
            press,
            [bill],
            lambda: len(self._entries(bill, vehicle)),
            lambda row: row["vehicle_number"] == vehicle,
        )

    def _transporter(self) -> Case:
        [bill] = self._bills()
        press = self._dialog([bill], "transporter", transporter_gstin=CARRIER)
        return Case(
            "transporter",
            press,
            [bill],
            lambda: int(self._at_portal(bill)["transporter_id"] == CARRIER),
            lambda row: row["transporter_gstin"] == CARRIER,
        )

    def _extension(self) -> Case:
        [bill] = self._bills()
        end = datetime.now(INDIA).replace(second=0, microsecond=0) + timedelta(hours=2)
        self.portal.set_validity(self._row(bill)["number"], f"{end:%F %T}")
        stored = end.astimezone(ZoneInfo("UTC"))
        self.odoo.database.rows(
            "UPDATE l10n_in_irp_ewaybill SET valid_until = %s WHERE id = %s",
            f"{stored:%F %T}",
            bill,
        )
        press = self._dialog(
            [bill], "extension", extension_reason="5", remaining_km=3, pin="440001"
        )
        return Case(
            "extension",
            press,
            [bill],
            lambda: self._at_portal(bill)["extended_times"],
            lambda row: row["valid_until"] > f"{stored:%F %T}",
        )

    def _rejection(self) -> Case:
        number = self._made_by_the_supplier()
        bill = self._ask("fetch_bill", number=number)
        return Case(
            "rejection",
            {"model": BILL, "method": "action_reject", "ids": [bill]},
            [bill],
            lambda: int(bool(self._at_portal(bill)["rejected_at"])),
            lambda row: row["is_rejected"],
        )

    def fetch_together(self, count: int) -> list[int]:
        """Fetch a new e-way bill of the supplier several times at once; return the
        record of each fetch."""
        number = self._made_by_the_supplier()
        return self._ask("fetch_together", number=number, count=count)

    def _made_by_the_supplier(self) -> str:
        """Return the number of an e-way bill that names the seller as recipient."""
        number = next(VEHICLES)
        day = f"{datetime.now(INDIA):%d/%m/%Y}"
        request = {**CHALLAN, "docNo": number, "docDate": day, "toGstin": GSTIN}
        answer = self.portal.act_on_web(SUPPLIER, "GENEWAYBILL", **request)
        return str(answer["ewayBillNo"])

    def _consolidation(self) -> Case:
        bills, vehicle = self._bills(2), next(VEHICLES)
        press = self._dialog(
            bills, "part_b", vehicle_number=vehicle, vehicle_reason="2"
        )

        def sheets() -> int:
            found = [one for bill in bills for one in self._entries(bill, vehicle)]
            return len({one.get("tripshtNo", 0) for one in found} - {0})

        return Case(
            "consolidation",
            press,
            bills,
            sheets,
            lambda row: bool(row["trip_sheet"]),
        )

    def _cancel(self) -> Case:
        [bill] = self._bills()
        press = {"model": BILL, "method": "_request_cancel", "ids": [bill]}
        return Case(
            "cancel",
            {**press, "args": ["2", "Order cancelled"]},
            [bill],
            lambda: int(bool(self._at_portal(bill)["cancelled_at"])),
            lambda row: row["state"] == "cancelled",
        )

    def _generate(self) -> Case:
        if not self._prepared:
            self._prepared = self._ask("prepare_bills", day=today(), count=self.amount)
        bill = self._prepared.pop()
        number = self.odoo.worker.read(BILL, bill, "doc_number")["doc_number"]

        def made() -> int:
            found = self.portal.eway_bills.values()
            return len([one for one in found if one["doc_no"] == number])

        return Case(
            "generate",
            {"model": BILL, "method": "action_generate", "ids": [bill]},
            [bill],
            made,
            lambda row: row["number"] in self.portal.eway_bills,
        )

    # -- several vehicles -------------------------------------------------------------

    def _group_start(self) -> Case:
        [bill] = self._bills()
        press = self._dialog([bill], "group_start", to_place="Raipur")
        return Case(
            "group_start",
            press,
            [bill],
            lambda: len(self._at_portal(bill)["groups"]),
            lambda row: {one["state"] for one in row["steps"]} == {"registered"},
        )

    def _started(self) -> int:
        """Return an e-way bill whose goods go on by several vehicles."""
        started = self._group_start()
        self.press(started)
        return started.bills[0]

    def _group_vehicle(self) -> Case:
        bill, vehicle = self._started(), next(VEHICLES)
        press = self._dialog(
            [bill], "group_vehicle", vehicle_number=vehicle, quantity=10
        )
        return self._of_group("group_vehicle", press, bill, vehicle)

    def _of_group(self, name: str, press: dict, bill: int, vehicle: str) -> Case:
        return Case(
            name,
            press,
            [bill],
            lambda: len(self._entries(bill, vehicle)),
            lambda row: any(
                (one["vehicle_number"], one["state"]) == (vehicle, "registered")
                for one in row["steps"]
            ),
        )

    def _group_change(self) -> Case:
        first = self._group_vehicle()
        self.press(first)
        [bill], vehicle = first.bills, next(VEHICLES)
        steps = self._row(bill)["steps"]
        [step] = [one["id"] for one in steps if one["kind"] == "group_vehicle"]
        user = self.odoo.seller["accountant"]
        opened = self.odoo.worker.call(STEP, "action_change_vehicle", [step], user=user)
        press = self._filled(
            opened["res_id"], vehicle_number=vehicle, vehicle_reason="1"
        )
        return self._of_group("group_change", press, bill, vehicle)

    def _trip_sheet(self) -> Case:
        first = self._consolidation()
        self.press(first)
        bills, vehicle = first.bills, next(VEHICLES)
        user = self.odoo.seller["accountant"]
        opened = self.odoo.worker.call(BILL, "action_regenerate", bills[:1], user=user)
        press = self._filled(
            opened["res_id"], vehicle_number=vehicle, vehicle_reason="1"
        )

        def sheets() -> int:
            found = [one for bill in bills for one in self._entries(bill, vehicle)]
            return len({one.get("tripshtNo", 0) for one in found} - {0})

        return Case(
            "trip_sheet",
            press,
            bills,
            sheets,
            lambda row: row["vehicle_number"] == vehicle,
        )

    def _filled(self, dialog: int, **values: Any) -> dict[str, Any]:
        """Return the button of an opened dialog, filled in."""
        entered = {"place": "Nagpur", "remark": "Engine failure", **values}
        self._ask("fill_dialog", dialog=dialog, values=entered)
        return {"model": DIALOG, "method": "action_send", "ids": [dialog]}

    # -- pressed and settled ----------------------------------------------------------

    def press(self, case: Case) -> None:
        """Start the action as the accountant."""
        user = self.odoo.seller["accountant"]
        self.odoo.worker.call(**case.press, user=user)

    def press_in_child(
        self, case: Case, *kills: dict[str, Any] | None
    ) -> list[dict[str, Any]]:
        """Start the action in child processes at once, each killed or not."""
        user = self.odoo.seller["accountant"]
        return self.odoo.worker.ask(
            "call_in_children", **case.press, user=user, kills=list(kills)
        )

    def press_together(self, *cases: Case) -> list[str]:
        """Start several changes at the same moment; return what each was refused
        with."""
        dialogs = [case.press["ids"][0] for case in cases]
        return self._ask("press_together", dialogs=dialogs)

    def settle(self, case: Case) -> None:
        """Run the queue without pauses until nothing of the case is open."""
        wait_for(f"{case.name} is settled", lambda: self._is_settled(case))

    def _is_settled(self, case: Case) -> bool:
        for table, bill in TABLES.items():
            self.odoo.database.rows(
                f"UPDATE {table} SET in_flight_until = NULL,"
                " next_attempt_at = date_trunc('second', now() AT TIME ZONE 'UTC')"
                " WHERE state IN ('to_register', 'sending', 'unknown', 'cancelling')"
                f" AND next_attempt_at IS NOT NULL AND {bill} = ANY(%s)",
                case.bills,
            )
        self.odoo.run_queue()
        rows = self.rows(case)
        steps = [step for row in rows for step in row["steps"]]
        settled = {"registered", "cancelled", "draft", "rejected"}
        return all(one["state"] in settled for one in (*rows, *steps))

    def rows(self, case: Case) -> list[dict[str, Any]]:
        """Return what Odoo holds of the e-way bills of a case."""
        return self.odoo.worker.ask("read_bills", ids=case.bills)

    def assert_done_once(self, case: Case, why: object = "") -> None:
        """Assert that the portal has done it once, and that Odoo knows."""
        rows = self.rows(case)
        assert case.done() == 1, (why, rows)
        for row in rows:
            assert case.known(row), (why, row)
            assert (row["error"], row["worker"]) == (False, 0), (why, row)
            states = {(one["state"], one["worker"]) for one in row["steps"]}
            assert states <= {("registered", 0)}, (why, row)
