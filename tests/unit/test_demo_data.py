"""The demo's contacts agree with what the demo portal says of them."""

import ast
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sandbox.portal.samples import SAMPLES
from sandbox.portal.taxpayers import entry_of, full_record

DEMO = Path(__file__).parents[2] / "l10n_in_einvoice_irp" / "demo"
# treatment in Odoo -> types of taxpayers that it fits
TYPES = {
    None: ("REG",),
    "regular": ("REG",),
    "deemed_export": ("REG",),
    "composition": ("COM",),
    "special_economic_zone": ("SEZ", "SED"),
}


def records(model):
    """Yield the demo's records of a model: name of a field -> its text."""
    for path in sorted(DEMO.glob("*.xml")):
        for record in ElementTree.parse(path).iter("record"):
            if record.get("model") == model:
                yield {
                    field.get("name"): field.text or field.get("eval")
                    for field in record
                }


PARTNERS = {one["vat"]: one for one in records("res.partner") if "vat" in one}


def plain(text):
    return "".join(filter(str.isalnum, (text or "").casefold()))


def test_every_gstin_is_known_to_the_portal():
    assert PARTNERS.keys() == SAMPLES.keys()


@pytest.mark.parametrize("gstin", PARTNERS)
def test_check_finds_no_difference(gstin):
    partner = PARTNERS[gstin]
    record = full_record(entry_of(gstin, *SAMPLES[gstin]))
    names = [plain(record[name]) for name in ("LegalName", "TradeName")]
    assert plain(partner["name"]) in names
    building = [record[name] for name in ("AddrBno", "AddrBnm", "AddrFlno")]
    assert plain(partner["street"]) == plain("".join(building))
    assert plain(partner["street2"]) == plain(record["AddrSt"])
    assert plain(partner["city"]) == plain(record["AddrLoc"])
    assert partner["zip"] == str(record["AddrPncd"])
    assert record["TxpType"] in TYPES[partner.get("l10n_in_gst_treatment")]


def test_names_on_the_print_are_those_of_the_seller():
    [company] = records("res.company")
    seller = next(one for one in PARTNERS.values() if one["name"] == company["name"])
    for part in ("name", "street", "street2", "city", "zip", "vat"):
        assert seller[part].strip() in " ".join(company["company_details"].split())


def test_contacts_have_an_indian_language():
    languages = {one["name"]: one.get("lang") for one in records("res.partner")}
    abroad = {one["name"] for one in records("res.partner") if "vat" not in one}
    assert {languages[name] for name in languages.keys() - abroad} == {"en_IN"}
    [language] = records("res.lang")
    assert ast.literal_eval(language["active"]) is True
