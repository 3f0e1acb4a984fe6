from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ....irp.reference import listed_codes
from .advice import translate

COLUMNS = (
    "id",
    "code",
    "system",
    "gsp",
    "portal_text",
    "cause",
    "advice",
    "disagreement",
    "is_common",
)
SEARCHED = ("code", "portal_text", "cause", "advice", "disagreement", "gsp")


class L10nInIrpErrorCode(models.Model):
    """A code with which a portal refuses a call, its cause, and the next step.

    The records are the list of codes that the client uses, in the reader's language.
    There is no table: nothing to install, and nothing that could differ from the list.
    """

    _name = "l10n_in.irp.error.code"
    _description = "Portal Error Code"
    _auto = False
    _rec_name = "code"
    _order = "id"

    code = fields.Char(readonly=True)
    system = fields.Selection(
        [
            ("VITAL", "IRP: Login and GSTIN"),
            ("IRN", "IRP: e-Invoice"),
            ("EWB", "IRP: e-Way Bill"),
            ("EWBAPI", "e-Way Bill System"),
            ("GSP", "GSP"),
        ],
        readonly=True,
    )
    gsp = fields.Char(string="GSP", readonly=True)
    portal_text = fields.Text(
        string="Portal's Text",
        readonly=True,
        help="The message as the portal publishes it; {0} stands for a value.",
    )
    cause = fields.Text(readonly=True, depends_context=("lang",))
    advice = fields.Text(string="Remedy", readonly=True, depends_context=("lang",))
    disagreement = fields.Text(
        string="Lists Differ",
        readonly=True,
        depends_context=("lang",),
        help="What another published list of the portal says of the code.",
    )
    is_common = fields.Boolean(string="Common", readonly=True)
    words = fields.Char(
        string="Code or Words",
        store=False,
        search="_search_words",
        help="Finds the codes whose texts have all of these words.",
    )

    @property
    def _table_query(self) -> SQL:
        rows = SQL(", ").join(
            SQL("%s", row) for row in rows_of(self.env, listed_codes())
        )
        columns = SQL(", ").join(map(SQL.identifier, COLUMNS))
        return SQL("SELECT * FROM (VALUES %s) AS codes(%s)", rows, columns)

    @api.model
    def _search_words(self, operator, value):
        """Return the domain for codes with all words of a text, in any order."""
        if operator not in ("ilike", "=") or not isinstance(value, str):
            return NotImplemented
        return Domain.AND(
            Domain.OR(Domain(name, "ilike", word) for name in SEARCHED)
            for word in value.split()
        )

    @api.depends("code", "portal_text")
    def _compute_display_name(self):
        for known in self:
            words = filter(None, (known.code, known.portal_text))
            known.display_name = ": ".join(words)


def rows_of(env, codes):
    """Yield the values of `COLUMNS` for each code, numbered from 1."""
    for number, listed in enumerate(codes, 1):
        known = listed.entry
        yield (
            number,
            known.code.lstrip("_"),
            known.group,
            listed.gsp or None,
            known.message or None,
            *(translate(env, text) if text else None for text in known.texts),
            bool(listed.reason),
        )
