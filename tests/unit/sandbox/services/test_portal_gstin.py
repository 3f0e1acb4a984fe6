"""Get GSTIN, Sync GSTIN, and the records behind them."""

import pytest
from sandbox.portal import taxpayers

VALID = "29AAAAA0000A1ZY"
# recorded by a client against NIC's sandbox: this GSTIN exists
TALLY = "29AAACP7879D1Z0"
WRONG_DIGIT = "29AAAAA0000A1ZX"
MEMBERS = [
    *("Gstin", "TradeName", "LegalName"),
    *("AddrBnm", "AddrBno", "AddrFlno", "AddrSt", "AddrLoc"),
    *("StateCode", "AddrPncd", "TxpType", "Status", "BlkStatus", "DtReg", "DtDReg"),
]


def test_derived_record(client):
    data = client.plain(client.gstin_details(VALID))

    assert list(data) == MEMBERS
    assert (data["Gstin"], data["Status"], data["TxpType"]) == (VALID, "ACT", "REG")
    assert (data["StateCode"], data["AddrPncd"]) == (29, 560001)
    assert (data["BlkStatus"], data["DtDReg"]) == ("U", None)
    assert data["DtReg"] >= "2017-07-01"
    assert all(isinstance(data[name], str) for name in MEMBERS[:8])


def test_the_same_on_every_call_and_in_every_portal(client, new_portal, new_client):
    other = new_client(new_portal())
    other.authenticate()
    first = client.plain(client.gstin_details(TALLY))

    assert client.plain(client.gstin_details(TALLY)) == first
    assert other.plain(other.gstin_details(TALLY)) == first
    assert client.plain(client.gstin_details(VALID)) != first


@pytest.mark.parametrize("service", ["gstin", "syncgstin", "SyncGstin"])
@pytest.mark.parametrize("version", ["v1.03", "v1.04"])
def test_spellings_of_the_path(client, service, version):
    data = client.plain(client.gstin_details(VALID.lower(), service, version))

    assert data["Gstin"] == VALID


@pytest.mark.parametrize("service", ["gstin", "syncgstin"])
@pytest.mark.parametrize(
    "gstin", [WRONG_DIGIT, "99AAAAA0000A1Z", "short", "URP", "%20"]
)
def test_unknown_is_3001(client, service, gstin):
    assert client.gstin_details(gstin, service)["ErrorDetails"] == [
        {"ErrorCode": "3001", "ErrorMessage": "Requested data is not available"}
    ]


def test_who_has_a_user_is_known(client, wire):
    # NIC's own test GSTINs have no right check digit
    assert taxpayers.check_digit(wire.SELLER) != wire.SELLER[-1]
    data = client.plain(client.gstin_details(wire.SELLER))

    assert (data["Gstin"], data["StateCode"]) == (wire.SELLER, 37)


@pytest.mark.parametrize(
    ("status", "details"),
    [
        ("ACT", {}),
        ("SUS", {}),
        ("CNL", {"DtReg": "2018-01-01", "DtDReg": "2024-03-31"}),
        ("INA", {"TxpType": "COM"}),
        ("PRO", {}),
        ("ACT", {"TxpType": "SEZ"}),
        ("ACT", {"TxpType": "SED", "BlkStatus": "B"}),
        ("ACT", {"LegalName": "SOMEBODY", "AddrPncd": 560002, "TradeName": None}),
    ],
)
def test_entered_records(client, portal, status, details):
    before = client.plain(client.gstin_details(VALID))
    portal.set_taxpayer(VALID, status, **details)

    data = client.plain(client.gstin_details(VALID))
    assert data == {**before, **details, "Status": status}
    assert list(data) == MEMBERS


def test_entered_gstins_need_no_check_digit_and_no_state(client, portal):
    portal.set_taxpayer(WRONG_DIGIT, "ACT")
    portal.set_taxpayer("98NOWHERE000XXX", "ACT", LegalName="Abroad Inc")

    assert client.gstin_details(WRONG_DIGIT)["Status"] == 1
    data = client.plain(client.gstin_details("98NOWHERE000XXX"))
    assert list(data) == MEMBERS
    assert (data["LegalName"], data["AddrPncd"]) == ("Abroad Inc", None)


def test_entering_again_forgets_the_details(client, portal):
    portal.set_taxpayer(VALID, "ACT", TxpType="SEZ")
    portal.set_taxpayer(VALID, "SUS")

    assert client.plain(client.gstin_details(VALID))["TxpType"] == "REG"


@pytest.mark.parametrize(
    ("status", "details", "expected"),
    [
        ("ASLEEP", {}, "SUS"),
        ("ACT", {"TxpType": "KING"}, "SEZ"),
        ("ACT", {"BlkStatus": "X"}, "U, B"),
        ("ACT", {"DtReg": "01/07/2017"}, "01/07/2017"),
        ("ACT", {"Colour": "red"}, "Colour"),
        ("ACT", {"Status": "CNL"}, "Status"),
    ],
)
def test_entries_are_checked(portal, status, details, expected):
    with pytest.raises(ValueError, match=expected):
        portal.set_taxpayer(VALID, status, **details)
    with pytest.raises(ValueError, match=expected):
        portal.announce_taxpayer(VALID, status, **details)


