"""The month-end check as an Excel workbook, for the auditor."""

import io
from itertools import chain

import xlsxwriter

from .documents import EXEMPT, TEST

# Digits are grouped 3-2-2. A format has room for two conditions, so negative amounts
# have one to themselves.
FORMATS = {
    "text": {},
    "bold": {"bold": True},
    "date": {"num_format": "dd/mm/yyyy"},
    "debit": {
        "num_format": "[>=10000000]##\\,##\\,##\\,##0.00;"
        "[>=100000]##\\,##\\,##0.00;#,##0.00"
    },
    "credit": {
        "num_format": "[<=-10000000]-##\\,##\\,##\\,##0.00;"
        "[<=-100000]-##\\,##\\,##0.00;#,##0.00"
    },
}
NARROW, WIDE, WIDEST = 14, 30, 70
AMOUNTS = ("value", "tax", "total")


class Sheet:
    """A worksheet that is written row by row.

    :param widths: of its columns, in characters.
    """

    def __init__(self, book, formats, name, widths) -> None:
        self._sheet = book.add_worksheet(name)
        self._formats = formats
        self._row = 0
        for at, width in enumerate(widths):
            self._sheet.set_column(at, at, width)

    def head(self, titles):
        """Write a row of titles, which stays in view if it is the first."""
        if not self._row:
            self._sheet.freeze_panes(1, 0)
        self.add(titles, "bold")

    def add(self, values=(), style="text"):
        """Write a row.

        :param values: texts (never read as formulas), counts (int), amounts (float) and
            dates. None, False and "" leave a cell empty.
        """
        for at, value in enumerate(values):
            if value is not None and value is not False and value != "":
                self._write(at, value, style)
        self._row += 1

    def _write(self, at, value, style):
        row = self._row
        if isinstance(value, str):
            self._sheet.write_string(row, at, value, self._formats[style])
        elif isinstance(value, float):
            kind = "credit" if value < 0 else "debit"
            self._sheet.write_number(row, at, value, self._formats[kind])
        elif isinstance(value, int):
            self._sheet.write_number(row, at, value, self._formats[style])
        else:
            self._sheet.write_datetime(row, at, value, self._formats["date"])


def make_workbook(values) -> bytes:
    """Return the workbook (.xlsx) of a check.

    :param values: `_report_values` of `l10n_in.irp.month.end`.
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        formats = {name: book.add_format(form) for name, form in FORMATS.items()}

        def sheet(name, *widths):
            return Sheet(book, formats, name, widths)

        env = values["env"]
        _write_summary(sheet(env._("Summary"), WIDE, *[NARROW] * 12), values)
        widths = (WIDE, NARROW, NARROW, WIDE, WIDE, WIDE, NARROW, NARROW)
        attention = sheet(env._("To Do"), *widths, WIDEST, WIDEST)
        _write_attention(attention, values)
        all_documents = sheet(env._("Documents"), *widths, WIDEST, *[NARROW] * 9)
        _write_documents(all_documents, values)
        exempt = sheet(env._("Not Applicable"), WIDEST * 2, NARROW)
        exempt.head([env._("Reason"), env._("Documents")])
        for row in values["found"].exempt:
            exempt.add(row)
        numbers = sheet(env._("Missing Numbers"), WIDEST)
        numbers.head([env._("Missing Numbers")])
        for gap in values["gaps"]:
            numbers.add([gap])
    return target.getvalue()


def _write_summary(sheet, values):
    env, found = values["env"], values["found"]
    sheet.add([env._("e-Invoice Check"), values["month"]], "bold")
    for company in values["companies"]:
        sheet.add([company.name, company.vat])
    sheet.add([env._("Checked On"), values["now"]])
    sheet.add([values["verdict"]], "bold")
    sheet.add()
    kinds = [one for one in values["kinds"] if one[0] != EXEMPT]
    titles = [env._("Type"), env._("Applicable"), *(label for _kind, label in kinds)]
    sheet.add([*titles, env._("Not Applicable")], "bold")
    for row in (*found.types, found.total):
        counts = [row.counts[kind] for kind, _label in kinds]
        name = values["type_name"](row)
        sheet.add([name, row.applicable, *counts, row.counts[EXEMPT]])
    sheet.add()
    _write_sums(sheet, values)
    sheet.add([env._("Credit notes are deducted from the totals.")])


def _write_sums(sheet, values):
    env, found = values["env"], values["found"]
    names = amount_names(env)
    sides = (env._("IRP"), env._("Journal"), env._("Difference"))
    titles = [f"{name}: {side}" for name in names for side in sides]
    sheet.add([env._("Registered"), *titles], "bold")
    for row in (*found.types, found.total):
        triples = zip(row.sent, row.booked, row.difference, strict=True)
        sheet.add([values["type_name"](row), *chain.from_iterable(triples)])
    sheet.add()
    sheet.add([env._("Without IRN, in the Journal"), *names], "bold")
    for row in (*found.types, found.total):
        sheet.add([values["type_name"](row), *row.missing])


def amount_names(env):
    """Return the names of the members of `Amounts`."""
    return env._("Taxable Value"), env._("Tax"), env._("Total")


def _document_titles(env):
    return [
        *(env._("Document No."), env._("Date"), env._("Type"), env._("Buyer")),
        *(env._("Result"), env._("e-Invoice Status"), env._("Register By")),
        *(env._("Days Left"), env._("Reason")),
    ]


def _document_cells(values, one):
    move = one.move
    left = (one.deadline - values["today"]).days if one.deadline else None
    return [
        *(move.name, move.invoice_date, values["label"]("doc_type", one.doc_type)),
        *(move.partner_id.display_name, values["label"]("kind", one.kind)),
        values["status"](move),
        *(one.deadline, left, one.reason),
    ]


def _write_attention(sheet, values):
    env = values["env"]
    sheet.head([*_document_titles(env), env._("Next Step")])
    for one in values["found"].attention:
        sheet.add([*_document_cells(values, one), one.next_step])


def _write_documents(sheet, values):
    env = values["env"]
    names = amount_names(env)
    sheet.head(
        [
            *_document_titles(env),
            *(f"{name}: {env._('IRP')}" for name in names),
            *(f"{name}: {env._('Journal')}" for name in names),
            *(env._("IRN"), env._("Ack. No."), env._("Ack. Date")),
        ]
    )
    for one in values["documents"]:
        held = one.move._l10n_in_irp_present()
        irn = (held.irn, held.ack_number, values["time"](held.ack_date))
        sheet.add(
            [
                *_document_cells(values, one),
                *(one.sent or ("", "", "")),
                *one.booked,
                # that of a test portal is none
                *(irn if one.kind != TEST else ()),
            ]
        )
