"""Generate IRN: the rules that need the registry of taxpayers."""

import pytest

DATES = {"DtReg": "2020-01-01", "DtDReg": "2025-10-31"}


@pytest.fixture
def codes(client, wire):
    return lambda invoice: wire.codes(client.generate(invoice))


@pytest.mark.parametrize(
    ("kind", "supply", "expected"),
    [
        ("REG", "B2B", []),
        ("SEZ", "B2B", ["2246"]),
        ("SED", "B2B", ["2246"]),
        ("SEZ", "DEXP", ["2246"]),
        ("SEZ", "SEZWP", []),
        ("SED", "sezwop", []),
        ("REG", "SEZWP", ["2247"]),
        ("COM", "SEZWOP", ["2247"]),
        ("COM", "B2B", []),
        ("COM", "DEXP", ["2298"]),
        ("UIN", "DEXP", ["2298"]),
        ("REG", "DEXP", []),
        ("CAS", "DEXP", []),
    ],
)
def test_type_of_the_recipient(portal, codes, invoice, wire, kind, supply, expected):
    portal.set_taxpayer(wire.BUYER, "ACT", TxpType=kind)
    invoice["TranDtls"]["SupTyp"] = supply

    assert codes(invoice) == expected


def test_texts_name_the_supply_type(client, portal, invoice, wire):
    portal.set_taxpayer(wire.BUYER, "ACT", TxpType="SEZ")

    assert client.generate(invoice)["ErrorDetails"] == [
        {
            "ErrorCode": "2246",
            "ErrorMessage": "Recepient cannot be SEZ for - B2B transaction",
        }
    ]


def test_reverse_charge_not_for_distributors(portal, codes, invoice, wire):
    portal.set_taxpayer(wire.BUYER, "ACT", TxpType="ISD")
    invoice["TranDtls"]["RegRev"] = "Y"

    assert codes(invoice) == ["2297"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("REG", []),
        ("SED", []),
        ("CAS", []),
        ("SEZ", ["2231"]),
        ("COM", ["2300"]),
        ("ISD", ["2300"]),
        ("TDS", ["2300"]),
    ],
)
def test_type_of_the_supplier(portal, codes, invoice, wire, kind, expected):
    portal.set_taxpayer(wire.SELLER, "ACT", TxpType=kind)

    assert codes(invoice) == expected


@pytest.mark.parametrize("tax", ["CgstAmt", "SgstAmt"])
def test_sez_developers_charge_igst(portal, codes, invoice, wire, tax):
    portal.set_taxpayer(wire.SELLER, "ACT", TxpType="SED")
    invoice["ItemList"][0][tax] = 25

    assert codes(invoice) == ["2174"]


@pytest.mark.parametrize(
    ("day", "details", "expected"),
    [
        ("15/11/2025", DATES, ["3074"]),
        ("01/11/2025", DATES, ["3074"]),
        ("31/10/2025", DATES, []),
        ("01/01/2020", DATES, []),
        ("31/12/2019", DATES, ["3077"]),
        ("15/10/2025", {"DtReg": "2020-01-01"}, ["3075"]),
        ("15/10/2025", {"DtDReg": "2025-10-31"}, ["3078"]),
        ("15/10/2025", {"TxpType": "REG"}, ["3075", "3078"]),
        ("15/10/2025", {}, ["3029"]),
    ],
)
def test_cancelled_recipient(portal, codes, invoice, wire, day, details, expected):
    portal.set_taxpayer(wire.BUYER, "CNL", **details)
    invoice["DocDtls"]["Dt"] = day

    assert codes(invoice) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("15/11/2025", ["3074"]), ("31/10/2025", ["3029"]), ("31/12/2019", ["3077"])],
)
def test_cancelled_supplier(client, portal, invoice, wire, day, expected):
    portal.set_taxpayer(wire.SELLER, "CNL", **DATES)
    invoice["DocDtls"]["Dt"] = day

    assert wire.codes(client.generate(invoice)) == expected


