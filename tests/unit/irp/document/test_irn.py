from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from irp.document.irn import compute_irn, document_key, financial_year

DAYS = st.dates(date(2017, 7, 1), date(2098, 12, 31))
NUMBERS = st.text("ABCxyz019/-", min_size=1, max_size=16)
GSTIN = "37ARZPT4384Q1MT"


def test_published_numbers_recompute(vectors):
    for row in vectors["irn"]:
        day = date.fromisoformat(row["date"])
        assert row["irn"] == compute_irn(
            row["gstin"], day, row["type"], row["number"], fold_case=row["fold_case"]
        )
    assert len(vectors["irn"]) == 9


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2024, 2, 15), "2023-24"),
        (date(2025, 3, 31), "2024-25"),
        (date(2025, 4, 1), "2025-26"),
        (date(2099, 4, 1), "2099-00"),
        (date(2009, 1, 1), "2008-09"),
    ],
)
def test_financial_years_run_from_april_to_march(day, year):
    assert financial_year(day) == year


@given(DAYS)
def test_the_financial_year_changes_only_on_the_first_of_april(day):
    tomorrow = day + timedelta(days=1)
    changes = financial_year(day) != financial_year(tomorrow)
    assert changes == (tomorrow.month == 4 and tomorrow.day == 1)


@given(DAYS, NUMBERS)
def test_letter_case_of_the_number_does_not_matter_since_2025(day, number):
    lower = compute_irn(GSTIN, day, "INV", number.lower())
    assert lower == compute_irn(GSTIN.lower(), day, "inv", number.upper())
    assert len(lower) == 64
    assert int(lower, 16) >= 0


@given(DAYS, NUMBERS, NUMBERS)
def test_two_numbers_share_an_irn_only_if_they_are_the_same_document(day, one, other):
    same = document_key(GSTIN, day, "INV", one) == document_key(
        GSTIN, day, "INV", other
    )
    irns = {compute_irn(GSTIN, day, "INV", number) for number in (one, other)}
    assert (len(irns) == 1) == same == (one.upper() == other.upper())


def test_old_rule_uses_the_number_unchanged():
    key = document_key(GSTIN, date(2022, 9, 17), "crn", "g2qxhY", fold_case=False)
    assert key == (GSTIN, "2022-23", "CRN", "g2qxhY")
