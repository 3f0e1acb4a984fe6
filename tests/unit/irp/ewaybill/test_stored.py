"""A fetched e-way bill is stored and read without a change."""

import pytest
from irp.protocol.ewaybill import dump_bill, load_bill, parse_bill


@pytest.mark.parametrize(
    "changes", [{}, {"validUpto": "", "docDate": "", "itemList": []}]
)
def test_read_as_it_was_written(fetched, entry, changes):
    vehicles = [entry(), entry(transDocNo="LR/1", transDocDate="05/10/2022")]
    bill = parse_bill(fetched(*vehicles, **changes))
    assert load_bill(dump_bill(bill)) == bill