@pytest.mark.parametrize("party", ["SELLER", "BUYER"])
@pytest.mark.parametrize(("day", "expected"), [("14", ["3079"]), ("15", [])])
def test_registered_later(portal, codes, invoice, wire, party, day, expected):
    portal.set_taxpayer(getattr(wire, party), "ACT", DtReg="2025-11-15")
    invoice["DocDtls"]["Dt"] = f"{day}/11/2025"

    assert codes(invoice) == expected


@pytest.mark.parametrize(
    ("status", "details", "expected"),
    [
        ("INA", {"TxpType": "REG"}, ["3076"]),
        ("INA", {}, ["3029"]),
        ("PRO", {"TxpType": "REG"}, ["3029"]),
        ("SUS", {"TxpType": "REG"}, ["3029"]),
        ("UNKNOWN", {}, ["3028"]),
    ],
)
def test_supplier_is_active(portal, codes, invoice, wire, status, details, expected):
    portal.set_taxpayer(wire.SELLER, status, **details)

    assert codes(invoice) == expected


def test_suspended_recipient_with_a_record(portal, codes, invoice, wire):
    portal.set_taxpayer(wire.BUYER, "SUS", TxpType="REG")

    assert codes(invoice) == []


def test_texts_with_gstin_and_day(client, portal, invoice, wire):
    portal.set_taxpayer(wire.BUYER, "CNL", **DATES)

    (detail,) = client.generate(invoice)["ErrorDetails"]
    assert detail["ErrorMessage"] == (
        f"GSTIN - {wire.BUYER} is cancelled and document date - 15/11/2025 is later"
        " than DRegistration Date"
    )


@pytest.mark.parametrize(("kind", "expected"), [("REG", ["2195"]), ("TCS", [])])
def test_operator_is_a_tcs_registration(
    stranger, portal, invoice, wire, kind, expected
):
    portal.set_taxpayer(stranger.gstin, "ACT", TxpType=kind)
    invoice["BuyerDtls"]["Gstin"] = "29AAAAA0000A1ZY"
    invoice["TranDtls"]["EcmGstin"] = stranger.gstin

    assert wire.codes(stranger.generate(invoice)) == expected


def test_faults_of_both_parties_come_together(portal, codes, invoice, wire):
    portal.set_taxpayer(wire.SELLER, "SUS", TxpType="COM")
    portal.set_taxpayer(wire.BUYER, "INA", TxpType="SEZ")

    assert codes(invoice) == ["3029", "2300", "3076", "2246"]


@pytest.mark.parametrize("supply", ["B2B", "SEZWP", "DEXP"])
def test_unlisted_taxpayers_are_accepted(codes, invoice, supply):
    invoice["TranDtls"]["SupTyp"] = supply

    assert codes(invoice) == []


@pytest.mark.parametrize(
    ("gstin", "supply", "expected"),
    [
        ("29AAAAA0000A1ZY", "B2B", []),
        ("29AAAAA0000A1ZY", "SEZWP", ["2247"]),
        ("29AAAAA0000A1ZX", "B2B", ["3028"]),
        ("URP", "EXPWP", []),
    ],
)
def test_strict_registry(
    new_portal, new_client, invoice, wire, gstin, supply, expected
):
    client = new_client(new_portal(strict_registry=True))
    client.authenticate()
    invoice["BuyerDtls"]["Gstin"] = gstin
    invoice["TranDtls"]["SupTyp"] = supply

    assert wire.codes(client.generate(invoice)) == expected


@pytest.mark.parametrize("terms", [None, [], "x"])
def test_terms_of_another_shape(client, invoice, portal, wire, terms):
    # without a check this is all that the portal requires
    portal.set_taxpayer(wire.BUYER, "ACT", TxpType="SEZ")
    invoice["TranDtls"] = terms

    assert wire.codes(client.generate(invoice)) == ["2246"]
