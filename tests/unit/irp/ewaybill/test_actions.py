"""Each action: what is sent, and what its published answer says."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from irp.protocol.errors import (
    IrpAlreadyCancelled,
    IrpEwbExists,
    IrpEwbLogInError,
    IrpNotOffered,
    IrpOutcomeUnknown,
    IrpRateLimited,
    IrpRejected,
    IrpTooLate,
)
from irp.protocol.ewaybill import portal_distance
from irp.reference.dates import IST
from irp.reference.ewaybill import LOOK_UPS
from irp.reference.profiles import PROFILES, SERVICES, ProfileError
from irp.rules.ewaybill import (
    ACTIONS,
    AddMultiVehicle,
    Cancel,
    ChangeMultiVehicle,
    Consolidate,
    ExtendValidity,
    Generate,
    Item,
    RegenerateTripSheet,
    Reject,
    StartMultiVehicle,
    UpdateTransporter,
    UpdateVehicle,
)

from .conftest import EWB

VEHICLE = UpdateVehicle(
    number=EWB,
    vehicle="KA01AB1234",
    from_place="BENGALURU",
    from_state="29",
    reason="1",
    remark="vehicle broke down",
    mode="1",
    vehicle_type="R",
)
# action: request, JSON sent, published answer, what is read of it
CASES = {
    "VEHEWB": (
        VEHICLE,
        {
            "ewbNo": 321003228100,
            "vehicleNo": "KA01AB1234",
            "fromPlace": "BENGALURU",
            "fromState": 29,
            "reasonCode": "1",
            "reasonRem": "vehicle broke down",
            "transDocNo": "",
            "transDocDate": "",
            "transMode": "1",
            "vehicleType": "R",
        },
        {"vehUpdDate": "05/10/2022 12:44:00 PM", "validUpto": "06/10/2022 11:59:00 PM"},
        {
            "number": EWB,
            "updated_at": datetime(2022, 10, 5, 12, 44, tzinfo=IST),
            "valid_until": datetime(2022, 10, 6, 23, 59, tzinfo=IST),
        },
    ),
    "UPDATETRANSPORTER": (
        UpdateTransporter(number="301002999920", transporter_id="05AAACG0904A1ZL"),
        {"ewbNo": 301002999920, "transporterId": "05AAACG0904A1ZL"},
        {
            "ewayBillNo": "301002999920",
            "transporterId": "05AAACG0904A1ZL",
            "transUpdateDate": "05/10/2022 12:45:00 PM",
        },
        {"updated_at": datetime(2022, 10, 5, 12, 45, tzinfo=IST)},
    ),
    "EXTENDVALIDITY": (
        ExtendValidity(
            number=EWB,
            vehicle="PVC1234",
            from_place="Bengaluru",
            from_state="29",
            remaining_km=5,
            mode="1",
            reason="1",
            remark="Flood",
            from_pin="560063",
        ),
        {
            "ewbNo": 321003228100,
            "vehicleNo": "PVC1234",
            "fromPlace": "Bengaluru",
            "fromState": 29,
            "remainingDistance": 5,
            "transDocNo": "",
            "transDocDate": "",
            "transMode": "1",
            "extnRsnCode": 1,
            "extnRemarks": "Flood",
            "fromPincode": 560063,
            "consignmentStatus": "M",
            "transitType": "",
            "addressLine1": "",
            "addressLine2": "",
            "addressLine3": "",
        },
        {
            "ewayBillNo": "321003228100",
            "updatedDate": "04/07/2023 06:13:00 PM",
            "validUpto": "05/07/2023 11:59:00 PM",
        },
        {"valid_until": datetime(2023, 7, 5, 23, 59, tzinfo=IST)},
    ),
    "CANEWB": (
        Cancel(number=EWB, reason="2", remark="Order cancelled"),
        {"ewbNo": 321003228100, "cancelRsnCode": 2, "cancelRmrk": "Order cancelled"},
        {"ewayBillNo": EWB, "cancelDate": "05/10/2022 01:00:00 PM"},
        {"cancel_date": datetime(2022, 10, 5, 13, tzinfo=IST)},
    ),
    "REJEWB": (
        Reject(number="181000609270"),
        {"ewbNo": 181000609270},
        {"ewayBillNo": 181000609270, "ewbRejectedDate": "15/12/2017 10:24:00 AM"},
        {"rejected_at": datetime(2017, 12, 15, 10, 24, tzinfo=IST)},
    ),
    "GENCEWB": (
        Consolidate(
            from_place="BANGALORE",
            from_state="29",
            vehicle="KA12AB1234",
            mode="1",
            bills=(EWB, "321003228101"),
        ),
        {
            "fromPlace": "BANGALORE",
            "fromState": 29,
            "vehicleNo": "KA12AB1234",
            "transMode": "1",
            "transDocNo": "",
            "transDocDate": "",
            "tripSheetEwbBills": [{"ewbNo": EWB}, {"ewbNo": "321003228101"}],
        },
        {"cEwbNo": "1810000387", "cEWBDate": "15/12/2017 10:27:00 AM"},
        {"number": "1810000387"},
    ),
    "REGENTRIPSHEET": (
        RegenerateTripSheet(
            sheet="1410001900",
            vehicle="KA12AB1234",
            from_place="BANGALORE",
            from_state="29",
            mode="1",
            reason="1",
            remark="broken",
        ),
        {
            "tripSheetNo": 1410001900,
            "vehicleNo": "KA12AB1234",
            "fromPlace": "BANGALORE",
            "fromState": 29,
            "transDocNo": "",
            "transDocDate": "",
            "transMode": "1",
            "reasonCode": "1",
            "reasonRem": "broken",
        },
        {"tripSheetNo": 1410001953, "tripSheetEwayBills": [{"ewbNo": int(EWB)}]},
        {"number": "1410001953", "bills": (EWB,)},
    ),
    "MULTIVEHMOVINT": (
        StartMultiVehicle(
            number=EWB,
            reason="2",
            remark="smaller lorries",
            from_place="BANGALORE",
            from_state="29",
            to_place="CHENNAI",
            to_state="33",
            mode="1",
            quantity=Decimal("12.5"),
            unit="MTS",
        ),
        {
            "ewbNo": 321003228100,
            "reasonCode": "2",
            "reasonRem": "smaller lorries",
            "fromPlace": "BANGALORE",
            "fromState": 29,
            "toPlace": "CHENNAI",
            "toState": 33,
            "transMode": "1",
            "totalQuantity": 12.5,
            "unitCode": "MTS",
        },
        {"ewbNo": EWB, "groupNo": "1", "createdDate": "05/10/2022 12:44:00 PM"},
        {"group": "1", "number": EWB},
    ),
    "MULTIVEHADD": (
        AddMultiVehicle(
            number=EWB, group="1", vehicle="KA12AB1234", quantity=Decimal(5)
        ),
        {
            "ewbNo": 321003228100,
            "groupNo": "1",
            "vehicleNo": "KA12AB1234",
            "transDocNo": "",
            "transDocDate": "",
            "quantity": 5,
        },
        {"ewbNo": EWB, "groupNo": "1", "vehAddedDate": "05/10/2022 12:44:00 PM"},
        {"group": "1", "at": datetime(2022, 10, 5, 12, 44, tzinfo=IST)},
    ),
    "MULTIVEHUPD": (
        ChangeMultiVehicle(
            number=EWB,
            group="1",
            old_vehicle="KA12AB1234",
            new_vehicle="KA12AB9999",
            from_place="BANGALORE",
            from_state="29",
            reason="1",
            remark="broken",
        ),
        {
            "ewbNo": 321003228100,
            "groupNo": "1",
            "oldvehicleNo": "KA12AB1234",
            "newVehicleNo": "KA12AB9999",
            "oldTranNo": "",
            "newTranNo": "",
            "fromPlace": "BANGALORE",
            "fromState": 29,
            "reasonCode": "1",
            "reasonRem": "broken",
        },
        {"ewbNo": EWB, "groupNo": "1", "vehUpdDate": "05/10/2022 12:44:00 PM"},
        {"group": "1"},
    ),
}
GENERATED = {
    "ewayBillNo": 381009290312,
    "ewayBillDate": "25/02/2024 11:10:00 AM",
    "validUpto": "26/02/2024 11:59:00 PM",
    "alert": ", Distance between these two pincodes is 118, ",
}


def call(api, request):
    return getattr(api, request.service)(request)


@pytest.mark.parametrize("action", CASES)
def test_an_action(api, ewb, action):
    request, sent, published, expected = CASES[action]
    ewb.answers[action] = published
    done = call(api, request)
    assert ewb.calls == [(action, sent)]
    assert {name: getattr(done, name) for name in expected} == expected


def test_generates_without_an_irn(api, ewb):
    ewb.answers["GENEWAYBILL"] = GENERATED
    done = api.generate_ewaybill(
        Generate(
            supply_type="O",
            sub_supply_type="5",
            doc_type="CHL",
            doc_number="DC/1",
            doc_date=date(2024, 2, 25),
            from_state="29",
            from_pin="560001",
            distance_km=0,
            total_value=Decimal("100000.50"),
            invoice_value=Decimal("100000.50"),
            items=(Item(hsn="7214", quantity=Decimal(2), unit="NOS"),),
        )
    )
    assert (done.number, done.distance_km) == ("381009290312", 118)
    assert done.generated_at == datetime(2024, 2, 25, 11, 10, tzinfo=IST)
    [(_, sent)] = ewb.calls
    assert sent["docDate"] == "25/02/2024"
    assert (sent["fromStateCode"], sent["fromPincode"]) == (29, 560001)
    assert (sent["transDistance"], sent["totInvValue"]) == ("0", 100000.5)
    assert "vehicleNo" not in sent, "an empty member is left out"
    assert sent["itemList"] == [
        {
            "hsnCode": 7214,
            "quantity": 2,
            "qtyUnit": "NOS",
            "cgstRate": 0,
            "sgstRate": 0,
            "igstRate": 0,
            "cessRate": 0,
            "cessNonadvol": 0,
            "taxableAmount": 0,
        }
    ]


@pytest.mark.parametrize("empty", [None, ""])
def test_part_a_alone_has_no_validity(api, ewb, empty):
    ewb.answers["GENEWAYBILL"] = {**GENERATED, "validUpto": empty, "alert": ""}
    done = api.generate_ewaybill(Generate())
    assert (done.valid_until, done.distance_km) == (None, None)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("15/12/2017 12.00:00 PM", datetime(2017, 12, 15, 12, tzinfo=IST)),
        ("15/12/2017 23:59:00 PM ", datetime(2017, 12, 15, 23, 59, tzinfo=IST)),
    ],
)
def test_moments_as_the_samples_write_them(api, ewb, text, moment):
    ewb.answers["VEHEWB"] = {"vehUpdDate": text, "validUpto": text}
    assert api.update_vehicle(VEHICLE).valid_until == moment


@pytest.mark.parametrize("action", CASES)
def test_an_answer_about_another_is_not_believed(api, ewb, action):
    """A success without what it must hold may have been carried out: unknown."""
    request = CASES[action][0]
    ewb.answers[action] = {"ewayBillNo": "999999999999", "ewbNo": "999999999999"}
    with pytest.raises(IrpOutcomeUnknown):
        call(api, request)


@pytest.mark.parametrize("action", CASES)
def test_a_refusal_has_all_codes_with_texts(api, ewb, action):
    request = CASES[action][0]
    ewb.answers[action] = "306,412,"
    with pytest.raises(IrpRejected) as caught:
        call(api, request)
    assert [one.code for one in caught.value.violations] == ["306", "412"]
    assert all(one.message for one in caught.value.violations)


# cancel_ewb has other outcomes
@pytest.mark.parametrize("action", sorted(CASES.keys() - {"CANEWB"}))
def test_helpdesk_or_simultaneous_is_unknown(api, ewb, action):
    ewb.answers[action] = "813,"
    with pytest.raises(IrpOutcomeUnknown) as caught:
        call(api, CASES[action][0])
    assert caught.value.code == "813"


def test_codes_that_decide(api, ewb):
    ewb.answers.update(GENEWAYBILL="604,", CANEWB="312,", GetEwayBillsByDate="658,")
    with pytest.raises(IrpEwbExists):
        api.generate_ewaybill(Generate())
    with pytest.raises(IrpAlreadyCancelled):
        api.cancel_ewb(CASES["CANEWB"][0])
    with pytest.raises(IrpRateLimited):
        api.get_ewaybills_by_date(date(2022, 10, 5))
    ewb.answers["CANEWB"] = "315,"
    with pytest.raises(IrpTooLate):
        api.cancel_ewb(CASES["CANEWB"][0])


@pytest.mark.parametrize(
    "info",
    [
        '{"fromPinCode":"450001","toPinCode":"450051","distance":36}',
        "eyJmcm9tUGluQ29kZSI6IjQ1MDAwMSIsImRpc3RhbmNlIjozNn0=",
    ],
)
def test_702_names_the_distance(api, ewb, info):
    ewb.answers["GENEWAYBILL"], ewb.beside["GENEWAYBILL"] = "702,", info
    with pytest.raises(IrpRejected) as caught:
        api.generate_ewaybill(Generate())
    assert portal_distance(caught.value.infos) == 36


def test_an_alert_may_stand_beside_the_data(api, ewb):
    ewb.answers["GENEWAYBILL"] = {**GENERATED, "alert": ""}
    ewb.beside = {"alert": ", Distance between these two pincodes is 118, "}
    assert api.generate_ewaybill(Generate()).distance_km == 118


def test_a_refused_token_is_renewed_once(api, ewb):
    ewb.answers["VEHEWB"] = "238,"
    with pytest.raises(IrpEwbLogInError):
        api.update_vehicle(VEHICLE)
    assert (ewb.log_ins, len(ewb.calls)) == (2, 2)


def test_nothing_is_sent_for_a_number_that_is_none(api, ewb):
    with pytest.raises(ValueError, match="12 digits"):
        api.reject_ewaybill(Reject(number="12"))
    assert ewb.calls == []


def test_every_action_has_a_service_and_a_look_up():
    assert {one.action for one in ACTIONS} == set(LOOK_UPS)
    for one in ACTIONS:
        service = SERVICES[one.service]
        assert (service.ewaybill_action, service.changes_state) == (one.action, True)
    for look_up in LOOK_UPS.values():
        assert look_up.service in {"", *SERVICES}


def test_who_has_no_route_is_told(make_client):
    production = PROFILES["nic1"].environments["production"]
    with pytest.raises(IrpNotOffered):
        _ = make_client(environment=production).ewaybill_api
    client = make_client()
    assert client.ewaybill_api.client is client, "NIC's sandbox shares the session"


def test_routes_of_a_gsp_are_its_profile():
    offered = {
        code: profile.environments["production"].offers("update_vehicle")
        for code, profile in PROFILES.items()
    }
    assert {code for code, yes in offered.items() if yes} == {
        "alankit",
        "iris",
        "nic1",
        "nic2",
    }
    cut = PROFILES["nic1"].override(
        {"ewaybill_api": {"not_offered": ["consolidate"]}}, origin="a copy"
    )
    assert not cut.wire.offers("consolidate")
    assert cut.wire.offers("get_trip_sheet")
    with pytest.raises(ProfileError, match="no service"):
        PROFILES["nic1"].override({"ewaybill_api": {"not_offered": ["fly"]}})