def test_sync_returns_news_that_get_does_not_see_yet(client, portal):
    portal.set_taxpayer(VALID, "ACT")
    portal.announce_taxpayer(VALID, "CNL", DtDReg="2025-10-31")
    assert client.plain(client.gstin_details(VALID))["Status"] == "ACT"

    synced = client.plain(client.gstin_details(VALID, "syncgstin"))
    assert (synced["Status"], synced["DtDReg"]) == ("CNL", "2025-10-31")
    assert client.plain(client.gstin_details(VALID)) == synced


def test_sync_without_news(client, portal):
    portal.set_taxpayer(VALID, "SUS", TxpType="CAS")
    before = client.plain(client.gstin_details(VALID))

    assert client.plain(client.gstin_details(VALID, "syncgstin")) == before


@pytest.mark.parametrize(("status", "code"), [("UNKNOWN", "3028"), ("CNL", "3029")])
def test_refused_then_synced_then_registered(
    client, portal, invoice, wire, status, code
):
    portal.set_taxpayer(wire.BUYER, status)
    portal.announce_taxpayer(wire.BUYER, "ACT")
    assert wire.codes(client.generate(invoice)) == [code]

    assert client.plain(client.gstin_details(wire.BUYER, "syncgstin"))
    assert client.generate(invoice)["Status"] == 1


def test_sync_without_news_leaves_it_unknown(client, portal, wire):
    portal.set_taxpayer(VALID, "UNKNOWN")

    assert wire.codes(client.gstin_details(VALID)) == ["3001"]
    assert wire.codes(client.gstin_details(VALID, "syncgstin")) == ["3001"]


def test_closed_registry_learns_by_sync(new_portal, new_client, invoice, wire):
    client = new_client(new_portal(open_registry=False))
    client.authenticate()
    invoice["BuyerDtls"]["Gstin"] = VALID
    assert wire.codes(client.gstin_details(VALID)) == ["3001"]
    assert wire.codes(client.generate(invoice)) == ["3028", "3028"]

    for gstin in (VALID, wire.SELLER):
        assert client.gstin_details(gstin, "syncgstin")["Status"] == 1
    assert client.generate(invoice)["Status"] == 1


@pytest.mark.parametrize("code", ["3108", "_3109"])
def test_limit_of_syncs(new_portal, new_client, clock, stranger, wire, code):
    client = new_client(new_portal(sync_limit=2, sync_limit_code=code))
    client.authenticate()
    for _ in range(2):
        assert client.gstin_details(VALID, "syncgstin")["Status"] == 1
    answer = client.gstin_details(TALLY, "syncgstin")

    assert answer["ErrorDetails"] == [
        {
            "ErrorCode": code,
            "ErrorMessage": "You have exceeded the limit for this operation",
        }
    ]
    # reading is not limited, and a day later syncing is allowed again
    assert client.gstin_details(TALLY)["Status"] == 1
    clock.advance(days=1)
    client.authenticate()
    assert client.gstin_details(TALLY, "syncgstin")["Status"] == 1


def test_limit_counts_each_caller_for_himself(new_portal, new_client, wire):
    portal = new_portal(sync_limit=1)
    secrets = ("other_user", "Pass@word2", "client-2", "secret-2")
    portal.add_user(wire.BUYER, *secrets)
    for client in (new_client(portal), new_client(portal, wire.BUYER, secrets)):
        client.authenticate()
        assert client.gstin_details(VALID, "syncgstin")["Status"] == 1
        assert wire.codes(client.gstin_details(VALID, "syncgstin")) == ["3108"]


@pytest.mark.parametrize("service", ["gstin", "syncgstin"])
def test_token_is_needed(client, wire, service):
    client.token = "x"

    assert wire.codes(client.gstin_details(VALID, service)) == ["1005"]


@pytest.mark.parametrize("gstin", [VALID, TALLY, "29AAFCC9980M1ZR", "24ZZZCS9996S1ZD"])
def test_check_digit(gstin):
    assert taxpayers.check_digit(gstin) == gstin[-1]
    assert taxpayers.is_valid(gstin)
    assert not taxpayers.is_valid(gstin[:-1] + "!")
    assert not taxpayers.is_valid(gstin + "0")
    assert not taxpayers.is_valid(gstin.lower())


def test_a_state_that_does_not_exist():
    text = "88AAAAA0000A1Z"
    transporter = text + taxpayers.check_digit(text)

    assert taxpayers.has_check_digit(transporter)
    assert not taxpayers.is_valid(transporter)
